"""The recipes of the guide on clients, and the public audits, against a server on this machine. `make clients` runs
them: the programs are installed into an ignored folder first.
"""

import json
from pathlib import Path

import httpx2
import pytest

from tests.clients.conftest import run

TSC = (
    "--strict",
    "--target",
    "es2022",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--skipLibCheck",
    "--types",
    "node",
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("project", ["graphql-codegen"], indirect=True)
@pytest.mark.parametrize("source", ["schema.graphql", "URL"])
def test_graphql_codegen_makes_types_that_tsc_accepts(
    npm_packages: Path, project: Path, endpoint: str, source: str
) -> None:
    schema = endpoint if source == "URL" else source
    run(project, npm_packages / ".bin" / "graphql-codegen", "--config", "codegen.ts", SCHEMA=schema)
    run(project, npm_packages / ".bin" / "tsc", *TSC, "--noEmit", "src/contacts.ts")


@pytest.mark.parametrize("project", ["Relay"], indirect=True)
def test_relay_compiles_a_pagination_and_a_deletion(npm_packages: Path, project: Path) -> None:
    run(project, npm_packages / ".bin" / "relay-compiler")

    assert (project / "src" / "__generated__" / "logPaginationQuery.graphql.ts").exists()


APOLLO = """
import { client, cache, COUNTS, COSTS } from "./dist/apollo.js";
await client.query({ query: COUNTS });
await client.query({ query: COSTS });
const both = [COUNTS, COSTS].map((query) => cache.readQuery({ query }));
if (both.includes(null)) throw new Error(JSON.stringify(cache.extract()));
console.log(both[0].interactionStatistics.totals.interactions);
"""


@pytest.mark.parametrize("project", ["Apollo Client"], indirect=True)
def test_apollo_client_merges_figures_and_falls_back_from_persisted_queries(
    npm_packages: Path, project: Path, endpoint: str
) -> None:
    run(project, npm_packages / ".bin" / "tsc", *TSC, "--outDir", "dist", "src/apollo.ts")
    (project / "check.mjs").write_text(APOLLO)

    assert run(project, "node", "check.mjs", ENDPOINT=endpoint).strip() == "0"


LIVE = """
import net from "node:net";
const server = process.env.ENDPOINT, { hostname, port } = new URL(server), open = new Set();
const proxy = net.createServer((client) => {
  const other = net.connect(port, hostname);
  for (const socket of [client, other]) open.add(socket.on("error", () => {}));
  client.pipe(other).pipe(client);
});
const listen = (wanted) => new Promise((done) => proxy.listen(wanted, "127.0.0.1", done));
await listen(0);
const own = proxy.address().port;
process.env.ENDPOINT = `http://127.0.0.1:${own}/graphql`;
const { sockets, apollo, urql, CHANGED, CHANGED_IN_APOLLO } = await import("./dist/live.js");
const seen = { ws: [], apollo: [], urql: [] };
const note = (name) => (result) => {
  for (const { node } of result.data.changed.objects.edges) seen[name].push(node.no);
};
sockets.subscribe({ query: CHANGED }, { next: note("ws"), error: console.error, complete() {} });
apollo.subscribe({ query: CHANGED_IN_APOLLO }).subscribe(note("apollo"));
urql.subscription(CHANGED, {}).subscribe(note("urql"));
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const create = (no) => fetch(server, {
  method: "POST", headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: `mutation { createContact(input: {no: "${no}", contact: {type: COMPANY, name: "${no}"}}) { userErrors { code } } }` }),
});
const arrived = async (count) => { for (let turn = 0; turn < 100 && Object.values(seen).some((each) => each.length < count); turn++) await pause(0.1); };
await pause(1);
await create("L1");
await arrived(1);
proxy.close();
for (const socket of open) socket.destroy();
await create("L2");
await pause(2);
await listen(own);
await create("L3");
await arrived(3);
await pause(0.5);
console.log(JSON.stringify(seen));
process.exit(0);
"""


@pytest.mark.parametrize("project", ["Subscriptions"], indirect=True)
def test_subscriptions_of_graphql_ws_apollo_and_urql_continue_when_the_server_is_back(
    npm_packages: Path, project: Path, endpoint: str
) -> None:
    run(project, npm_packages / ".bin" / "tsc", *TSC, "--outDir", "dist", "src/live.ts")
    (project / "check.mjs").write_text(LIVE)

    seen = json.loads(run(project, "node", "check.mjs", ENDPOINT=endpoint))

    assert seen == {name: ["L1", "L2", "L3"] for name in ("ws", "apollo", "urql")}


URQL = """
import { client, CONTACTS } from "./dist/urql.js";
const { data, error } = await client.query(CONTACTS, {}).toPromise();
if (error) throw error;
console.log(data.contacts.edges.map((edge) => edge.node.no).join());
"""


@pytest.mark.parametrize("project", ["urql"], indirect=True)
def test_urql_caches_and_falls_back_from_persisted_queries(npm_packages: Path, project: Path, endpoint: str) -> None:
    run(project, npm_packages / ".bin" / "tsc", *TSC, "--outDir", "dist", "src/urql.ts")
    (project / "check.mjs").write_text(URQL)

    assert run(project, "node", "check.mjs", ENDPOINT=endpoint).strip() == "C1,C2"


@pytest.mark.parametrize("project", ["gql (Python)"], indirect=True)
def test_gql_validates_and_reads(python: Path, project: Path, endpoint: str) -> None:
    assert run(project, python, "contacts.py", ENDPOINT=endpoint).splitlines() == ["C1 C1", "C2 C2"]


@pytest.mark.parametrize("project", ["ariadne-codegen (Python)"], indirect=True)
def test_ariadne_codegen_makes_a_client_that_reads_dates(python: Path, project: Path, endpoint: str) -> None:
    run(project, python.with_name("ariadne-codegen"))

    assert run(project, python, "use.py", ENDPOINT=endpoint) == ""


AUDIT = """
import { auditServer } from "graphql-http";
const results = await auditServer({ url: process.env.ENDPOINT, fetchFn: fetch });
for (const { status, name, reason } of results) if (status !== "ok") console.log(status, name, reason);
console.log(results.length);
"""


@pytest.mark.parametrize("project", ["gql (Python)"], indirect=True)
def test_all_audits_of_graphql_over_http_pass(npm_packages: Path, project: Path, endpoint: str) -> None:
    (project / "audit.mjs").write_text(AUDIT)

    assert run(project, "node", "audit.mjs", ENDPOINT=endpoint).strip() == "61"


INTROSPECTION = """
const { buildClientSchema, buildSchema, getIntrospectionQuery, validateSchema } = await import(process.env.PACKAGE);
const post = (query) => ({
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }),
});
const { data } = await (await fetch(process.env.ENDPOINT, post(getIntrospectionQuery()))).json();
if (validateSchema(buildClientSchema(data)).length) throw new Error("invalid");
if (process.env.PACKAGE !== "graphql14")
  buildSchema(await (await fetch(process.env.ENDPOINT.replace("graphql", "schema.graphql"))).text());
"""


@pytest.mark.parametrize("project", ["gql (Python)"], indirect=True)
@pytest.mark.parametrize("package", ["graphql14", "graphql15", "graphql", "graphql17"])
def test_each_version_of_graphql_js_reads_the_schema(
    npm_packages: Path, project: Path, endpoint: str, package: str
) -> None:
    (project / "check.mjs").write_text(INTROSPECTION)
    run(project, "node", "check.mjs", ENDPOINT=endpoint, PACKAGE=package)


ICAL = """
import ICAL from "ical.js";
const text = await (await fetch(process.env.CALENDAR)).text();
const calendar = new ICAL.Component(ICAL.parse(text));
console.log(calendar.getFirstPropertyValue("x-wr-calname"));
console.log(calendar.getFirstPropertyValue("refresh-interval").toString());
for (const each of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(each);
  console.log(event.summary, "|", event.description.split("\\n")[0]);
  console.log(event.startDate.toString(), event.duration.toString(), event.sequence);
}
"""

POSTPONED = """mutation { createSalesperson(input: {code: "PS", salesperson: {name: "Ann O’Neil"}}) { userErrors { code } }
createCalendarFeed(input: {salespersonCode: "PS"}) { url }
postponeInteraction(input: {resumeOn: "2030-03-18", reason: "Après, \\\\ Noël; peut-être", interaction: {
contactNo: "C1", salespersonCode: "PS", description: "Visite à l’atelier"}}) { postponedInteraction { entryNo } userErrors { code } } }"""


@pytest.mark.parametrize("project", ["gql (Python)"], indirect=True)
def test_ical_js_reads_a_calendar(npm_packages: Path, project: Path, endpoint: str) -> None:
    (project / "check.mjs").write_text(ICAL)
    url = httpx2.post(endpoint, json={"query": POSTPONED}).json()["data"]["createCalendarFeed"]["url"]

    assert run(project, "node", "check.mjs", CALENDAR=f"{url}?language=fr").splitlines() == [
        "Interactions reportées – Ann O’Neil",
        "PT1H",
        "C1 – Visite à l’atelier | Motif\u00a0: Après, \\ Noël; peut-être",
        "2030-03-18 P1D 0",
    ]


CHANGES = """
import ICAL from "ical.js";
const read = async () => {
  const text = await (await fetch(process.env.CALENDAR)).text();
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
  return events.map((each) => [each.uid, each.startDate.toString(), each.sequence]);
};
const change = async (mutation) => {
  const response = await fetch(process.env.ENDPOINT, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: `mutation { it: ${mutation} { userErrors { code } } }` }),
  });
  const { data } = await response.json();
  if (data.it.userErrors.length) throw new Error(JSON.stringify(data));
};
const postponed = await read();
await change(`snoozePostponedInteractions(input: {postponed: {entryNos: [${process.env.ENTRY}]}, until: "2031-01-02"})`);
const snoozed = await read();
await change(`deletePostponedInteractions(input: {entryNos: [${process.env.ENTRY}]})`);
console.log(JSON.stringify({ postponed, snoozed, finished: await read() }));
"""


@pytest.mark.parametrize("project", ["gql (Python)"], indirect=True)
def test_ical_js_sees_an_event_move_and_disappear(npm_packages: Path, project: Path, endpoint: str) -> None:
    (project / "check.mjs").write_text(CHANGES)
    answer = httpx2.post(endpoint, json={"query": POSTPONED}).json()["data"]
    entry_no = answer["postponeInteraction"]["postponedInteraction"]["entryNo"]

    environment = {"CALENDAR": answer["createCalendarFeed"]["url"], "ENDPOINT": endpoint, "ENTRY": str(entry_no)}
    seen = json.loads(run(project, "node", "check.mjs", **environment))

    ((uid, day, sequence),) = seen["postponed"]
    assert (day, sequence) == ("2030-03-18", 0)
    assert seen["snoozed"] == [[uid, "2031-01-02", 1]]
    assert seen["finished"] == []
