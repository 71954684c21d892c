/* <cmd-palette>: a native dialog with an ARIA combobox over /search. Every link marked data-open-palette leads to
   the search page without this file, and opens the dialog with it. Ctrl K or / opens it too. */
const WAIT_MS = 90;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.says = this.querySelector("[role=status]");
    this.at = 0;
    document.addEventListener("click", (event) => {
      const opener = event.target.closest?.("[data-open-palette]");
      if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open();
    });
    addEventListener("keydown", (event) => {
      const chord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      if (chord) { event.preventDefault(); this.open(); }
    });
    addEventListener("fourfold:find", () => this.open());
    this.input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), WAIT_MS); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.value = "";
    this.ask();
  }

  async ask() {
    const q = this.input.value.trim();
    const url = new URL(this.getAttribute("src"), location.href);
    url.searchParams.set("q", q);
    this.asked = q;
    const reply = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = reply?.ok ? await reply.json().catch(() => null) : null;
    if (this.asked !== q) return; // a newer question is under way
    if (found) this.show(found.results);
    else this.tell("The search did not answer. Press Enter to try the search page.");
  }

  show(results) {
    this.at = 0;
    this.shown = this.asked;
    this.list.replaceChildren(...results.map((result, index) => {
      const option = document.createElement("li");
      option.id = `find-${index}`;
      option.role = "option";
      option.dataset.url = result.url;
      const name = document.createElement("span");
      name.textContent = result.name;
      const kind = document.createElement("span");
      kind.className = "muted small";
      kind.textContent = result.kind;
      option.append(name, kind);
      option.addEventListener("click", () => { location.href = result.url; });
      return option;
    }));
    this.tell(results.length ? "" : `Nothing called “${this.asked}”.`);
    this.mark();
  }

  tell(text) {
    this.says.textContent = text;
    this.says.hidden = !text;
    if (text) this.list.replaceChildren();
  }

  mark() {
    const options = [...this.list.children];
    this.at = Math.max(0, Math.min(this.at, options.length - 1));
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    if (options.length) this.input.setAttribute("aria-activedescendant", `find-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
    options[this.at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at += event.key === "ArrowDown" ? 1 : -1;
      this.mark();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.go();
    }
  }

  /* To what is chosen; whoever types faster than the search answers means the first result of what was typed. */
  async go() {
    if (this.shown !== this.input.value.trim()) { clearTimeout(this.timer); await this.ask(); }
    const page = new URL(this.getAttribute("src"), location.href);
    page.searchParams.set("q", this.input.value);
    location.href = this.list.children[this.at]?.dataset.url ?? page.href;
  }
}
customElements.define("cmd-palette", CommandPalette);
