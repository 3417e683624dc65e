"use strict";
// The view of the network in the reader's hands: mouse, fingers, wheel, keys and buttons; tooltips, colours, search.
(() => {
  const view = window.networkView;
  const { data, canvas, names, fit, zoom, pan, nearest, theme, extremes } = view;
  const { SHADES, KINDS, mix } = window.networkColours;
  const tip = document.getElementById("tip");

  const spell = (value) => (value === null ? "–" : typeof value === "number" ? String(value).replace("-", "−") : value);

  function point(node) {
    if (node === view.chosen()) return;
    view.choose(node);
    tip.hidden = node < 0;
    if (node < 0) return;
    const title = document.createElement("strong");
    title.textContent = `node ${names[node]}`;
    const list = document.createElement("dl");
    const rows = data.columns.slice(1).map((column) => [column.name, spell(column.values[node])]);
    rows.push(["edges drawn", (view.incident.get(node) ?? []).length]);
    for (const [name, value] of rows) {
      const [term, told] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name.replaceAll("_", " ");
      told.textContent = value;
      list.append(term, told);
    }
    tip.replaceChildren(title, list);
    const [width, height] = view.size();
    const [x, y] = view.at(node).map((place) => place + 14);
    tip.style.left = `${Math.max(4, x + tip.offsetWidth > width ? x - 28 - tip.offsetWidth : x)}px`;
    tip.style.top = `${Math.max(4, y + tip.offsetHeight > height ? y - 28 - tip.offsetHeight : y)}px`;
  }

  // Mouse and fingers: one drags, two pinch.
  const held = new Map();
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, place(event));
    if (event.pointerType !== "mouse") point(nearest(...place(event), 22));
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    if (!held.has(event.pointerId)) {
      point(nearest(...now, 12));
      return;
    }
    const before = held.get(event.pointerId);
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    held.set(event.pointerId, now);
    if (other) {
      const apart = (spot) => Math.hypot(spot[0] - other[0], spot[1] - other[1]) || 1;
      zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    } else {
      if (Math.hypot(now[0] - before[0], now[1] - before[1]) > 2) point(-1);
      pan(now[0] - before[0], now[1] - before[1]);
    }
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => held.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("dblclick", (event) => zoom(2, ...place(event)));
  canvas.addEventListener("wheel", (event) => {
    // The page scrolls past the view until a click says that the wheel is meant for it.
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    point(-1);
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoom(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 120 : 400)), ...place(event));
  }, { passive: false });

  const KEYS = {
    "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), "0": fit, Escape: () => point(-1),
    ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0), ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    event.preventDefault();
    point(-1);
    KEYS[event.key]();
  });
  const acts = { in: () => zoom(1.5), out: () => zoom(1 / 1.5), fit };
  for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());

  // Colouring by a column: shades for numbers, hues for the few values of a kind.
  const select = document.getElementById("colour-by");
  select.append(new Option("one colour", ""));
  data.columns.slice(1).forEach((column, k) => {
    const different = new Set(column.values).size;
    if (different > 1 && (column.numeric || different <= KINDS.length)) select.append(new Option(column.name.replaceAll("_", " "), k + 1));
  });
  const key = document.getElementById("legend-nodes");
  function swatch(paint, text) {
    const [spot, label] = [document.createElement("i"), document.createElement("span")];
    spot.style.background = paint;
    label.textContent = text;
    key.append(spot, label);
  }
  function colour() {
    key.replaceChildren();
    const column = data.columns[Number(select.value)];
    let chooser = null;
    if (select.value) {
      const kinds = [...new Set(column.values)];
      if (kinds.length <= KINDS.length) {
        chooser = (node) => KINDS[kinds.indexOf(column.values[node])];
        kinds.forEach((kind, k) => swatch(KINDS[k], spell(kind)));
      } else {
        const [least, most] = extremes(column.values.filter((value) => value !== null));
        const stops = SHADES[theme()];
        swatch(mix(stops, 0), spell(least));
        swatch(mix(stops, 1), spell(most));
        chooser = (node) => (column.values[node] === null ? "#888888" : mix(stops, (column.values[node] - least) / (most - least)));
      }
    }
    view.colour(chooser);
  }
  select.addEventListener("change", colour);

  const find = document.getElementById("find-node");
  const found = document.getElementById("found-node");
  const index = new Map(names.map((name, node) => [String(name).toLowerCase(), node]));
  find.addEventListener("input", () => {
    const node = index.get(find.value.trim().toLowerCase()) ?? -1;
    found.textContent = !find.value.trim() || node >= 0 ? "" : "no such node";
    if (node >= 0) pan(...view.at(node).map((place, axis) => view.size()[axis] / 2 - place));
    view.choose(NaN); // whatever was pointed at before, the view has moved
    point(node);
  });
  document.addEventListener("theme", colour);
})();
