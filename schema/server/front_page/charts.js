/* Charts in plain SVG. Each bar is a button; one bar of a chart is in the tab order, and arrow keys move among them.

A bar is `{ value, name, label, tone, open }`: `name` is short, `label` says all, `tone` is a class of overview.css, and `open`
shows the list behind the bar; null if there is nothing behind it.
*/

import { element, number } from "./carnet.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const LABEL_HEIGHT = 26;
const ROW_HEIGHT = 34;

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Draws a chart into `place`, and again when its size changes. `draw(width, height)` returns the SVG element. */
export function show(place, draw) {
  let drawn = "";
  const observer = new ResizeObserver(() => {
    const [width, height] = [Math.floor(place.clientWidth), Math.floor(place.clientHeight)];
    if (!place.isConnected) return observer.disconnect();
    if (!width || drawn === `${width} ${height}`) return;
    drawn = `${width} ${height}`;
    const focused = [...place.querySelectorAll(".bar-button")].indexOf(document.activeElement);
    place.replaceChildren(draw(width, height));
    if (focused >= 0) place.querySelectorAll(".bar-button")[focused].focus();
  });
  observer.observe(place);
}

/** Columns of stacked bars: `columns` are `{ name, bars }`, `max` is the top of the axis, `format` writes its values. */
export function columnChart({ title, columns, max, format = number }, width, height) {
  const steps = ticks(max);
  const top = steps.at(-1);
  const left = Math.max(...steps.map((step) => format(step).length)) * 7.5 + 10;
  const floor = height - LABEL_HEIGHT;
  const y = (value) => floor - (value / top) * (floor - 10);
  const pitch = (width - left) / columns.length;
  const thickness = Math.min(pitch * 0.72, 56);
  const every = Math.ceil((Math.max(...columns.map(({ name }) => name.length)) * 6.6 + 10) / pitch);
  const axis = steps.flatMap((step) => [
    svg("line", { class: step ? "grid" : "base", x1: left, x2: width, y1: y(step), y2: y(step) }),
    svg("text", { class: "tick", x: left - 10, y: y(step) + 4, "text-anchor": "end" }, format(step)),
  ]);
  const bars = columns.map((column, place) => {
    const middle = left + pitch * (place + 0.5);
    let sum = 0;
    const stack = column.bars
      .filter(({ open }) => open)
      .map((bar) => {
        const [from, to] = [y(sum), y((sum += bar.value))];
        const gap = sum > bar.value ? 1.5 : 0;
        const shape = {
          x: middle - thickness / 2,
          width: thickness,
          y: Math.min(to, floor - 2),
          height: Math.max(from - to - gap, 2),
        };
        return button(bar, svg("rect", { class: "shape", rx: Math.min(3, shape.height / 2), ...shape }));
      });
    return { stack, name: label(column.name, middle, height - 6, (columns.length - 1 - place) % every > 0) };
  });
  const stacks = bars.map(({ stack }) => stack);
  const drawing = svg("svg", { width, height }, ...axis, ...bars.map(({ name }) => name), ...stacks.flat());
  return navigable(drawing, title, stacks);
}

/** Rows of one bar each, with the name on the left and the value on the right. */
export function rowChart({ title, bars }, width) {
  const largest = Math.max(...bars.map(({ value }) => value), 1);
  const left = Math.min(Math.max(...bars.map(({ name }) => name.length)) * 7.4 + 14, width * 0.45);
  const room = width - left - Math.max(number(largest).length * 8.5 + 14, 30);
  const characters = Math.floor((left - 14) / 7);
  const rows = bars.map((bar, place) => {
    const y = place * ROW_HEIGHT;
    const length = bar.value ? Math.max((bar.value / largest) * room, 3) : 0;
    const name = bar.name.length > characters ? `${bar.name.slice(0, characters - 1)}…` : bar.name;
    return button(
      bar,
      svg("rect", { class: "hit", x: 0, y: y + 1, width, height: ROW_HEIGHT - 2, rx: 6 }),
      svg("text", { class: "name", x: 6, y: y + 22 }, name),
      svg("rect", { class: "track", x: left, y: y + 9, width: room, height: 16, rx: 3 }),
      ...(length ? [svg("rect", { class: "shape", x: left, y: y + 9, width: length, height: 16, rx: 3 })] : []),
      " ",
      svg("text", { class: "value", x: width - 6, y: y + 22, "text-anchor": "end" }, number(bar.value)),
    );
  });
  const drawing = svg("svg", { width, height: bars.length * ROW_HEIGHT }, ...rows);
  return navigable(drawing, title, [rows.filter((row) => row.classList.contains("bar-button")).reverse()]);
}

