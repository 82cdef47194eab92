/* The tiles: which operation each of them sends, and what it makes of the response.

`read` returns `{ figure, caption, draw, head, rows, legend, note }`: the large figure and its caption, a function from a
width and a height to the chart, and the table with the same figures, whose cells are texts or bars of the chart. A tile
without `draw` shows its table instead of a chart. `read` returns null if there is nothing to show. `live` tiles are
read again when interactions are logged.
*/

import { day, fullDay, number, percent, text } from "./carnet.js";
import { columnChart, rowChart } from "./charts.js";
import { openList } from "./list.js";

const WEEKS = 13;
const SILENT_DAYS = 90;
const MAX_GROUPS = 5;
const MAX_ROWS = 10;
const FEW_ATTEMPTS = 10;

/** The days that the tiles need, from today's date and the first day of the week of the company. */
export function calendar({ today, firstDayOfWeek }) {
  const isoDay = new Date(today).getUTCDay() || 7;
  const inWeek = (isoDay - firstDayOfWeek + 7) % 7;
  return { today, from: addDays(today, -inWeek - 7 * (WEEKS - 1)), silentSince: addDays(today, -SILENT_DAYS) };
}

function addDays(date, count) {
  const moved = new Date(date);
  moved.setUTCDate(moved.getUTCDate() + count);
  return moved.toISOString().slice(0, 10);
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const period = ({ from, today }) => ({ gte: from, lte: today });

const weeks = {
  name: "weeks",
  operation: "InteractionsByWeek",
  variables: (days) => ({ filter: { date: period(days) } }),
  read({ interactionStatistics: { rows, totals } }) {
    if (!totals.interactions) return null;
    const groups = largestGroups(rows);
    const columns = [...Map.groupBy(rows, ({ from }) => from)]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([from, ofWeek]) => ({
        name: day(from, { day: "numeric", month: "short" }),
        week: text("weekOf", { date: fullDay(from) }),
        bars: groups.map((group) => barOfGroup(group, from, ofWeek)),
      }));
    const max = Math.max(4, ...columns.map(({ bars }) => sum(bars.map(({ value }) => value))));
    return {
      figure: number(totals.interactions),
      caption: text("inWeeks", { count: WEEKS }),
      legend: groups.map(({ name, total, tone }) => ({ name, value: number(total), tone })),
      draw: (width, height) => columnChart({ title: text("weeksTitle"), columns, max }, width, height),
      head: [text("week"), ...groups.map(({ name }) => name)],
      rows: columns.map(({ week, bars }) => [week, ...bars]),
    };
  },
};

const codeOf = (row) => row.group?.code ?? "";

/** The largest groups; if there are more, the others together are the last one. */
function largestGroups(rows) {
  const groups = [...Map.groupBy(rows, codeOf)]
    .map(([code, ofGroup]) => ({
      codes: [code],
      name: ofGroup[0].labels[1] || text("noGroup"),
      total: sum(ofGroup.map(({ measures }) => measures.interactions)),
    }))
    .sort((one, other) => other.total - one.total);
  const rest = groups.splice(groups.length > MAX_GROUPS + 1 ? MAX_GROUPS : groups.length);
  const shown = groups.map((group, place) => ({ ...group, tone: `tone-${place + 1}` }));
  if (!rest.length) return shown;
  const [codes, total] = [rest.flatMap(({ codes }) => codes), sum(rest.map(({ total }) => total))];
  return [...shown, { codes, total, name: text("otherGroups"), tone: "tone-rest" }];
}

function barOfGroup({ codes, name, tone }, from, ofWeek) {
  const rows = ofWeek.filter((row) => codes.includes(codeOf(row)) && row.measures.interactions);
  const count = sum(rows.map(({ measures }) => measures.interactions));
  const where = text("groupInWeek", { group: name, date: fullDay(from) });
  const filter = rows.length > 1 ? { or: rows.map((row) => row.filter) } : rows[0]?.filter;
  return bar(count, where, text("interactions", { count }), tone, "interactions", filter);
}

const postponed = {
  name: "postponed",
  operation: "PostponedByDay",
  variables: ({ today }) =>
    Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((count) => [`day${count}`, addDays(today, count)])),
  read(data, days) {
    const next = postponed.variables(days);
    const columns = [
      ["overdue", text("overdue"), { state: ["OVERDUE"] }, "tone-alert"],
      ["today", text("today"), { state: ["TODAY"] }, "tone-accent"],
      ...Object.entries(next).map(([alias, date]) => [
        alias,
        day(date, { weekday: "short", day: "numeric", month: "short" }),
        { resumeOn: { eq: date } },
        "tone-1",
      ]),
      ["later", text("later"), { resumeOn: { gt: next.day7 } }, "tone-1"],
      ["undated", text("undated"), { state: ["UNDATED"] }, "tone-rest"],
    ];
    const bars = columns.map(([alias, name, filter, tone]) => {
      const value = data[alias].totalCount;
      return { ...bar(value, name, text("postponed", { count: value }), tone, "postponed", filter), name };
    });
    const total = sum(bars.map(({ value }) => value));
    if (!total) return null;
    return {
      figure: number(total),
      caption: text("overdueOfThem", { count: bars[0].value }),
      draw: (width) => rowChart({ title: text("postponedTitle"), bars }, width),
      head: [text("day"), text("postponedTitle")],
      rows: bars.map((each) => [each.name, each]),
    };
  },
};

