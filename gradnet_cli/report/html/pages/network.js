"use strict";
// The network on a canvas: edges by weight as colour, width and opacity; moved by mouse, fingers and keys.
(() => {
  const data = JSON.parse(document.getElementById("network-data").textContent);
  const canvas = document.getElementById("drawing");
  const pen = canvas.getContext("2d");
  const tip = document.getElementById("tip");
  const count = data.x.length;
  const names = data.columns[0].values;
  const limit = data.limit || 1;
  const signed = data.weight.some((weight) => weight < 0);
  const upward = data.down ? 1 : -1; // rows of a grid go down, other second coordinates go up

  const PALETTES = {
    light: { page: "#ffffff", ink: "#22262a", halo: "#ffffff", mark: "#d55e00", quiet: "#5d656d" },
    dark: { page: "#14171a", ink: "#d5dade", halo: "#14171a", mark: "#ff9466", quiet: "#9aa3ac" },
  };
  const WEIGHTS = {
    light: ["#dcefc0", "#8fd2b9", "#3aadc3", "#2364ab", "#081d58"],
    dark: ["#2a3f58", "#2a6b9a", "#2ea3b5", "#93d3a4", "#fbf6b5"],
  };
  const SIGNED = {
    light: ["#3f1a76", "#8d80bd", "#d4d4d4", "#eda247", "#a24a00"],
    dark: ["#b8a3e8", "#7464a8", "#3d4247", "#bb7d30", "#ffb95c"],
  };
  const SHADES = { light: ["#c9dcea", "#0072b2", "#06263c"], dark: ["#274a63", "#56b4e9", "#f2f9fe"] };
  const KINDS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a8a8a", "#b5a300"];
  const LEVELS = 24;

  const mix = (stops, share) => {
    const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
    const k = Math.min(Math.floor(place), stops.length - 2);
    const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
    const blend = (i) => Math.round(part(stops[k], i) + (place - k) * (part(stops[k + 1], i) - part(stops[k], i)));
    return `rgb(${blend(0)} ${blend(1)} ${blend(2)})`;
  };

  // Edges come sorted by |weight|. Each level is one path: 20,000 edges are then drawn in a few strokes.
  const levels = Array.from({ length: LEVELS }, () => [[], []]);
  data.weight.forEach((weight, edge) => {
    const share = Math.min(Math.abs(weight) / limit, 1);
    levels[Math.min(LEVELS - 1, Math.floor(share * LEVELS))][weight < 0 ? 1 : 0].push(edge);
  });
  const incident = new Map();
  const touch = (node, edge) => (incident.get(node) ?? incident.set(node, []).get(node)).push(edge);
  data.source.forEach((node, edge) => { touch(node, edge); touch(data.target[edge], edge); });

  const low = [Math.min(...sampled(data.x)), Math.min(...sampled(data.y))];
  const high = [Math.max(...sampled(data.x)), Math.max(...sampled(data.y))];
  function sampled(values) { // the extremes, without passing 20,000 arguments at once
    return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  }

  const view = { scale: 1, x: 0, y: 0, fit: 1 };
  let width = 0;
  let height = 0;
  let chosen = -1; // the node pointed at or found
  let waiting = false;
  let colours = null; // of the nodes, or null for ink

  const atX = (node) => view.x + view.scale * data.x[node];
  const atY = (node) => view.y + upward * view.scale * data.y[node];

  function fit() {
    const span = [high[0] - low[0] || 1, high[1] - low[1] || 1];
    const margin = count <= 60 ? 36 : 20;
    view.scale = Math.min((width - 2 * margin) / span[0], (height - 2 * margin) / span[1]);
    view.fit = view.scale;
    view.x = width / 2 - (view.scale * (low[0] + high[0])) / 2;
    view.y = height / 2 - (upward * view.scale * (low[1] + high[1])) / 2;
    moved();
  }

  function zoom(factor, x = width / 2, y = height / 2) {
    const scale = Math.min(Math.max(view.scale * factor, view.fit / 4), view.fit * 400);
    view.x = x + ((view.x - x) * scale) / view.scale;
    view.y = y + ((view.y - y) * scale) / view.scale;
    view.scale = scale;
    moved();
  }

  function pan(x, y) {
    view.x += x;
    view.y += y;
    moved();
  }

  function moved() {
    canvas.classList.toggle("zoomed", view.scale > 1.05 * view.fit);
    ask();
  }

  function ask() {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(draw);
    }
  }

  const theme = () => (window.pageIsDark() && !matchMedia("print").matches ? "dark" : "light");
  const zoomed = () => Math.min(Math.max(Math.sqrt(view.scale / view.fit), 0.7), 5);

  function draw() {
    waiting = false;
    const dark = theme();
    const palette = PALETTES[dark];
    const ratio = canvas.width / width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = palette.page;
    pen.fillRect(0, 0, width, height);
    pen.lineCap = data.weight.length > 5000 ? "butt" : "round";
    // As thick as the spacing of the nodes allows.
    const spacing = (view.fit * Math.max(high[0] - low[0], high[1] - low[1])) / Math.sqrt(count);
    const thickest = Math.min(Math.max(130 / Math.sqrt(data.weight.length || 1), 1), Math.max(0.35 * spacing, 1), 7) * zoomed();
    levels.forEach((signs, level) => {
      const share = (level + 0.5) / LEVELS;
      signs.forEach((edges, negative) => {
        if (!edges.length) return;
        pen.strokeStyle = signed
          ? mix(SIGNED[dark], 0.5 + (negative ? -0.5 : 0.5) * Math.max(share, 0.08))
          : mix(WEIGHTS[dark], share);
        pen.globalAlpha = 0.5 + 0.5 * share;
        pen.lineWidth = thickest * (0.22 + 0.78 * share);
        stroke(edges);
      });
    });
    pen.globalAlpha = 1;
    if (data.directed) arrows(palette, thickest);
    if (chosen >= 0) {
      pen.strokeStyle = palette.mark;
      pen.lineWidth = Math.max(1.5, 0.6 * thickest);
      stroke(incident.get(chosen) ?? []);
    }
    nodes(palette);
    legend(dark);
  }

  function ends(edge) {
    const [i, j] = [data.source[edge], data.target[edge]];
    const line = [atX(i), atY(i), atX(j), atY(j)];
    if (data.directed) { // to the right of its direction, so that there and back are seen apart
      const length = Math.hypot(line[2] - line[0], line[3] - line[1]) || 1;
      const aside = 2.5 * Math.min(zoomed(), 2);
      const [dx, dy] = [(-aside * (line[3] - line[1])) / length, (aside * (line[2] - line[0])) / length];
      return [line[0] + dx, line[1] + dy, line[2] + dx, line[3] + dy];
    }
    return line;
  }

  const outside = (line) =>
    Math.max(line[0], line[2]) < 0 || Math.min(line[0], line[2]) > width ||
    Math.max(line[1], line[3]) < 0 || Math.min(line[1], line[3]) > height;

  function stroke(edges) {
    pen.beginPath();
    for (const edge of edges) {
      const line = ends(edge);
      if (outside(line)) continue;
      pen.moveTo(line[0], line[1]);
      pen.lineTo(line[2], line[3]);
    }
    pen.stroke();
  }

  function arrows(palette, thickest) {
    if (data.weight.length > 4000) return;
    pen.fillStyle = palette.ink;
    const long = 4 + 1.2 * thickest;
    for (let edge = 0; edge < data.weight.length; edge++) {
      const line = ends(edge);
      const length = Math.hypot(line[2] - line[0], line[3] - line[1]);
      if (outside(line) || length < 3 * long) continue;
      const [ux, uy] = [(line[2] - line[0]) / length, (line[3] - line[1]) / length];
      const [x, y] = [line[0] + 0.66 * ux * length, line[1] + 0.66 * uy * length];
      pen.globalAlpha = 0.35 + 0.65 * Math.min(Math.abs(data.weight[edge]) / limit, 1);
      pen.beginPath();
      pen.moveTo(x + long * ux, y + long * uy);
      pen.lineTo(x - 0.5 * long * uy, y + 0.5 * long * ux);
      pen.lineTo(x + 0.5 * long * uy, y - 0.5 * long * ux);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  function nodes(palette) {
    const visible = [];
    for (let node = 0; node < count; node++) {
      const [x, y] = [atX(node), atY(node)];
      if (x > -20 && y > -20 && x < width + 20 && y < height + 20) visible.push(node);
    }
    const radius = Math.min(Math.max(42 / Math.sqrt(count), 0.7), 5) * zoomed();
    pen.strokeStyle = palette.halo;
    pen.lineWidth = Math.min(1, radius / 3);
    for (const node of visible) {
      pen.beginPath();
      pen.arc(atX(node), atY(node), node === chosen ? radius + 2 : radius, 0, 2 * Math.PI);
      pen.fillStyle = node === chosen ? palette.mark : colours ? colours(node) : palette.ink;
      pen.fill();
      if (radius > 1.5) pen.stroke();
    }
    if (visible.length > 60) return;
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    for (const node of visible) {
      const name = String(names[node]).slice(0, 24);
      pen.strokeStyle = palette.halo;
      pen.strokeText(name, atX(node) + radius + 3, atY(node) - radius - 2);
      pen.fillStyle = node === chosen ? palette.mark : palette.quiet;
      pen.fillText(name, atX(node) + radius + 3, atY(node) - radius - 2);
    }
  }

  function legend(dark) {
    const scale = document.getElementById("legend");
    const brush = scale.getContext("2d");
    for (let k = 0; k < scale.width; k++) {
      brush.fillStyle = mix(signed ? SIGNED[dark] : WEIGHTS[dark], k / (scale.width - 1));
      brush.fillRect(k, 0, 1, scale.height);
    }
    const told = Number(limit.toPrecision(3)).toString();
    document.getElementById("legend-low").textContent = signed ? `−${told}` : "0";
    document.getElementById("legend-high").textContent = data.exceeded ? `${told} and above` : told;
  }

  function nearest(x, y, within) {
    let best = -1;
    let least = within * within;
    for (let node = 0; node < count; node++) {
      const square = (atX(node) - x) ** 2 + (atY(node) - y) ** 2;
      if (square < least) [least, best] = [square, node];
    }
    return best;
  }

  const spell = (value) => (value === null ? "–" : typeof value === "number" ? String(value).replace("-", "−") : value);

  function point(node) {
    if (node === chosen) return;
    chosen = node;
    tip.hidden = node < 0;
    ask();
    if (node < 0) return;
    const title = document.createElement("strong");
    title.textContent = `node ${names[node]}`;
    const list = document.createElement("dl");
    const rows = data.columns.slice(1).map((column) => [column.name, spell(column.values[node])]);
    rows.push(["edges drawn", (incident.get(node) ?? []).length]);
    for (const [name, value] of rows) {
      const [term, told] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name.replaceAll("_", " ");
      told.textContent = value;
      list.append(term, told);
    }
    tip.replaceChildren(title, list);
    const [x, y] = [atX(node) + 14, atY(node) + 14];
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
  function colour() {
    const column = data.columns[Number(select.value)];
    colours = null;
    if (select.value) {
      const kinds = [...new Set(column.values)];
      if (kinds.length <= KINDS.length) {
        colours = (node) => KINDS[kinds.indexOf(column.values[node])];
      } else {
        const [least, most] = sampled(column.values.filter((value) => value !== null));
        const stops = SHADES[theme()];
        colours = (node) => (column.values[node] === null ? "#888888" : mix(stops, (column.values[node] - least) / (most - least)));
      }
    }
    ask();
  }
  select.addEventListener("change", colour);

  const find = document.getElementById("find-node");
  const found = document.getElementById("found-node");
  const index = new Map(names.map((name, node) => [String(name).toLowerCase(), node]));
  find.addEventListener("input", () => {
    const node = index.get(find.value.trim().toLowerCase()) ?? -1;
    found.textContent = !find.value.trim() || node >= 0 ? "" : "no such node";
    if (node >= 0) pan(width / 2 - atX(node), height / 2 - atY(node));
    chosen = NaN; // whatever was pointed at before, the view has moved
    point(node);
  });

  function resize() {
    const known = width > 0;
    const centre = [width / 2, height / 2];
    const box = canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    [width, height] = [box.width, box.height];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (!known || Math.abs(view.scale / view.fit - 1) < 0.01) fit();
    else pan(width / 2 - centre[0], height / 2 - centre[1]);
    draw(); // at once: a canvas is empty after its size was set
  }
  document.addEventListener("theme", colour);
  addEventListener("beforeprint", draw);
  addEventListener("afterprint", draw);
  new ResizeObserver(resize).observe(canvas);
  resize();
})();
