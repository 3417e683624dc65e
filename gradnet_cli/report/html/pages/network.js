"use strict";
// The network on a canvas: edges by weight as colour, width and opacity; on a base network by its change, over grey.
(() => {
  const data = JSON.parse(document.getElementById("network-data").textContent);
  const canvas = document.getElementById("drawing");
  const pen = canvas.getContext("2d");
  const count = data.x.length;
  const names = data.columns[0].values;
  const limit = data.limit || 1;
  const changed = Boolean(data.change);
  const values = changed ? data.change : data.weight;
  const signed = values.some((value) => value < 0);
  const rising = values.some((value) => value > 0);
  const upward = data.down ? 1 : -1; // rows of a grid go down, other second coordinates go up

  const { PALETTES, WEIGHTS, SIGNED, LESS, MORE, mix } = window.networkColours;
  const LEVELS = 24;
  const NAMED = 120; // nodes in sight up to which they carry their names

  const shade = (dark, share, negative) => {
    if (changed) return mix((negative ? LESS : MORE)[dark], share);
    return signed ? mix(SIGNED[dark], 0.5 + (negative ? -0.5 : 0.5) * share) : mix(WEIGHTS[dark], share);
  };

  // Edges come sorted by |value|. Each level is one path: 20,000 edges are then drawn in a few strokes.
  const levels = Array.from({ length: LEVELS }, () => [[], []]);
  values.forEach((value, edge) => {
    const share = Math.min(Math.abs(value) / limit, 1);
    if (changed && share < 1e-3) return;
    levels[Math.min(LEVELS - 1, Math.floor(share * LEVELS))][value < 0 ? 1 : 0].push(edge);
  });
  const incident = new Map();
  const touch = (node, edge) => (incident.get(node) ?? incident.set(node, []).get(node)).push(edge);
  data.source.forEach((node, edge) => { touch(node, edge); touch(data.target[edge], edge); });

  // Not Math.min(...values): 20,000 arguments may be too many.
  const extremes = (values) => values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  const [low, high] = [0, 1].map((side) => [extremes(data.x)[side], extremes(data.y)[side]]);

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

  let printing = false;
  const theme = () => (window.pageIsDark() && !printing ? "dark" : "light");
  // Half the length of a usual edge: no node hides more of it.
  const lengths = data.source.map((i, edge) => Math.hypot(data.x[i] - data.x[data.target[edge]], data.y[i] - data.y[data.target[edge]]));
  const usual = lengths.sort((a, b) => a - b)[lengths.length >> 1] || Infinity;
  const zoomed = () => Math.min(Math.max(Math.sqrt(view.scale / view.fit), 0.7), 5);

  function draw() {
    waiting = false;
    const dark = theme();
    const palette = PALETTES[dark];
    const ratio = canvas.width / width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = palette.page;
    pen.fillRect(0, 0, width, height);
    // Edges too short to be seen as lines are dots.
    pen.lineCap = usual * view.scale < 3 ? "square" : data.weight.length > 5000 ? "butt" : "round";
    // As thick as the spacing of the nodes allows.
    const spacing = (view.fit * Math.max(high[0] - low[0], high[1] - low[1])) / Math.sqrt(count);
    const thickest = Math.min(Math.max(130 / Math.sqrt(data.weight.length || 1), 1), Math.max(0.35 * spacing, 1), 7) * zoomed();
    if (changed) {
      pen.strokeStyle = palette.still;
      pen.lineWidth = Math.max(0.5 * thickest, 1);
      stroke(values.keys());
    }
    levels.forEach((signs, level) => {
      const share = (level + 0.5) / LEVELS;
      signs.forEach((edges, negative) => {
        if (!edges.length) return;
        pen.strokeStyle = shade(dark, signed ? Math.max(share, 0.08) : share, negative);
        pen.globalAlpha = changed ? 1 : 0.5 + 0.5 * share;
        pen.lineWidth = thickest * ((changed ? 0.4 : 0.22) + (changed ? 0.6 : 0.78) * share);
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
    if (data.period) { // an edge that leaves a torus to come in again is a stub of half its length
      const along = [line[2] - line[0], line[3] - line[1]];
      const around = along.map((step, axis) => {
        const period = data.period[axis] * view.scale;
        return Math.abs(step) > 0.5 * period + 1e-6 ? step - Math.sign(step) * period : step;
      });
      if (around[0] !== along[0] || around[1] !== along[1]) [line[2], line[3]] = [line[0] + around[0] / 2, line[1] + around[1] / 2];
    }
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
      pen.globalAlpha = 0.35 + 0.65 * Math.min(Math.abs(values[edge]) / limit, 1);
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
    const widest = Math.min(42 / Math.sqrt(count), 0.3 * usual * view.fit, 5);
    const radius = Math.max(widest, 0.4) * zoomed();
    if (radius < 0.6 && !colours) visible.splice(0, visible.length, ...(chosen >= 0 ? [chosen] : [])); // only dust so far out
    pen.strokeStyle = palette.halo;
    pen.lineWidth = Math.min(1, radius / 3);
    for (const node of visible) {
      pen.beginPath();
      pen.arc(atX(node), atY(node), node === chosen ? radius + 2 : radius, 0, 2 * Math.PI);
      pen.fillStyle = node === chosen ? palette.mark : colours ? colours(node) : palette.ink;
      pen.fill();
      if (radius > 1.5) pen.stroke();
    }
    if (visible.length > NAMED) return;
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    const taken = [];
    for (const node of chosen >= 0 ? [chosen, ...visible.filter((each) => each !== chosen)] : visible) {
      const name = String(names[node]).slice(0, 24);
      const place = placeOfName(node, pen.measureText(name).width, radius, taken);
      if (!place) continue; // until it is zoomed in
      pen.strokeStyle = palette.halo;
      pen.strokeText(name, ...place);
      pen.fillStyle = node === chosen ? palette.mark : palette.quiet;
      pen.fillText(name, ...place);
    }
  }

  // To the right or left of a node, above or below, where no other name stands and the picture does not end.
  function placeOfName(node, wide, radius, taken) {
    const [x, y] = [atX(node), atY(node)];
    const aside = radius + 3;
    for (const [dx, dy] of [[aside, -radius - 2], [-aside - wide, -radius - 2], [aside, radius + 4], [-aside - wide, radius + 4]]) {
      const box = [x + dx, y + dy - 7, x + dx + wide, y + dy + 7];
      const free = taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
      if (free && box[0] >= 0 && box[2] <= width) {
        taken.push(box);
        return [x + dx, y + dy];
      }
    }
    return null;
  }

  function legend(dark) {
    const scale = document.getElementById("legend");
    const brush = scale.getContext("2d");
    const least = signed ? -1 : 0;
    const most = signed && changed && !rising ? 0 : 1;
    for (let k = 0; k < scale.width; k++) {
      const share = least + ((most - least) * k) / (scale.width - 1);
      brush.fillStyle = shade(dark, Math.abs(share), share < 0);
      brush.fillRect(k, 0, 1, scale.height);
    }
    const told = Number(limit.toPrecision(3)).toString();
    document.getElementById("legend-low").textContent = signed ? `−${told}` : "0";
    const high = data.exceeded ? `${told} and above` : told;
    document.getElementById("legend-high").textContent = most ? high : "0";
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

  function resize() {
    const known = width > 0;
    const centre = [width / 2, height / 2];
    const box = canvas.getBoundingClientRect();
    if (printing || !box.width || !box.height) return;
    [width, height] = [box.width, box.height];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (!known || Math.abs(view.scale / view.fit - 1) < 0.01) fit();
    else pan(width / 2 - centre[0], height / 2 - centre[1]);
    draw(); // at once: a canvas is empty after its size was set
  }
  for (const [event, now] of [["beforeprint", true], ["afterprint", false]])
    addEventListener(event, () => { printing = now; draw(); });
  new ResizeObserver(resize).observe(canvas);
  resize();

  window.networkView = {
    data, canvas, names, incident, fit, zoom, pan, nearest, theme, extremes,
    at: (node) => [atX(node), atY(node)],
    size: () => [width, height],
    chosen: () => chosen,
    choose(node) { chosen = node; ask(); },
    colour(chooser) { colours = chooser; ask(); },
  };
})();
