/* <entry-grid>: a table of inputs in a form that works without this file. With it, keys move between cells, a block of a
   spreadsheet can be pasted, each cell is checked by the server when it is left, changes can be undone, and what was
   typed is kept on this device until it is recorded: through a closed tab, a lost connection, a session that ended. */
const DRAFT = "draft ", KEPT = 30 * 86_400_000, AGAIN = 15_000;
const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* no room: nothing is kept */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};
const rowKey = (name) => name.slice(name.indexOf(":") + 1);
const first = (element) => (element.tagName === "SELECT" ? [...element.options].find((o) => o.defaultSelected)?.value ?? ""
  : element.type === "checkbox" || element.type === "radio" ? "" : element.defaultValue);
const now = (element) => (element.type === "checkbox" || element.type === "radio" ? (element.checked ? element.value : "") : element.value);

class EntryGrid extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.past = [];
    this.draftKey = DRAFT + this.dataset.draft;
    this.querySelector(".keys-help").hidden = false;
    this.form.addEventListener("focusin", ({ target }) => { target.was = target.value; });
    this.form.addEventListener("input", ({ target }) => this.typed(target));
    this.form.addEventListener("change", ({ target }) => this.left(target));
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("paste", (event) => this.paste(event));
    this.form.addEventListener("click", (event) => this.click(event));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.back = () => this.waiting && this.send();
    addEventListener("online", this.back);
    this.reveal(this);
    this.restore();
    this.count();
  }

  disconnectedCallback() {
    removeEventListener("online", this.back);
    clearTimeout(this.again);
  }

  get inputs() { return [...this.form.querySelectorAll("td.ed input:not([type=hidden])")]; }

  fields(key) { return [...this.form.elements].filter((e) => e.name && e.name.includes(":") && rowKey(e.name) === key); }

  // --- what was typed is kept
  typed(target) {
    if (!target.name?.includes(":")) return;
    const cell = target.closest("td.ed");
    cell?.classList.toggle("sel", target.value !== first(target));
    this.waiting = null;
    this.keep();
  }

  keep(body = null) {
    const fields = {};
    const changed = [...this.form.elements].filter((e) => e.name?.includes(":") && e.type !== "hidden" && now(e) !== first(e));
    for (const element of changed) {
      fields[element.name] = now(element);
      const version = this.form.elements[`version:${rowKey(element.name)}`];
      if (version) fields[version.name] = version.value;
    }
    if (!changed.length && !body) return store.drop(this.draftKey);
    store.write(this.draftKey, { at: Date.now(), key: this.form.elements.key.value, fields, body });
  }

  restore() {
    const mine = this.dataset.draft.split(" ")[0];
    for (const key of Object.keys(localStorage).filter((k) => k.startsWith(DRAFT))) {
      const old = Date.now() - (store.read(key)?.at ?? 0) > KEPT;
      if (old || key.split(" ")[1] !== mine) store.drop(key); // somebody else's on this device
    }
    const draft = store.read(this.draftKey);
    if (!draft) return;
    this.form.elements.key.value = draft.key;
    const rows = new Set();
    for (const [name, value] of Object.entries(draft.fields)) {
      const element = this.form.elements[name];
      if (!element || now(element) === value) continue;
      if (element instanceof RadioNodeList || element.type === "checkbox") continue; // is asked again
      element.value = value;
      element.closest("td.ed")?.classList.add("sel");
      if (!name.startsWith("version:")) rows.add(rowKey(name));
    }
    if (draft.body) this.send(draft.body);
    else if (rows.size) {
      this.say("What you typed here before is back. It is on this device only, until you submit it.");
      this.check([...rows]);
    }
  }

  // --- each cell is checked by the server
  left(target) {
    if (!target.name?.includes(":")) return;
    if (target.was !== undefined && target.was !== target.value && target.type === "text") this.past.push([[target, target.was]]);
    target.was = target.value;
    if (/^(value|numerator|denominator|state|note|sure|choice):/.test(target.name)) this.check([rowKey(target.name)]);
    this.count();
  }

  async check(keys, block = false) {
    const sent = new URLSearchParams();
    for (const key of keys) for (const e of this.fields(key)) if (e.type === "hidden" || e.tagName !== "INPUT" || e.type === "text" || e.checked) sent.append(e.name, e.value);
    if (block) sent.append("block", "yes");
    let page;
    try {
      const answer = await fetch(this.dataset.checks, { method: "POST", body: sent, headers: this.headers });
      if (!answer.ok || answer.redirected) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; } // without a connection it is checked when it is sent
    for (const part of page.querySelectorAll("[id]")) {
      const key = part.id.slice(2), here = document.getElementById(part.id);
      if (!here || this.fields(key).some((e) => e.type === "text" && e.value !== sent.get(e.name))) continue;
      if (!here.contains(document.activeElement)) here.replaceChildren(...part.childNodes);
      if (!part.dataset.kind && part.dataset.kind !== "") continue;
      here.dataset.kind = part.dataset.kind;
      const note = here.nextElementSibling;
      if (part.nextElementSibling?.open) note.open = true;
      note.querySelector("summary").textContent = part.nextElementSibling.querySelector("summary").textContent;
    }
    for (const theirs of page.querySelectorAll("td.ed input:not([type=hidden])")) {
      const mine = this.form.elements[theirs.name];
      if (mine.value !== sent.get(theirs.name)) continue;
      const wrong = theirs.getAttribute("aria-invalid");
      if (wrong) mine.setAttribute("aria-invalid", wrong); else mine.removeAttribute("aria-invalid");
      mine.closest("td").className = theirs.closest("td").className;
      if (block || mine !== document.activeElement) mine.was = mine.value = theirs.value;
    }
    this.reveal(this);
    this.keep();
    this.count();
    if (this.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" }); // rows grow
    return page.querySelector("p")?.textContent;
  }

  reveal(part) { for (const button of part.querySelectorAll("[data-use]")) button.hidden = false; }

  count() {
    const rows = [...this.form.querySelectorAll("[data-row]")];
    const there = rows.filter((row) => this.fields(row.dataset.row).some((e) => /^(value|numerator|state):/.test(e.name) && e.value));
    const output = this.querySelector("[data-count]");
    output.replaceChildren(Object.assign(document.createElement("b"), { textContent: `${there.length} of ${rows.length} entered.` }));
    let free = true;
    for (const step of this.querySelectorAll("[data-step]")) {
      const found = this.querySelectorAll(`.msg [data-kind="${step.dataset.step}"]`).length;
      step.hidden = !found;
      free &&= !found;
      step.querySelector("[data-n]").textContent = found;
      if (found) output.append(` ${found} ${step.dataset.words}.`);
    }
    this.querySelector("[data-free]").hidden = !free;
  }

  // --- keys
  key(event) {
    const { target, key } = event, inputs = this.inputs, at = inputs.indexOf(target);
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && !event.shiftKey) {
      if (this.past.length && target.value === (target.was ?? target.value)) { event.preventDefault(); this.undo(); }
      return;
    }
    if ((event.ctrlKey || event.metaKey) && key === "Enter") {
      event.preventDefault();
      this.form.requestSubmit();
      return;
    }
    const row = target.closest("[data-row], [data-of]"), main = row?.dataset.row ?? row?.dataset.of;
    if (key === "Escape" && main) {
      if (at < 0) {
        event.preventDefault();
        const cell = this.form.elements[`value:${main}`] ?? this.form.elements[`numerator:${main}`];
        cell.focus();
        cell.select();
      }
      else if (target.value !== target.was) { target.value = target.was; this.typed(target); target.select(); }
      return;
    }
    if (at < 0) return;
    const step = key === "ArrowDown" || (key === "Enter" && !event.shiftKey) ? 1 : key === "ArrowUp" || key === "Enter" ? -1 : 0;
    if (step) {
      event.preventDefault();
      const next = inputs[at + step] ?? (step > 0 ? this.form.querySelector(".btn.primary") : target);
      next.focus();
      next.select?.();
    } else if (key === "F2") {
      event.preventDefault();
      const note = this.form.elements[`note:${main}`];
      note.closest("details").open = true;
      note.focus();
    } else if (key.toLowerCase() === "n" && !event.ctrlKey && !event.metaKey && !event.altKey && (!target.value || target.selectionEnd - target.selectionStart === target.value.length)) {
      if (target.inputMode !== "decimal") return;
      event.preventDefault();
      const state = this.form.elements[`state:${main}`];
      state.focus();
      state.showPicker?.();
    }
  }

  click({ target }) {
    if (target.dataset.use) {
      const input = this.form.elements[target.dataset.for];
      this.past.push([[input, input.value]]);
      input.value = target.dataset.use;
      this.typed(input);
      this.check([rowKey(input.name)]);
      input.focus();
    } else if (target.matches("[data-undo]")) this.undo();
  }

  undo() {
    const rows = new Set();
    for (const [input, value] of this.past.pop() ?? []) {
      input.value = value;
      input.was = value;
      this.typed(input);
      rows.add(rowKey(input.name));
    }
    this.say("");
    if (rows.size) this.check([...rows]);
  }

  // --- a block of a spreadsheet: tabs between columns, one line for each row
  async paste(event) {
    const inputs = this.inputs, at = inputs.indexOf(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    if (at < 0 || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const lines = text.split("\n").map((line) => line.split("\t").map((cell) => cell.trim().replace(/^"(.*)"$/s, "$1")));
    const groups = [...new Set(inputs.slice(at).map((input) => rowKey(input.name)))].map((key) => inputs.filter((i) => rowKey(i.name) === key));
    const named = new Map([...this.form.querySelectorAll("[data-row]")].map((row) => [row.querySelector("th a").textContent.trim().toLowerCase(), row.dataset.row]));
    const byName = lines.every(([name]) => named.has(name.toLowerCase()));
    const wide = byName || lines.some((line) => line.length > 1);
    const places = lines.map((line, i) => byName
      ? inputs.filter((input) => rowKey(input.name) === named.get(line[0].toLowerCase())).map((input, j) => [input, line[j + 1]])
      : wide ? (groups[i] ?? []).map((input, j) => [input, line[j]]) : inputs[at + i] ? [[inputs[at + i], line[0]]] : []).flat();
    const filled = places.filter(([, value]) => value), cells = lines.flat().filter(Boolean).length - (byName ? lines.length : 0);
    this.past.push(filled.map(([input]) => [input, input.value]));
    for (const [input, value] of filled) {
      input.value = value;
      input.was = value;
      this.typed(input);
    }
    const said = await this.check([...new Set(filled.map(([input]) => rowKey(input.name)))], true);
    const left = cells - filled.length;
    this.say(`${said ?? `${filled.length} cells pasted.`}${left > 0 ? ` ${left} did not fit and were left out.` : ""}`, true);
  }

  say(text, canUndo = false) {
    const notice = this.querySelector(".notice");
    notice.hidden = !text;
    notice.querySelector("span").textContent = text;
    notice.querySelector("[data-undo]").hidden = !canUndo;
  }

  /* What was focused went with the page that was sent: keys go on from what is said of it. */
  land(place) {
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }

  // --- sent once, however often it takes
  get headers() { return { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value }; }

  async send(kept = null) {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.again);
    const fields = new URLSearchParams(new FormData(this.form));
    fields.delete("csrfmiddlewaretoken");
    const body = kept ?? this.waiting ?? fields.toString();
    this.waiting = body;
    this.keep(body);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { ...this.headers, "Content-Type": "application/x-www-form-urlencoded" } });
      if (new URL(answer.url).pathname.startsWith("/accounts/")) return location.assign(answer.url); // the session ended
      if (answer.status >= 500 || answer.status === 409 || answer.status === 429) throw new Error();
      this.waiting = null;
      if (answer.ok) store.drop(this.draftKey); else this.keep();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.getElementById("main");
      if (!main?.querySelector("entry-grid, .empty")) return location.reload();
      document.querySelector("live-sign")?.own?.(page);
      document.getElementById("main").replaceWith(main);
      const wrong = main.querySelector('[aria-invalid="true"], .sure input, details[open] textarea');
      if (wrong && !answer.ok) wrong.focus();
      else this.land(main.querySelector('.flash[role="status"]') ?? main.querySelector("h1"));
      scrollTo(0, answer.ok ? 0 : scrollY);
    } catch {
      this.say("There is no connection. Your figures are kept on this device, and sent as soon as it is back.");
      this.again = setTimeout(this.back, AGAIN);
    } finally { this.sending = false; }
  }
}
customElements.define("entry-grid", EntryGrid);
