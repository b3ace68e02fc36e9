// A click on the head of a column sorts the table; without scripts it stays as it is.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const numeric = head.classList.contains("n");
      const value = (row) => {
        const text = row.cells[place].textContent.trim();
        return numeric ? parseFloat(text) : text;
      };
      // What is empty stays at the end, in both directions.
      const empty = (v) => (numeric ? Number.isNaN(v) : v === "");
      const compare = (a, b) => {
        if (empty(a) || empty(b)) return empty(a) - empty(b);
        const order = numeric ? a - b : a.localeCompare(b);
        return up ? order : -order;
      };
      const rows = [...body.rows].map((row) => [value(row), row]);
      rows.sort((a, b) => compare(a[0], b[0]));
      body.append(...rows.map(([, row]) => row));
    });
  });
}
