/* <live-form>: without this file the button Preview sends the form and the page says what saving would do. With it, the
   same request is made while somebody types, and only what it says is changed: never a field. What was typed and not
   sent is kept on this device, with the version it was typed over, so that a closed tab loses nothing. */
const WAIT = 500;
const DRAFT = "draft ", KEPT = 30 * 86_400_000;

const drafts = {
  key: (place) => DRAFT + place,
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* no room: nothing is kept */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  /* Takes away what is old, and what is somebody else's. */
  tidy(place) {
    const mine = place.split(" ")[0];
    let keys = [];
    try { keys = Object.keys(localStorage); } catch { /* nothing is kept here */ }
    for (const key of keys.filter((each) => each.startsWith(DRAFT))) {
      const old = Date.now() - (this.read(key)?.at ?? 0) > KEPT;
      if (old || key.split(" ")[1] !== mine) this.drop(key);
    }
  },
};

class LiveForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("input", () => { this.keep(); this.later(); });
    this.form.addEventListener("submit", (event) => { if (event.submitter?.name !== "preview") drafts.drop(this.key); });
    addEventListener("pageshow", (event) => { if (event.persisted) this.keep(); });
    this.key = drafts.key(this.dataset.draft);
    this.start = this.typed();
    if ("fresh" in this.dataset) this.restore();
    this.querySelector("[data-forget]").addEventListener("click", () => { drafts.drop(this.key); location.reload(); });
    for (const button of this.querySelectorAll("[data-take]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.take(button.dataset.take));
    }
  }

  typed() {
    const found = {};
    for (const [name, value] of new FormData(this.form))
      if (!/csrf|^seen$|sent$|^take-/.test(name)) (found[name] ??= []).push(value);
    return found;
  }

  keep() {
    const now = this.typed();
    if (same(now, this.start)) return drafts.drop(this.key);
    drafts.write(this.key, { at: Date.now(), seen: this.form.elements.seen.value, now });
  }

  restore() {
    drafts.tidy(this.dataset.draft);
    const draft = drafts.read(this.key);
    if (!draft?.now || same(draft.now, this.start)) return drafts.drop(this.key);
    for (const field of this.form.elements) {
      if (!field.name || !(field.name in this.start || field.name in draft.now || field.type === "checkbox")) continue;
      const values = draft.now[field.name] ?? [];
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
      else if (field.type !== "hidden" && values.length) field.value = values[0];
      if (field.closest("details") && !same(values, this.start[field.name] ?? [])) field.closest("details").open = true;
    }
    this.form.elements.seen.value = draft.seen; // others' changes since then are merged, not written over
    this.querySelector("[data-draft-said]").hidden = false;
    this.look();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  take(value) {
    const field = this.form.elements.value;
    field.value = value;
    field.focus();
    this.look();
  }

  async look() {
    const body = new FormData(this.form);
    body.set("preview", "yes");
    this.asked?.abort();
    this.asked = new AbortController();
    const reply = await fetch(location.href, { method: "POST", body, signal: this.asked.signal }).catch(() => null);
    if (!reply || ![200, 422].includes(reply.status)) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    const next = fresh.querySelector("#effects");
    if (next) this.querySelector("#effects").replaceChildren(...next.childNodes);
    for (const field of fresh.querySelectorAll("live-form .field[data-id]")) this.remark(field);
  }

  remark(fresh) {
    const own = this.querySelector(`.field[data-id="${CSS.escape(fresh.dataset.id)}"]`);
    if (!own || own.contains(document.activeElement) && fresh.querySelector(".theirs")) return;
    for (const old of own.querySelectorAll(":scope > .error, :scope > .remark")) old.remove();
    own.classList.toggle("is-wrong", fresh.classList.contains("is-wrong"));
    own.append(...fresh.querySelectorAll(":scope > .error, :scope > .remark"));
  }
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

customElements.define("live-form", LiveForm);
