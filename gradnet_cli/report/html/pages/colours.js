"use strict";
// Colours of the network, for light and dark pages: pale to dark for weights, or dark to pale on dark.
window.networkColours = (() => {
  const PALETTES = {
    light: { page: "#ffffff", ink: "#22262a", halo: "#ffffff", still: "#c4c8cb", mark: "#d55e00", quiet: "#5d656d" },
    dark: { page: "#14171a", ink: "#d5dade", halo: "#14171a", still: "#3f464d", mark: "#ff9466", quiet: "#9aa3ac" },
  };
  const WEIGHTS = {
    light: ["#dcefc0", "#8fd2b9", "#3aadc3", "#2364ab", "#081d58"],
    dark: ["#2a3f58", "#2a6b9a", "#2ea3b5", "#93d3a4", "#fbf6b5"],
  };
  const SIGNED = {
    light: ["#3f1a76", "#8d80bd", "#d4d4d4", "#eda247", "#a24a00"],
    dark: ["#b8a3e8", "#7464a8", "#3d4247", "#bb7d30", "#ffb95c"],
  };
  // Of a change, from little to much: less and more.
  const LESS = { light: ["#f4a582", "#d6543c", "#7f0000"], dark: ["#8f4a3a", "#e07b62", "#ffc9b5"] };
  const MORE = { light: ["#74b3dc", "#1f78b4", "#08306b"], dark: ["#35648a", "#5fb0e5", "#d4ecff"] };
  const SHADES = { light: ["#c9dcea", "#0072b2", "#06263c"], dark: ["#274a63", "#56b4e9", "#f2f9fe"] };
  const KINDS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a8a8a", "#b5a300"];
  const mix = (stops, share) => {
    const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
    const k = Math.min(Math.floor(place), stops.length - 2);
    const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
    const blend = (i) => Math.round(part(stops[k], i) + (place - k) * (part(stops[k + 1], i) - part(stops[k], i)));
    return `rgb(${blend(0)} ${blend(1)} ${blend(2)})`;
  };

  return { PALETTES, WEIGHTS, SIGNED, LESS, MORE, SHADES, KINDS, mix };
})();