function label(name, x, y, hidden) {
  return svg("text", { class: "tick", x, y, "text-anchor": "middle", visibility: hidden ? "hidden" : "visible" }, name);
}

function button(bar, ...shapes) {
  if (!bar.open) return svg("g", { class: `no-bar ${bar.tone}`, role: "img", "aria-label": bar.label }, ...shapes);
  const made = svg(
    "g",
    { class: `bar-button ${bar.tone}`, role: "button", "aria-haspopup": "dialog", tabindex: -1 },
    ...shapes,
  );
  made.setAttribute("aria-label", bar.label);
  made.addEventListener("click", bar.open);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    bar.open();
  });
  return made;
}

/** The drawing in a group in which arrow keys move among the bars of `stacks`, whose bars are in order from the bottom up. */
function navigable(drawing, title, stacks) {
  const places = new Map(stacks.flatMap((stack, x) => stack.map((bar, y) => [bar, { x, y }])));
  const across = stacks.length > 1;
  const moves = {
    ArrowLeft: ({ x, y }) => nearest(stacks.slice(0, x).findLast(filled), y),
    ArrowRight: ({ x, y }) => nearest(stacks.slice(x + 1).find(filled), y),
    ArrowUp: ({ x, y }) => stacks[x][y + 1],
    ArrowDown: ({ x, y }) => stacks[x][y - 1],
    Home: () => (across ? stacks.find(filled)[0] : stacks[0].at(-1)),
    End: () => (across ? stacks.findLast(filled)[0] : stacks[0][0]),
  };
  const tip = element("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const group = element(
    "div",
    { class: "drawing", role: "group", "aria-label": title, "aria-describedby": "bar-keys" },
    drawing,
    tip,
  );
  group.addEventListener("keydown", (event) => {
    const target = places.has(event.target) && moves[event.key]?.(places.get(event.target));
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
  const highest = (bar) => (across ? stacks[places.get(bar).x].at(-1) : bar);
  group.addEventListener("focusin", ({ target }) => {
    for (const bar of places.keys()) bar.setAttribute("tabindex", bar === target ? 0 : -1);
    showTip(tip, target, highest(target));
  });
  group.addEventListener("focusout", () => (tip.hidden = true));
  group.addEventListener("pointerover", ({ target }) => {
    const bar = target.closest(".bar-button");
    if (bar) showTip(tip, bar, highest(bar));
    else tip.hidden = true;
  });
  group.addEventListener("pointerleave", () => (tip.hidden = true));
  [...places.keys()].at(across ? 0 : -1)?.setAttribute("tabindex", 0);
  return group;
}

/** Shows the label of a bar above `highest`, the bar itself or the topmost bar of its stack. */
function showTip(tip, bar, highest) {
  tip.hidden = false;
  tip.textContent = bar.getAttribute("aria-label");
  const around = tip.parentElement.getBoundingClientRect();
  const shape = highest.querySelector(".shape").getBoundingClientRect();
  const middle = shape.left - around.left + Math.min(shape.width / 2, 60);
  tip.style.left = `${Math.max(0, Math.min(middle - tip.offsetWidth / 2, around.width - tip.offsetWidth))}px`;
  tip.style.top = `${shape.top - around.top - tip.offsetHeight - 6}px`;
}

const filled = (stack) => stack.length > 0;
const nearest = (stack, y) => stack?.[Math.min(y, stack.length - 1)];

/** At most six round values from 0 to at least `max`. */
function ticks(max) {
  const rough = Math.max(max, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough - 1e-9),
    max > 1 ? 1 : 0.25,
  );
  return Array.from({ length: Math.ceil(Math.max(max, step) / step) + 1 }, (_, place) => place * step);
}
