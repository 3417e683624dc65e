"use strict";
// The table of jobs: sorted by any column, by click or keyboard, and filtered by state and words.
(() => {
  const table = document.getElementById("jobs-table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const search = document.getElementById("search");
  const state = document.getElementById("state");
  const shown = document.getElementById("shown");
  const words = new Intl.Collator(undefined, { numeric: true });

  // Read once: the page is far slower to ask than an array.
  const jobs = [...body.rows].map((row, number) => ({
    row,
    number,
    state: row.dataset.state,
    text: [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase(),
    keys: [...row.cells].map((cell) => cell.dataset.key ?? cell.textContent),
  }));

  function sort(column, direction) {
    const numeric = heads[column].dataset.kind === "number";
    const compare = numeric ? (a, b) => Number(a) - Number(b) : words.compare;
    jobs.sort((one, other) => {
      const a = one.keys[column];
      const b = other.keys[column];
      if (a === "" || b === "") return (a === "") - (b === "") || one.number - other.number; // empty cells last
      return direction * compare(a, b) || one.number - other.number;
    });
    body.append(...jobs.map((job) => job.row));
    heads.forEach((head, k) => head.setAttribute("aria-sort", k !== column ? "none" : direction > 0 ? "ascending" : "descending"));
  }

  function filter() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const job of jobs) {
      const fits = (!state.value || job.state === state.value) && wanted.every((word) => job.text.includes(word));
      job.row.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count.toLocaleString("en")} of ${jobs.length.toLocaleString("en")}`;
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", column === 0 ? "ascending" : "none");
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending" ? -1 : 1));
  });
  search.addEventListener("input", filter);
  state.addEventListener("change", filter);
  document.querySelector(".filter").hidden = false;
  filter();
})();
