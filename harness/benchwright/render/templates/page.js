(() => {
  const live = document.getElementById("live");
  const key = (cell) => {
    const given = cell.getAttribute("data-sort");
    if (given !== null) return given === "" ? null : Number(given);
    return cell.textContent.trim().toLowerCase() || null;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const sort = (table, head, at) => {
    const numeric = head.classList.contains("num");
    const before = head.getAttribute("aria-sort");
    const down = before ? before === "ascending" : numeric;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, value: key(row.cells[at]) }));
    rows.sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
      return down ? compare(b.value, a.value) : compare(a.value, b.value);
    });
    rows.forEach(({ row }) => body.append(row));
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    const way = down ? "descending" : "ascending";
    head.setAttribute("aria-sort", way);
    live.textContent = `Sorted by ${head.querySelector("button").textContent}, ${way}`;
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const button = head.querySelector("button");
      if (!button) return;
      button.disabled = false;
      button.addEventListener("click", () => sort(table, head, at));
    });
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
})();
