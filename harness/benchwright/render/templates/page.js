(() => {
  const live = document.getElementById("live");
  const key = (cell, numeric) => {
    const given = cell.getAttribute("data-sort");
    if (given !== null) return given === "" ? null : Number(given);
    if (numeric) {
      const found = cell.textContent.replaceAll(",", "").replace("−", "-").match(/^\D*?(-?\d[\d.]*)/);
      return found && Number(found[1]);
    }
    return cell.textContent.trim().toLowerCase() || null;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const sort = (table, head, at) => {
    const numeric = head.classList.contains("num");
    const before = head.getAttribute("aria-sort");
    const down = before ? before === "ascending" : numeric;
    [...table.tBodies].forEach((body) => {
      const rows = [...body.rows].filter((row) => !row.classList.contains("group")).map((row) => ({ row, value: key(row.cells[at], numeric) }));
      rows.sort((a, b) => {
        if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
        return down ? compare(b.value, a.value) : compare(a.value, b.value);
      });
      rows.forEach(({ row }) => body.append(row));
    });
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    const way = down ? "descending" : "ascending";
    head.setAttribute("aria-sort", way);
    live.textContent = `Sorted by ${head.dataset.name}, ${way}`;
  };
  const addButton = (head) => {
    const button = document.createElement("button");
    button.type = "button";
    head.dataset.name = head.firstChild.textContent.trim();
    const word = head.querySelector(".t");
    if (word) {
      button.className = "s";
      button.setAttribute("aria-label", `Sort by ${head.dataset.name}`);
      word.after(" ", button);
    } else {
      button.append(head.firstChild);
      head.prepend(button);
    }
    return button;
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    [...table.tHead.rows[table.tHead.rows.length - 1].cells].forEach((head, at) => {
      if (head.firstChild) addButton(head).addEventListener("click", () => sort(table, head, at));
    });
  });
  document.querySelectorAll("pre.command").forEach((block) => {
    const text = block.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        live.textContent = button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(block);
        live.textContent = "Selected: copy it with the keyboard";
      }
    });
    block.append(button);
  });
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1)); // ids here are plain, and an address may be no text
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
})();
