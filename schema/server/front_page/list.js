/* The list behind a bar, in a dialog. */

import { ask, askForToken, element, fullDay, graphiqlAddress, operations, text, texts } from "./carnet.js";

const person = (contact) => [contact?.name ?? "—", contact?.companyName];
const date = (value) => [value ? fullDay(value) : "—"];

/** For each list its operation, its root field, and its columns: the caption, and from a row the text and a second line. */
const LISTS = {
  interactions: {
    operation: "InteractionList",
    field: "interactionLogEntries",
    columns: [
      ["date", (row) => [...date(row.date), row.timeOfInteraction?.slice(0, 5)]],
      ["contact", (row) => person(row.contact)],
      ["description", (row) => [row.description]],
      ["salesperson", (row) => [row.salesperson?.name ?? "—"]],
      ["result", (row) => [row.attemptFailed ? text("notReached") : (texts.evaluations[row.evaluation] ?? "—")]],
    ],
  },
  postponed: {
    operation: "PostponedList",
    field: "postponedInteractions",
    columns: [
      ["resumeOn", (row) => date(row.resumeOn)],
      ["contact", (row) => person(row.contact)],
      ["description", (row) => [row.description ?? "—", row.reason]],
      ["salesperson", (row) => [row.salesperson?.name ?? "—"]],
    ],
  },
  contacts: {
    operation: "ContactList",
    field: "contacts",
    columns: [
      ["contact", (row) => [row.name, row.companyName]],
      ["city", (row) => [row.city ?? "—"]],
      ["phone", (row) => [row.phoneNo ?? "—"]],
      ["lastInteraction", (row) => date(row.dateOfLastInteraction)],
    ],
  },
};

const dialog = document.getElementById("list");
const part = (name) => dialog.querySelector(`.list-${name}`);
let opened = 0;

part("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

/** Opens the list of a filter: of interactions, postponed interactions or contacts. */
export function openList({ list, filter, title }) {
  const { operation, field, columns } = LISTS[list];
  const mine = ++opened; // differs once another list is opened
  const body = element("tbody");
  const head = columns.map(([name]) => element("th", { scope: "col" }, text(name)));
  dialog.querySelector("h2").textContent = title;
  part("rows").replaceChildren(
    element("table", { "aria-labelledby": "list-title" }, element("thead", {}, element("tr", {}, ...head)), body),
  );
  part("graphiql").href = graphiqlAddress(operations[operation], { filter });
  part("status").textContent = text("loading");
  part("more").hidden = true;
  dialog.showModal();
  part("rows").scrollTop = 0;
  add(null);

  async function add(after) {
    part("more").onclick = null;
    try {
      const { nodes, totalCount, pageInfo } = (await ask(operations[operation], { filter, after }))[field];
      if (mine !== opened) return;
      const first = body.rows.length;
      body.append(
        ...nodes.map((row) => element("tr", {}, ...columns.map(([name, read]) => cell(text(name), read(row))))),
      );
      part("status").textContent = text(
        list === "interactions" ? "interactions" : list === "postponed" ? "postponed" : "contacts",
        { count: totalCount },
      );
      part("more").textContent = text("showMore");
      part("more").hidden = !pageInfo.hasNextPage;
      part("more").onclick = () => add(pageInfo.endCursor);
      if (after) focusRow(body.rows[first]);
    } catch (problem) {
      if (mine !== opened) return;
      part("status").textContent = problem.message;
      part("more").textContent = text("retry");
      part("more").hidden = false;
      part("more").onclick = () => add(after);
      if (problem.code === "UNAUTHENTICATED") askForToken({ refused: true });
    }
  }
}

function cell(caption, [first, second]) {
  return element("td", { "data-caption": caption }, first, ...(second ? [element("small", {}, second)] : []));
}

function focusRow(row) {
  row.tabIndex = -1;
  row.focus();
}
