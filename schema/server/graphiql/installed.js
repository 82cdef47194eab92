/* GraphiQL of the installed Python package, whose scripts set globals. Used if GraphiQL 5 has not been built. */

/* global GraphiQL, React, ReactDOM */

/** Shows GraphiQL in an element. */
export function render(place, properties) {
  ReactDOM.render(React.createElement(GraphiQL, properties), place);
}