const hours = {
  name: "hours",
  operation: "SuccessByHour",
  variables: (days) => ({ filter: { date: period(days), initiatedBy: { eq: "US" } } }),
  read({ interactionStatistics: { rows, totals } }) {
    const used = rows.filter(({ bucket, measures }) => bucket !== null && measures.interactions); // null: without a time
    if (!used.length) return null;
    const best = Math.max(
      ...used
        .filter(({ measures }) => measures.interactions >= FEW_ATTEMPTS)
        .map(({ measures }) => measures.successRate),
    );
    const between = ({ bucket }) => bucket !== null && bucket >= used[0].bucket && bucket <= used.at(-1).bucket;
    const columns = rows.filter(between).map(({ bucket, measures: { interactions, successRate }, filter }) => {
      const tone = interactions < FEW_ATTEMPTS ? "tone-rest" : successRate === best ? "tone-accent" : "tone-1";
      const result = text("rateOfAttempts", { rate: percent(successRate ?? 0), count: interactions });
      const name = text("hour", { hour: String(bucket) });
      const shown = { value: successRate ?? 0, cell: interactions ? percent(successRate) : "—" };
      return {
        name,
        count: interactions,
        bars: [{ ...bar(interactions, name, result, tone, "interactions", filter), ...shown }],
      };
    });
    const bestHour = columns.find(({ bars }) => bars[0].tone === "tone-accent");
    return {
      figure: percent(totals.successRate),
      caption: bestHour
        ? text("bestHour", { hour: bestHour.name, rate: percent(best) })
        : text("ofAttempts", { count: totals.interactions }),
      note: columns.some(({ bars }) => bars[0].open && bars[0].tone === "tone-rest")
        ? text("fewAttempts", { count: FEW_ATTEMPTS })
        : "",
      draw: (width, height) =>
        columnChart({ title: text("hoursTitle"), columns, max: 1, format: percent }, width, height),
      head: [text("hourOfDay"), text("successRate"), text("attempts")],
      rows: columns.map(({ name, count, bars }) => [name, bars[0], number(count)]),
    };
  },
};

const silent = {
  name: "silent",
  operation: "SilentContacts",
  /** Who sees only their own interactions sees only their own contacts here: all others would seem to be silent. */
  variables: ({ silentSince, onlyOf }) => ({
    filter: {
      type: { eq: "PERSON" },
      privacyBlocked: false,
      ...(onlyOf && { salespersonCode: { eq: onlyOf } }),
      not: { dateOfLastInteraction: { gte: silentSince } },
    },
  }),
  read({ salespeople: { nodes, pageInfo }, withoutSalesperson }, days) {
    const { filter } = silent.variables(days);
    const rows = [
      ...nodes.map(({ code, name, contacts }) => [name || code, contacts.totalCount, { eq: code }]),
      [text("noSalesperson"), withoutSalesperson.totalCount, { isNull: true }],
    ];
    const bars = rows
      .filter(([, value]) => value)
      .sort(([, one], [, other]) => other - one)
      .map(([name, value, salespersonCode]) => ({
        ...bar(value, name, text("silentContacts", { count: value }), "tone-1", "contacts", {
          and: [filter, { salespersonCode }],
        }),
        name,
      }));
    if (!bars.length) return null;
    return {
      figure: number(sum(bars.map(({ value }) => value))),
      caption: text("silentCaption", { count: SILENT_DAYS }),
      note: pageInfo.hasNextPage
        ? text("firstSalespeople")
        : bars.length > MAX_ROWS
          ? text("restInTable", { count: MAX_ROWS })
          : "",
      draw: (width) => rowChart({ title: text("silentTitle"), bars: bars.slice(0, MAX_ROWS) }, width),
      head: [text("salesperson"), text("silentTitle")],
      rows: bars.map((each) => [each.name, each]),
    };
  },
};

const next = {
  name: "next",
  operation: "NextContacts",
  live: true,
  variables: () => ({}),
  read({ nextContacts: { nodes, totalCount } }) {
    if (!totalCount) return null;
    return {
      figure: number(totalCount),
      caption: text("nextDue", { count: totalCount }),
      note: totalCount > nodes.length ? text("firstRows", { count: nodes.length }) : "",
      head: [text("contact"), text("dueSince"), text("reasons")],
      rows: nodes.map(({ contact, dueOn, reasons }) => [
        named(contact),
        fullDay(dueOn),
        reasons.map(({ message }) => message).join(" "),
      ]),
    };
  },
};

const newest = {
  name: "newest",
  operation: "NewestInteractions",
  live: true,
  variables: () => ({}),
  read({ interactionLogEntries: { nodes, totalCount } }) {
    if (!totalCount) return null;
    return {
      figure: number(totalCount),
      caption: text("inTheLog", { count: totalCount }),
      head: [text("interaction"), text("contact"), text("date")],
      rows: nodes.map(({ title, date, timeOfInteraction, contact }) => [
        title,
        named(contact),
        `${fullDay(date)} ${timeOfInteraction.slice(0, 5)}`,
      ]),
    };
  },
};

const named = (contact) =>
  contact?.companyName && contact.companyName !== contact.name
    ? `${contact.name} (${contact.companyName})`
    : (contact?.name ?? "—");

/** The bar of `count` rows, also as a cell of the table; it opens the list of the rows. `where` and `result` together say
what it stands for. */
function bar(count, where, result, tone, list, filter) {
  const open = count ? () => openList({ list, filter, title: where }) : null;
  return { value: count, tone, cell: number(count), label: text("barLabel", { where, result }), open };
}

export const tiles = [next, newest, weeks, postponed, hours, silent];
