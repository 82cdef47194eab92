/* What the front page and GraphiQL share: texts, requests, the access token, the bar at the top. */

/** What the server wrote into the page. `examples` and `graphiql` are only in the page of GraphiQL. */
export const { language, endpoint, texts, operations, examples, graphiql } = JSON.parse(
  document.getElementById("page-data").textContent,
);
const locale = language === "fr" ? "fr-CA" : "en-CA";
const localeOfDates = language === "fr" ? "fr-CA" : "en-GB"; // the day first, as in the messages of the API

/** The language of requests: that of the page, in the regional form that the browser prefers. */
const requestLanguage =
  navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ??
  (language === "fr" ? "fr-CA" : "en");

/** A text of texts.json with its `{placeholders}` filled in. `count` chooses between singular and plural. */
export function text(name, values = {}) {
  const found = texts[name];
  const form =
    typeof found === "string" ? found : (found[new Intl.PluralRules(locale).select(values.count)] ?? found.other);
  return form.replace(/\{(\w+)\}/g, (_, key) => (typeof values[key] === "number" ? number(values[key]) : values[key]));
}

export const number = (value) => new Intl.NumberFormat(locale).format(value);
export const percent = (share) => new Intl.NumberFormat(locale, { style: "percent" }).format(share);

/** A date of the API, such as 2026-03-18, as text: in French, the first day of a month is “1er”. */
export const day = (date, options) =>
  new Intl.DateTimeFormat(localeOfDates, { timeZone: "UTC", ...options })
    .format(new Date(date))
    .replace(/\b1 (?=\p{L})/u, language === "fr" ? "1er " : "1 ");

/** A date as the messages of the API write it: 18 March 2026. */
export const fullDay = (date) => day(date, { day: "numeric", month: "long", year: "numeric" });

export class Problem extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** The data of an operation. Throws a Problem that can be shown. */
export async function ask(query, variables) {
  const response = await request({ query, variables }).catch(() => {
    throw new Problem(text("unreachable"));
  });
  const answer = await response.json().catch(() => {
    throw new Problem(text("unreadable", { status: String(response.status) }));
  });
  if (answer.errors) throw new Problem(answer.errors[0].message, answer.errors[0].extensions?.code);
  return answer.data;
}

/** Sends a GraphQL request with the token and in the language of the page. */
export async function request(body, headers = {}) {
  await tokenReceived;
  const all = new Headers({ "content-type": "application/json", "accept-language": requestLanguage });
  if (token()) all.set("authorization", `Bearer ${token()}`);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return fetch(endpoint, { method: "POST", headers: all, body: JSON.stringify(body), credentials: "omit" });
}

/** The address of a WebSocket, and what to send first: the token and the language of the page. */
export async function connection(headers = {}) {
  await tokenReceived;
  const init = { ...(token() && { authorization: `Bearer ${token()}` }), "accept-language": requestLanguage, ...headers };
  return { address: new URL(endpoint, location).href.replace(/^http/, "ws"), init };
}

/** The address at which GraphiQL opens an operation. It is in the fragment, which is not sent to the server. */
export function graphiqlAddress(query, variables) {
  return `${endpoint}#${new URLSearchParams({ query, variables: JSON.stringify(variables, null, 2) })}`;
}

/* The token is kept as long as a tab of this server is open: in the tab, and given to new tabs on request. */

/** The path of these pages: that of one company, whose token is sent to no other. */
export const folder = new URL(".", document.baseURI).pathname;
const KEY = folder === "/" ? "carnet-token" : `carnet-token ${folder}`;
const tabs = new BroadcastChannel(KEY);
const token = () => sessionStorage.getItem(KEY) ?? "";

function keep(value) {
  if (value === token()) return;
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
  document.dispatchEvent(new Event("token"));
}

tabs.onmessage = ({ data }) => {
  if (data.token !== undefined) keep(data.token);
  else if (token()) tabs.postMessage({ token: token() });
};

/** Resolved when other tabs have had the time to answer. */
const tokenReceived = new Promise((resolve) => {
  if (token()) return resolve();
  document.addEventListener("token", resolve, { once: true });
  setTimeout(resolve, 100);
  tabs.postMessage({});
});

/* The bar. */

/** The name of the company in the path of these pages, in the bar and in the title; blank without companies. */
const company = /\/companies\/([^/]+)\/$/.exec(folder)?.[1] ?? "";
if (company) {
  const shown = document.getElementById("company");
  shown.textContent = company;
  shown.hidden = false;
  document.title = `${company} – ${document.title}`;
}

const dialog = document.getElementById("token");
const user = document.getElementById("user");

/** Opens the dialog for the token. `refused`: the server wants one, or another one. */
export function askForToken({ refused = false } = {}) {
  if (dialog.open) return;
  document.getElementById("token-why").textContent = text(
    !refused ? "tokenWhy" : token() ? "tokenRefused" : "tokenNeeded",
  );
  document.getElementById("token-remove").hidden = !token();
  dialog.returnValue = "";
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  const field = document.getElementById("token-value");
  const given = field.value.trim().replace(/^bearer\s+/i, "");
  if (dialog.returnValue === "remove" || (dialog.returnValue === "use" && given)) {
    const value = dialog.returnValue === "use" ? given : "";
    keep(value);
    tabs.postMessage({ token: value });
  }
  field.value = "";
});
user.addEventListener("click", () => askForToken());

/** Shows who the user is in the bar. */
export function showUser(viewer) {
  const name = viewer ? (viewer.salesperson?.name ?? viewer.userId) : text("noUser");
  const roles = viewer ? viewer.roles.map((role) => texts.roles[role] ?? role).join(", ") : "";
  user.replaceChildren(element("span", {}, name), " ", element("small", {}, roles));
}

/** An HTML element with attributes and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
