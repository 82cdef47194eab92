/* The front page: sends the operation of each tile and shows its chart, its table and the operation. */

import { ask, askForToken, day, element, graphiqlAddress, operations, showUser, text } from "./carnet.js";
import { show } from "./charts.js";
import { responses } from "./live.js";
import { openList } from "./list.js";
import { calendar, tiles } from "./tiles.js";

const place = document.getElementById("tiles");
const template = document.getElementById("tile");
const QUIET = 300; // milliseconds after an event until the tile is read again, so that many events are one
let loads = 0;
document.addEventListener("token", load);
load();
openFromAddress();
window.addEventListener("hashchange", openFromAddress);

/** Calendars link to a postponed interaction. */
function openFromAddress() {
  const [, entryNo] = /^#postponed=(\d{1,9})$/.exec(location.hash) ?? [];
  if (!entryNo) return;
  const filter = { entryNo: { eq: Number(entryNo) } };
  openList({ list: "postponed", filter, title: text("postponedNo", { no: entryNo }) });
}

async function load() {
  const mine = ++loads;
  const shown = tiles.map(frame);
  place.replaceChildren(...shown);
  try {
    const { viewer, marketingSetup } = await ask(operations.Company);
    if (mine !== loads) return; // the token has changed meanwhile
    showUser(viewer);
    const today = day(marketingSetup.today, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    document.getElementById("today").textContent = text("todayIn", { today, zone: marketingSetup.timeZone });
    const own = viewer.roles.join() === "SALESPERSON";
    document.getElementById("own").hidden = !own;
    const days = { ...calendar(marketingSetup), onlyOf: own ? viewer.salesperson?.code : undefined };
    const reads = tiles.map((tile, index) => () => fill(shown[index], tile, days));
    reads.forEach((read) => read());
    keepCurrent(
      reads.filter((_, index) => tiles[index].live),
      () => mine === loads,
    );
  } catch (problem) {
    if (mine !== loads) return;
    showUser(null);
    place.replaceChildren(message(problem, load));
    if (problem.code === "UNAUTHENTICATED") askForToken({ refused: true });
  }
}

/** Reads tiles again after interactions were logged. Without a WebSocket they stay as they were read. */
async function keepCurrent(reads, isCurrent) {
  let timer = 0;
  try {
    for await (const { errors } of responses({ query: operations.InteractionLogged })) {
      if (errors || !isCurrent()) return;
      clearTimeout(timer);
      timer = setTimeout(() => isCurrent() && reads.forEach((read) => read()), QUIET);
    }
  } catch (closed) {
    if (!closed.code) console.error(closed);
  }
}

/** The tile before its data has come. */
function frame({ name, operation }) {
  const tile = template.content.cloneNode(true).firstElementChild;
  const heading = tile.querySelector("h2");
  tile.classList.add(name);
  heading.textContent = text(`${name}Title`);
  heading.id = `${name}-title`;
  tile.setAttribute("aria-labelledby", heading.id);
  tile.querySelector(".about").textContent = text(`${name}About`);
  tile.querySelector("code").textContent = operations[operation];
  tile.setAttribute("aria-busy", "true");
  return tile;
}

async function fill(tile, { name, operation, variables, read }, days) {
  const again = () => fill(tile, { name, operation, variables, read }, days);
  const sent = variables(days);
  const part = (selector) => tile.querySelector(selector);
  part(".operation a").href = graphiqlAddress(operations[operation], sent);
  part(".operation a").setAttribute("aria-label", text("openInGraphiql", { title: text(`${name}Title`) }));
  part(".variables").textContent = JSON.stringify(sent, null, 2);
  try {
    const found = read(await ask(operations[operation], sent), days);
    if (!found) return part(".chart").replaceChildren(element("p", { class: "nothing" }, text(`${name}Empty`)));
    part(".figure strong").textContent = found.figure;
    part(".figure span").textContent = found.caption;
    part(".note").textContent = found.note ?? "";
    part(".legend").replaceChildren(...(found.legend ?? []).map(key));
    const rows = table(found, text(`${name}Title`));
    if (!found.draw) return part(".chart").replaceChildren(rows);
    part(".table").hidden = false;
    part(".table div").replaceChildren(rows);
    show(part(".chart"), found.draw);
  } catch (problem) {
    part(".chart").replaceChildren(message(problem, again));
    if (!problem.code) console.error(problem);
  } finally {
    tile.removeAttribute("aria-busy");
  }
}

function key({ name, value, tone }) {
  return element("li", { class: tone }, element("span", { class: "swatch" }), `${name} `, element("b", {}, value));
}

function table({ head, rows }, title) {
  return element(
    "table",
    { "aria-label": title },
    element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)))),
    element(
      "tbody",
      {},
      ...rows.map(([first, ...cells]) => element("tr", {}, element("th", { scope: "row" }, first), ...cells.map(cell))),
    ),
  );
}

function cell(content) {
  if (typeof content === "string") return element("td", {}, content);
  if (!content.open) return element("td", {}, content.cell);
  const opening = element(
    "button",
    { type: "button", "aria-haspopup": "dialog", "aria-label": content.label },
    content.cell,
  );
  opening.addEventListener("click", content.open);
  return element("td", {}, opening);
}

/** Why something cannot be shown, with a button that tries again. */
function message(problem, retry) {
  const needsToken = problem.code === "UNAUTHENTICATED";
  const action = element("button", { type: "button" }, text(needsToken ? "giveToken" : "retry"));
  action.addEventListener("click", () => (needsToken ? askForToken({ refused: true }) : retry()));
  return element(
    "div",
    { class: "problem", role: "alert" },
    element("p", {}, needsToken ? text("tokenNeeded") : problem.message),
    action,
  );
}
