(() => {
  "use strict";
  const island = document.getElementById("ex-data");
  if (!island) return;
  const data = JSON.parse(island.textContent);
  if (data.v !== 1) return;
  const byId = (name) => document.getElementById(`ex-${name}`);
  const PAGE = 20;
  const WORDS = { r: "right", w: "wrong", p: "right in part", e: "no answer", n: "not judged" };
  const CLASSES = { r: "right", w: "wrong", p: "partly", e: "errored", n: "none" };
  const VERDICTS = { right: "r", wrong: "w", partly: "p", bad: "wpe", errored: "e", none: "n" };
  const KEYS = ["task", "model", "verdict", "flips", "way", "label", "slice", "order", "q", "of", "item"];
  const text = (place) => data.s[place];
  const models = data.m;
  const tasks = data.t;

  // Items as objects that point into the columns of their task; texts are read when an item is drawn or searched.
  const items = [];
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  const digits = (words, width) => {
    const read = new Array(words.length / width);
    for (let at = 0; at < read.length; at += 1) {
      read[at] = DIGITS.indexOf(words[at * width]);
      if (width === 2) read[at] = read[at] * 64 + DIGITS.indexOf(words[at * 2 + 1]);
    }
    return read;
  };
  tasks.forEach((task) => {
    task.i = task.i.map((id) => task.p + id);
    if (task.l === 1) task.l = task.g.map((place) => [place]);
    task.a.forEach((one) => {
      if (task.d) one.t = digits(one.t, task.d);
      if (typeof one.k === "string") one.k = digits(one.k, 2).map((known) => (known === 4095 ? null : known));
    });
    task.by = new Map(task.a.map((one) => [one.m, one]));
    task.cut = new Map(task.a.map((one) => [one.m, new Set(one.u || [])]));
    task.i.forEach((id, at) => items.push({ task, at, id, order: items.length }));
  });

  const fresh = () => ({ task: "", model: "", verdict: "", flips: null, way: "", label: "", slice: "", order: "", q: "", of: "", item: "" });
  let state = fresh();
  let found = [];
  let page = 0;
  let current = -1;
  let written = "";

  const node = (name, kind, words) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (words !== undefined) made.textContent = words;
    return made;
  };
  const bdi = (words) => node("bdi", "", words);

  // --- the state as the fragment of the address

  const quote = (words) => {
    try {
      return encodeURIComponent(words).replace(/%2F/g, "/");
    } catch {
      return ""; // half of a surrogate pair: nothing on the page holds one
    }
  };
  const fragment = (from) => {
    const parts = ["#examples"];
    KEYS.forEach((name) => {
      if (name === "of" && (!from.item || from.task)) return; // whose item it is, where no task is chosen
      const value = name === "flips" ? (from.flips ? from.flips.map(quote).join(",") : "") : quote(from[name]);
      if (value) parts.push(`${name}=${value}`);
    });
    return parts.join("&");
  };
  const short = (words) => (words.length > 80 ? `${words.slice(0, 79)}…` : words);
  const parse = (hash) => {
    const parts = hash.slice(0, 4000).split("&");
    if (parts.shift() !== "#examples") return null;
    const read = fresh();
    const told = [];
    const unquote = (words) => {
      try {
        return decodeURIComponent(words);
      } catch {
        told.push(`“${short(words)}” in the address is no text.`);
        return "";
      }
    };
    parts.forEach((part) => {
      const at = part.indexOf("=");
      const name = at < 0 ? part : part.slice(0, at);
      const value = at < 0 ? "" : part.slice(at + 1);
      if (!part) return;
      if (!KEYS.includes(name)) told.push(`The address holds “${short(name)}”, which this page does not know; it is left aside.`);
      else if (name === "flips") read.flips = value.split(",").map(unquote);
      else read[name] = unquote(value);
    });
    return { read, told };
  };

  /** What the state asks for and the page does not have is told and dropped, never followed. */
  const settle = (read, told) => {
    const known = (name, values, what) => {
      if (read[name] && !values.includes(read[name])) {
        told.push(`There is no ${what} “${short(read[name])}” among these examples.`);
        read[name] = "";
      }
    };
    known("task", tasks.map((task) => task.n), "task");
    known("model", models, "model");
    known("verdict", Object.keys(VERDICTS), "kind of answer");
    known("way", ["fixed", "broken"], "kind of flip");
    known("order", ["data"], "order");
    known("label", labelsOf(read.task), "gold label");
    known("slice", slicesOf(read.task), "slice");
    if (read.flips) {
      const missing = read.flips.filter((name) => !models.includes(name));
      if (missing.length) told.push(`There is no model “${short(missing[0])}” among these examples.`);
      if (missing.length || read.flips.length !== 2 || read.flips[0] === read.flips[1]) read.flips = null;
    }
    if (read.item) {
      const of = read.task || read.of;
      const there = items.find((one) => one.id === read.item && (!of || one.task.n === of));
      if (there) {
        read.of = there.task.n;
      } else {
        const task = tasks.find((one) => one.n === of);
        const some = task ? `${task.i.length} of the ${task.to} items of ${task.n}` : `${items.length} items`;
        told.push(`Item “${short(read.item)}” is not on this page, which holds ${some}. A report made with a larger --max-examples holds more.`);
        read.item = "";
      }
    }
    return read;
  };

  const chosenTasks = (name) => (name ? tasks.filter((task) => task.n === name) : tasks);
  const distinct = (name, column) => {
    const places = new Set();
    chosenTasks(name).forEach((task) => (task[column] || []).forEach((several) => several.forEach((one) => places.add(one))));
    return [...places].map(text).sort((a, b) => a.localeCompare(b));
  };
  const labelsOf = (name) => distinct(name, "l");
  const slicesOf = (name) => distinct(name, "c");

  const write = (push) => {
    const now = fragment(state);
    if (now === location.hash) return;
    written = now;
    if (push) {
      location.hash = now;
      return;
    }
    try {
      history.replaceState(null, "", now);
    } catch {
      location.replace(now);
    }
  };

  // --- choosing and sorting

  const verdict = (one, model) => {
    const answers = one.task.by.get(model);
    return answers ? answers.v[one.at] : "-";
  };
  const measure = (one, model) => {
    const answers = one.task.by.get(model);
    const known = answers && answers.k ? answers.k[one.at] : null;
    return known === undefined ? null : known;
  };
  const plainText = (part) => (typeof part === "string" ? part : text(part));
  const textsOf = (one) => {
    const drawn = one.task.x ? one.task.x[one.at] : [];
    return drawn.map((each) => {
      const [name, segments, length, option, gold, chosen] = Array.isArray(each) ? each : [0, each];
      const several = Array.isArray(segments) ? segments : [segments];
      return { name: one.task.xn[name], segments: several, length: length || 0, option: option || 0, gold, chosen: chosen || [] };
    });
  };
  const hay = (one) => {
    if (one.hay === undefined) {
      const words = [one.id, text(one.task.g[one.at])];
      textsOf(one).forEach((each) => words.push(each.segments.map((part) => (Array.isArray(part) ? (part[1] === 1 ? "" : part[0]) : plainText(part))).join("")));
      one.task.a.forEach((answers) => { if (answers.v[one.at] !== "-") words.push(text(one.task.o[answers.t[one.at]])); });
      one.hay = words.join("\n").normalize().toLowerCase();
    }
    return one.hay;
  };
  const holds = (one, column, wanted) => (one.task[column] ? one.task[column][one.at] : []).some((place) => text(place) === wanted);
  const passes = (wanted) => {
    const model = models.indexOf(wanted.model);
    const flips = wanted.flips ? wanted.flips.map((name) => models.indexOf(name)) : null;
    const asked = wanted.verdict ? VERDICTS[wanted.verdict] : "";
    const words = wanted.q.trim().normalize().toLowerCase();
    return (one) => {
      if (wanted.task && one.task.n !== wanted.task) return false;
      if (model >= 0 && verdict(one, model) === "-") return false;
      if (asked) {
        const several = model >= 0 ? [verdict(one, model)] : one.task.a.map((answers) => answers.v[one.at]);
        if (!several.some((each) => asked.includes(each))) return false;
      }
      if (flips) {
        const [before, after] = flips.map((each) => verdict(one, each));
        const fixed = "wpe".includes(before) && after === "r";
        const broken = before === "r" && "wpe".includes(after);
        if (!(wanted.way === "fixed" ? fixed : wanted.way === "broken" ? broken : fixed || broken)) return false;
      }
      if (wanted.label && !holds(one, "l", wanted.label)) return false;
      if (wanted.slice && !holds(one, "c", wanted.slice)) return false;
      return !words || hay(one).includes(words);
    };
  };
  /** Most confidently wrong first, then without answer, not judged, and right ones, the least sure first. */
  const rank = (one, among) => {
    let best = [4, 0];
    among(one).forEach((model) => {
      const each = verdict(one, model);
      if (each === "-") return;
      const known = measure(one, model);
      const place = each === "w" || each === "p" ? 0 : each === "e" ? 1 : each === "n" ? 2 : 3;
      const key = [place, known === null ? 1e9 : place === 3 ? known : -known];
      if (key[0] < best[0] || (key[0] === best[0] && key[1] < best[1])) best = key;
    });
    return best;
  };
  const sorted = (several, wanted) => {
    if (wanted.order === "data") return several;
    const model = models.indexOf(wanted.model);
    const pair = wanted.flips ? wanted.flips.map((name) => models.indexOf(name)) : null;
    const among = model >= 0 ? () => [model] : pair ? () => pair : (one) => one.task.a.map((answers) => answers.m);
    const ranked = several.map((one) => [rank(one, among), one]);
    ranked.sort(([a, x], [b, y]) => a[0] - b[0] || a[1] - b[1] || x.order - y.order);
    return ranked.map(([, one]) => one);
  };

  // --- drawing

  /** Whether a model is among several: the bits of a number, or a list. */
  const among = (some, model) => (Array.isArray(some) ? some.includes(model) : Math.floor((some || 0) / 2 ** model) % 2 === 1);
  const ending = ([gold, some, label], task) => {
    const model = models.indexOf(state.model);
    const several = task.a.map((one) => one.m).filter((each) => among(some, each));
    const mine = model < 0 ? several : several.filter((each) => each === model);
    if (!gold && !mine.length) return null;
    const numbers = mine.map((each) => ` ${each + 1}`).join("");
    const made = node("sup", `end${gold ? " gold" : ""}${mine.length ? " said" : ""}`, `${label || (gold ? "gold" : "")}${numbers}`.trim());
    made.title = [gold ? "gold" : "", ...mine.map((each) => models[each])].filter(Boolean).join(", ");
    return made;
  };
  const segment = (part, into, task) => {
    if (!Array.isArray(part)) return into.append(plainText(part));
    const [words, change, gold, several, ends] = part;
    const model = models.indexOf(state.model);
    const said = several && (model < 0 || among(several, model));
    let piece = document.createTextNode(words);
    if (gold || said) {
      const made = node("span", `${gold ? "gold" : ""}${said ? " said" : ""}`.trim());
      made.append(piece);
      piece = made;
    }
    if (change) {
      const made = node(change === 1 ? "del" : "ins");
      made.append(piece);
      piece = made;
    }
    into.append(piece);
    (typeof ends === "string" ? [[gold, several, ends]] : ends || []).forEach((each) => {
      const made = ending(each, task);
      if (made) into.append(made);
    });
    return undefined;
  };
  const drawText = (each, task) => {
    const made = node("p", each.option ? "extext option" : "extext");
    const name = node("span", "in", each.option ? `${each.gold ? "✓ " : ""}${each.option - 1}` : each.name);
    if (each.option && each.chosen.length) {
      const by = node("sup", "end said", each.chosen.map((model) => model + 1).join(" "));
      by.title = each.chosen.map((model) => models[model]).join(", ");
      name.append(by);
    }
    const body = node("bdi");
    body.dir = "auto";
    each.segments.forEach((part) => segment(part, body, task));
    made.append(name, " ", body);
    if (each.length) made.append(" ", node("span", "muted", `(${each.length.toLocaleString("en")} characters in all)`));
    return made;
  };
  const number = (task, known) => (task.me === "Confidence" ? (known / 1000).toFixed(3) : String(known));
  const drawAnswer = (one, answers) => {
    const code = answers.v[one.at];
    const made = node("li", CLASSES[code] + (models[answers.m] === state.model ? " chosen" : ""));
    made.append(node("b", "", `${answers.m + 1} ${models[answers.m]}`), node("span", "vh", ` ${WORDS[code]}: `), " ", bdi(text(one.task.o[answers.t[one.at]])));
    const known = measure(one, answers.m);
    const sure = one.task.me === "Confidence";
    if (known !== null && (sure || code !== "r")) {
      const shown = node("span", "muted");
      shown.append(node("span", sure ? "vh" : "", `${one.task.me.toLowerCase()} `), number(one.task, known));
      made.append(" ", shown);
    }
    const before = answers.b ? text(answers.b[one.at]) : "";
    if (before) {
      const shown = node("span", "muted", "to the original: ");
      shown.append(bdi(before));
      made.append(" ", shown);
    }
    if (one.task.cut.get(answers.m).has(one.at)) made.append(" ", node("span", "muted", "input truncated"));
    return made;
  };
  const linkTo = (one) => fragment({ ...state, of: one.task.n, item: one.id });
  const drawItem = (one, at) => {
    const made = node("article", "ex");
    made.tabIndex = -1;
    made.setAttribute("aria-posinset", String(at + 1));
    made.setAttribute("aria-setsize", String(found.length));
    const head = node("p", "exhead");
    const link = node("a", "mono");
    link.href = linkTo(one);
    link.append(bdi(one.id));
    made.setAttribute("aria-label", `${one.task.n}, ${one.id}`);
    head.append(link);
    if (!state.task && tasks.length > 1) head.append(node("span", "muted", one.task.n));
    const gold = text(one.task.g[one.at]);
    if (gold) {
      const shown = node("span", "", one.task.ex ? "expected: " : "gold: ");
      const bold = node("b");
      bold.append(bdi(gold));
      shown.append(bold);
      head.append(shown);
    }
    if (one.task.c) {
      const shown = node("span", "muted");
      shown.append(bdi(one.task.c[one.at].map(text).join(", ")));
      head.append(shown);
    }
    const copy = node("button", "", "Copy link");
    copy.type = "button";
    copy.addEventListener("click", () => copyLink(one, copy));
    head.append(copy);
    const list = node("ul", "answers");
    one.task.a.forEach((answers) => { if (answers.v[one.at] !== "-") list.append(drawAnswer(one, answers)); });
    made.append(head, ...textsOf(one).map((each) => drawText(each, one.task)), list);
    made.addEventListener("focusin", () => mark(at));
    return made;
  };
  const tell = (several) => {
    byId("told").hidden = !several.length;
    byId("told").textContent = several.slice(0, 4).join(" ");
  };
  const copyLink = async (one, button) => {
    const address = location.href.split("#")[0] + fragment({ ...fresh(), task: one.task.n, item: one.id });
    try {
      await navigator.clipboard.writeText(address);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy link"; }, 1500);
    } catch {
      tell([`Copy this address: ${address}`]);
    }
  };

  const mark = (at) => {
    if (current === at) return;
    current = at;
    [...byId("list").children].forEach((each, place) => {
      if (page * PAGE + place === at) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
    state.item = at < 0 ? "" : found[at].id;
    state.of = at < 0 ? "" : found[at].task.n;
    write(false);
  };
  const drawPage = () => {
    const list = byId("list");
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    list.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map((one, at) => drawItem(one, page * PAGE + at)));
    byId("pages").hidden = pages < 2;
    byId("page").textContent = `Page ${page + 1} of ${pages}`;
    byId("back").disabled = page === 0;
    byId("next").disabled = page === pages - 1;
  };
  const step = (by) => {
    if (!found.length) return;
    const first = page * PAGE;
    go(current < 0 ? first : Math.min(Math.max(current + by, 0), found.length - 1));
  };
  const go = (at) => {
    const wanted = Math.floor(at / PAGE);
    if (wanted !== page) {
      page = wanted;
      drawPage();
    }
    const card = byId("list").children[at - page * PAGE];
    if (!card) return;
    current = -1;
    mark(at);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const turn = (by) => {
    page += by;
    current = -1;
    state.item = "";
    write(false);
    drawPage();
    byId("list").firstElementChild.focus({ preventScroll: true });
    byId("count").scrollIntoView({ block: "nearest" });
  };

  // --- controls

  const options = (name, several, value, disabled) => {
    const select = byId(name);
    select.replaceChildren(...several.map(([given, words]) => {
      const made = node("option", "", words);
      made.value = given;
      return made;
    }));
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.disabled = Boolean(disabled);
    select.parentElement.hidden = Boolean(disabled);
  };
  const named = (several) => several.map((name) => [name, name]);
  const showControls = () => {
    const labels = labelsOf(state.task);
    const slices = slicesOf(state.task);
    const has = (letter) => tasks.some((task) => task.a.some((answers) => answers.v.includes(letter)));
    const kinds = [["right", "right", "r"], ["wrong", "wrong", "w"], ["partly", "right in part", "p"], ["errored", "no answer", "e"], ["none", "not judged", "n"]];
    options("task", [["", "all tasks"], ...named(tasks.map((task) => task.n))], state.task, tasks.length < 2);
    options("model", [["", "any model"], ...models.map((name, at) => [name, `${at + 1} ${name}`])], state.model, models.length < 2);
    options("verdict", [["", "right or wrong"], ["bad", "not right"], ...kinds.filter(([, , letter]) => has(letter))], state.verdict);
    options("label", [["", "any label"], ...named(labels)], state.label, !labels.length);
    options("slice", [["", "any slice"], ...named(slices)], state.slice, !slices.length);
    options("order", [["", "most confidently wrong first"], ["data", "as in the data"]], state.order);
    options("from", [["", "–"], ...named(models)], state.flips ? state.flips[0] : "", models.length < 2);
    options("to", [["", "–"], ...named(models)], state.flips ? state.flips[1] : "", models.length < 2);
    options("way", [["", "fixed or broken"], ["fixed", "fixed"], ["broken", "broken"]], state.way);
    byId("from").closest("fieldset").hidden = models.length < 2;
    if (byId("q").value !== state.q) byId("q").value = state.q;
  };
  const show = () => {
    const item = state.item;
    found = sorted(items.filter(passes(state)), state);
    const task = tasks.find((one) => one.n === state.task) || (tasks.length === 1 ? tasks[0] : null);
    const all = task ? task.i.length : items.length;
    byId("why").textContent = task ? task.w : `${items.length.toLocaleString("en")} examples of ${tasks.length} tasks; choose a task to read why these.`;
    byId("count").textContent = `${found.length.toLocaleString("en")} of ${all.toLocaleString("en")} shown`;
    const at = item ? found.findIndex((one) => one.id === item && one.task.n === state.of) : -1;
    page = at < 0 ? 0 : Math.floor(at / PAGE);
    current = -1;
    drawPage();
    if (item && at < 0) {
      state.item = "";
      return [`Item “${short(item)}” is among these examples, but does not pass the filters.`];
    }
    if (at >= 0) go(at);
    return [];
  };
  const changed = (push) => {
    state.item = "";
    const told = [];
    state = settle(state, told);
    showControls();
    told.push(...show());
    tell(told);
    write(push);
  };
  const arrive = () => {
    if (location.hash === written) return;
    const read = location.hash ? parse(location.hash) : { read: fresh(), told: [] }; // back to the page as it was opened
    if (!read) return;
    written = location.hash;
    state = settle(read.read, read.told);
    showControls();
    tell([...read.told, ...show()]);
    if (location.hash && location.hash !== "#examples" && !state.item) byId("browser").scrollIntoView({ block: "start" });
  };

  ["task", "model", "verdict", "label", "slice", "order", "way"].forEach((name) => {
    byId(name).addEventListener("change", () => {
      state[name] = byId(name).value;
      changed(true);
    });
  });
  ["from", "to"].forEach((name) => {
    byId(name).addEventListener("change", () => {
      const pair = [byId("from").value, byId("to").value];
      if (pair.includes("") || pair[0] === pair[1]) {
        if (state.flips) {
          state.flips = null;
          const kept = pair;
          changed(true);
          [byId("from").value, byId("to").value] = kept;
        }
        return;
      }
      state.flips = pair;
      changed(true);
    });
  });
  let waiting = 0;
  byId("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.q = byId("q").value;
      changed(false);
    }, 120);
  });
  byId("form").addEventListener("submit", (event) => event.preventDefault());
  byId("form").addEventListener("reset", (event) => {
    event.preventDefault();
    state = fresh();
    byId("q").value = "";
    changed(true);
  });
  byId("back").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  byId("help").addEventListener("click", () => byId("keys").showModal());

  const section = byId("browser");
  const inView = () => {
    const box = section.getBoundingClientRect();
    const middle = innerHeight / 2;
    return box.top < middle && box.bottom > middle;
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || byId("keys").open) return;
    const at = event.target instanceof Element ? event.target : document.body;
    const inside = section.contains(at);
    if (event.key === "Escape" && inside) {
      if (at === byId("q")) at.blur();
      else if (current >= 0) {
        mark(-1);
        if (document.activeElement) document.activeElement.blur();
      }
      return;
    }
    if (!byId("keyed").checked || at.closest("input, select, textarea, [contenteditable]")) return;
    if (!inside && !(at === document.body && inView())) return;
    const inList = byId("list").contains(at);
    if (event.key === "j" || (event.key === "ArrowDown" && inList)) step(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && inList)) step(-1);
    else if (event.key === "/") byId("q").focus();
    else if (event.key === "?") byId("keys").showModal();
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", arrive);

  byId("more").open = !matchMedia("(max-width: 640px)").matches;
  document.querySelectorAll("a[data-examples]").forEach((each) => {
    each.href = `#examples${each.dataset.examples}`;
  });
  document.getElementById("ex-static").hidden = true;
  section.hidden = false;
  showControls();
  show();
  arrive();
})();
