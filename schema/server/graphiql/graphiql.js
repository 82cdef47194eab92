/* GraphiQL 5, built by build.js into `built/`. */

import "graphiql/style.css";
import { GraphiQL } from "graphiql";
import { StandaloneServices } from "monaco-editor/esm/vs/editor/standalone/browser/standaloneServices.js";
import { IStorageService } from "monaco-editor/esm/vs/platform/storage/common/storage.js";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

export { parse } from "graphql";

globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    const name = ["graphql", "json"].includes(label) ? label : "editor";
    return new Worker(new URL(`${name}.worker.js`, import.meta.url), { type: "module" });
  },
};

/** The condition under which Escape leaves the editor: nothing is open or selected that Escape closes. */
const ESCAPE_IS_FREE = [
  "suggestWidgetVisible",
  "findWidgetVisible",
  "parameterHintsVisible",
  "editorHasSelection",
  "inSnippetMode",
]
  .map((state) => `!${state}`)
  .join(" && ");

/** Shows GraphiQL in an element. */
export async function render(place, properties) {
  const monaco = await import("monaco-graphql/esm/monaco-editor.js"); // services of the editor need all of its modules
  // The completion of the editor then shows descriptions without being asked to.
  StandaloneServices.get(IStorageService).store("expandSuggestionDocs", true, 0, 0);
  // The signs of French texts, such as ’ and no-break spaces, would be framed.
  const unicodeHighlight = { ambiguousCharacters: false, invisibleCharacters: false, nonBasicASCII: false };
  monaco.editor.onDidCreateEditor((editor) => {
    editor.updateOptions({ unicodeHighlight });
    // Tab indents. Escape leaves the editor, so that Tab goes on to what follows it.
    const leave = {
      id: "leave",
      label: "Leave the editor",
      keybindings: [monaco.KeyCode.Escape],
      precondition: ESCAPE_IS_FREE,
    };
    setTimeout(() => editor.addAction?.({ ...leave, run: () => editor.getContainerDomNode().focus() }));
  });
  createRoot(place).render(createElement(GraphiQL, properties));
}
