/* Builds GraphiQL from the installed packages: `node build.js FOLDER`. */

import { build } from "esbuild";

const worker = (path) => new URL(import.meta.resolve(path)).pathname;
/** The stylesheet of GraphiQL has those of its editor. */
const withoutStylesOfEditor = {
  name: "without styles of the editor",
  setup({ onLoad }) {
    onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: "" }));
  },
};

await build({
  entryPoints: {
    graphiql: "graphiql.js",
    "editor.worker": worker("monaco-editor/esm/vs/editor/editor.worker.js"),
    "json.worker": worker("monaco-editor/esm/vs/language/json/json.worker.js"),
    "graphql.worker": worker("monaco-graphql/esm/graphql.worker.js"),
  },
  outdir: process.argv[2],
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutStylesOfEditor],
  legalComments: "linked",
  logLevel: "warning",
});
