"use strict";
// Light and dark: the system's choice until the button says otherwise.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const store = {
    // A page opened from disk may have no storage.
    get() { try { return localStorage.getItem("gradnet-theme"); } catch { return null; } },
    set(theme) { try { localStorage.setItem("gradnet-theme", theme); } catch { /* it lasts as long as the page */ } },
  };
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const tell = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Show the page in ${isDark() ? "light" : "dark"} colours`);
    document.dispatchEvent(new CustomEvent("theme", { detail: { dark: isDark() } }));
  };
  window.pageIsDark = isDark;
  const known = store.get();
  if (known === "dark" || known === "light") root.dataset.theme = known;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    store.set(root.dataset.theme);
    tell();
  });
  system.addEventListener("change", tell);
  tell();
})();
