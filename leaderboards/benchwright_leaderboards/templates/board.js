(() => {
  // Sorting and filtering of rankings, with what was chosen in the address: #sort=ranking:score:desc&q=bert&in=model
  const live = document.getElementById("live");
  const say = (text) => { live.textContent = text; };
  const tables = [...document.querySelectorAll("table.sortable")].map((table) => ({
    table,
    heads: [...table.tHead.rows[table.tHead.rows.length - 1].cells],
    bodies: [...table.tBodies].map((body) => ({ body, rows: [...body.rows] })),
  }));
  const nameOf = (head) => head.dataset.c || head.dataset.name.toLowerCase();
  const keyOf = (cell, numeric) => {
    const given = cell.getAttribute("data-sort");
    if (given !== null) return given === "" ? null : Number(given);
    const text = cell.firstChild ? cell.firstChild.textContent.trim() : "";
    if (!numeric) return text.toLowerCase() || null;
    const found = text.replaceAll(",", "").replaceAll("−", "-").match(/-?\d[\d.]*/);
    return found && Number(found[0]);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const restore = ({ bodies }) => bodies.forEach(({ body, rows }) => body.append(...rows.map((row) => { if (row.classList.contains("group")) row.hidden = false; return row; })));
  const sort = (one, head, down) => {
    const at = one.heads.indexOf(head);
    const numeric = head.classList.contains("num");
    restore(one);
    one.heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    if (nameOf(head) === "rank" && !down) return;
    const zones = new Map();
    one.bodies.forEach(({ body, rows }) => {
      const zone = body.classList.contains("unranked") ? body : one.table;
      if (!zones.has(zone)) zones.set(zone, { body, rows: [] });
      rows.forEach((row) => {
        if (!row.classList.contains("group")) zones.get(zone).rows.push({ row, value: keyOf(row.cells[at], numeric) });
        else if (zone === one.table) row.hidden = true;
      });
    });
    zones.forEach(({ body, rows }) => {
      rows.sort((a, b) => {
        if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
        return down ? compare(b.value, a.value) : compare(a.value, b.value);
      });
      body.append(...rows.map(({ row }) => row));
    });
  };
  const state = { sort: "", q: "", in: "" };
  const keep = () => {
    const chosen = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    const text = chosen.toString().replaceAll("%3A", ":");
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  };
  let box = null;
  const filter = () => {
    const wanted = state.q.toLowerCase();
    let shown = 0;
    let all = 0;
    tables.forEach((one) => {
      const at = state.in ? one.heads.findIndex((head) => nameOf(head) === state.in) : -1;
      one.bodies.forEach(({ rows }) => rows.forEach((row) => {
        if (row.classList.contains("group")) return;
        const text = at < 0 ? row.textContent : row.cells[at].textContent;
        row.classList.toggle("out", Boolean(wanted) && (at >= 0 || !state.in) && !text.toLowerCase().includes(wanted));
        all += 1;
        shown += !row.classList.contains("out");
      }));
      one.bodies.forEach(({ body, rows }) => body.classList.toggle("out", rows.every((row) => row.classList.contains("out") || row.classList.contains("group"))));
    });
    if (box) box.count.textContent = wanted ? `${shown} of ${all} rows` : "";
  };
  tables.forEach((one) => one.heads.forEach((head) => {
    if (!head.firstChild || head.firstChild.nodeType !== Node.TEXT_NODE) return;
    const button = document.createElement("button");
    button.type = "button";
    head.dataset.name = head.firstChild.textContent.trim();
    button.append(head.firstChild);
    head.prepend(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : head.classList.contains("num") && nameOf(head) !== "rank";
      sort(one, head, down);
      state.sort = nameOf(head) === "rank" && !down ? "" : `${one.table.id}:${nameOf(head)}:${down ? "desc" : "asc"}`;
      keep();
      say(`Sorted by ${head.dataset.name}, ${down ? "descending" : "ascending"}`);
    });
  }));
  const addFilter = (place) => {
    const form = document.createElement("form");
    form.className = "filter";
    form.setAttribute("role", "search");
    const input = document.createElement("input");
    input.type = "search";
    input.setAttribute("aria-label", "Show rows that contain");
    input.placeholder = "Show rows with …";
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Column to look in");
    select.append(new Option("in any column", ""));
    tables[0].heads.filter((head) => head.dataset.name).forEach((head) => select.append(new Option(`in ${head.dataset.name}`, nameOf(head))));
    const count = document.createElement("span");
    count.className = "muted";
    count.setAttribute("aria-live", "polite");
    form.append(input, select, count);
    form.addEventListener("submit", (event) => event.preventDefault());
    const changed = () => { state.q = input.value; state.in = select.value; keep(); filter(); };
    input.addEventListener("input", changed);
    select.addEventListener("change", changed);
    place.before(form);
    box = { input, select, count };
  };
  if (tables.length && tables[0].table.tBodies.length && tables[0].table.rows.length > 6) addFilter(tables[0].table.closest(".scroll") || tables[0].table);
  const follow = () => {
    const text = location.hash.slice(1);
    if (!text.includes("=")) {
      const target = document.getElementById(text);
      for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
      if (target) target.scrollIntoView();
      return;
    }
    const chosen = new URLSearchParams(text);
    Object.keys(state).forEach((name) => { state[name] = chosen.get(name) || ""; });
    const [id, column, way] = state.sort.split(":");
    const one = tables.find(({ table }) => table.id === id);
    const head = one && one.heads.find((each) => each.dataset.name && nameOf(each) === column);
    if (head) sort(one, head, way === "desc");
    if (box) {
      box.input.value = state.q;
      box.select.value = state.in;
      if (box.select.selectedIndex < 0) box.select.value = state.in = "";
    }
    filter();
  };
  document.querySelectorAll("pre.command").forEach((block) => {
    const text = block.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
        say("Copied");
      } catch {
        getSelection().selectAllChildren(block);
        say("Selected: copy it with the keyboard");
      }
    });
    block.append(button);
  });
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  if (location.hash) follow();
})();
