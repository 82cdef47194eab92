/* Starts GraphiQL: its tabs, its requests, the schema that it shows. */

import { translateGraphiql } from "./french.js";
import {
  ask,
  askForToken,
  examples,
  folder,
  graphiql,
  language,
  operations,
  request,
  showUser,
  text,
} from "../../front-page/carnet.js";
import { responses } from "../../front-page/live.js";

const STORED = {
  tabs: "graphiql:tabState",
  query: "graphiql:query",
  variables: "graphiql:variables",
  examples: "carnet:examples",
};

/** Where the tabs are kept. Those of a company are kept by themselves. */
const storage =
  folder === "/"
    ? localStorage
    : {
        getItem: (key) => localStorage.getItem(`${folder}${key}`),
        setItem: (key, value) => localStorage.setItem(`${folder}${key}`, value),
        removeItem: (key) => localStorage.removeItem(`${folder}${key}`),
        clear: () => keysOfFolder().forEach((key) => localStorage.removeItem(key)),
        get length() {
          return keysOfFolder().length;
        },
      };

const { render, parse } = await import(new URL(graphiql, document.baseURI));
document.addEventListener("token", () => location.reload());
window.addEventListener("hashchange", () => location.reload());
ask(operations.Company).then(
  ({ viewer }) => showUser(viewer),
  () => showUser(null),
);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector(".graphiql-query-editor [tabindex='0'], .graphiql-query-editor textarea")?.focus();
});
prepareTabs();
if (language === "fr") translateGraphiql();
showActiveTab();
render(document.getElementById("graphiql"), {
  fetcher,
  defaultEditorToolsVisibility: "variables",
  inputValueDeprecation: true,
  schemaDescription: true,
  shouldPersistHeaders: false,
  storage,
});

/** Scrolls the tabs to the active one as soon as they are there. */
function showActiveTab() {
  const observer = new MutationObserver(() => {
    const active = document.querySelector(".graphiql-tab-active");
    if (!active) return;
    observer.disconnect();
    // Not with scrollIntoView(), after which Tab would go on from there.
    const list = active.closest(".graphiql-tabs");
    list.scrollLeft += active.getBoundingClientRect().left - list.getBoundingClientRect().left - list.clientWidth / 2;
  });
  observer.observe(document.getElementById("graphiql"), { subtree: true, childList: true });
}

/** Sends what a tab asks, with its headers. A subscription has many responses. */
async function fetcher(params, { headers, documentAST } = {}) {
  const operation = chosenOperation(params, documentAST);
  const sent = operation ? { ...params, operationName: operation.name?.value } : params;
  if (operation?.operation === "subscription") return responses(sent, headers);
  const introspects = sent.operationName === "IntrospectionQuery";
  const response = await request(introspects ? { ...sent, query: withOneOf(sent.query) } : sent, headers);
  const answer = await response.json();
  if (response.status === 401) askForToken({ refused: true });
  for (const type of (introspects && answer.data?.__schema.types) || []) {
    if (type.isOneOf) type.description = `${text("oneOf")}\n\n${type.description ?? ""}`;
  }
  return answer;
}

/** The operation with the chosen name, or else the first one; nothing if the query is not valid.

For a moment after a tab was chosen, GraphiQL gives the name and the syntax tree of the tab before: the query is parsed again.
*/
function chosenOperation({ query, operationName }, documentAST) {
  const operations = (parsed(query) ?? documentAST)?.definitions.filter(({ kind }) => kind === "OperationDefinition");
  return operations?.find(({ name }) => name?.value === operationName) ?? operations?.[0];
}

/** The syntax tree of a query; nothing if it is not valid, or if GraphiQL 5 has not been built. */
function parsed(query) {
  try {
    return parse?.(query);
  } catch {
    return undefined; // the server says what is wrong
  }
}

/** GraphiQL asks for everything but this. */
function withOneOf(query) {
  return query.replace("fragment FullType on __Type {", "fragment FullType on __Type { isOneOf");
}

/** Writes the tabs to where GraphiQL looks for them: those of last time in their order, or else the examples.

Examples that the user has not changed are renewed, new ones are added. The operation in the address of the page gets the active tab.
*/
function prepareTabs() {
  const before = stored(STORED.examples);
  const given = Object.fromEntries(examples.map(({ query }) => [nameOf(query), query]));
  const state = stored(STORED.tabs);
  let tabs = state?.tabs?.length ? state.tabs : examples.map(({ query }) => tab(query));
  if (state && before) {
    tabs = tabs.map((each) =>
      given[each.title] && before[each.title] === each.query ? { ...each, query: given[each.title] } : each,
    );
    tabs.push(...Object.entries(given).flatMap(([name, query]) => (name in before ? [] : [tab(query)])));
  }
  let active = Math.min(state?.activeTabIndex ?? 0, tabs.length - 1);
  const opened = new URLSearchParams(location.hash.slice(1));
  if (opened.get("query")) {
    const query = `${opened.get("query").trim()}\n`;
    const variables = opened.get("variables") ?? "";
    active = tabs.findIndex((each) => each.query === query && (each.variables ?? "") === variables);
    if (active < 0) active = tabs.push(tab(query, variables)) - 1;
    history.replaceState(null, "", location.pathname + location.search);
  }
  storage.setItem(STORED.tabs, JSON.stringify({ tabs, activeTabIndex: active }));
  storage.setItem(STORED.query, tabs[active].query ?? "");
  storage.setItem(STORED.variables, tabs[active].variables ?? "");
  storage.setItem(STORED.examples, JSON.stringify(given));
}

function tab(query, variables = "") {
  const title = nameOf(query);
  return {
    id: crypto.randomUUID?.() ?? String(Math.random()),
    title,
    query,
    variables,
    headers: null,
    operationName: title,
    response: null,
  };
}

function nameOf(query) {
  return /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? "GraphQL";
}

function stored(key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

function keysOfFolder() {
  return Object.keys(localStorage).filter((key) => key.startsWith(folder));
}
