/* <live-form>: without this file the button Preview sends the form and the page says what saving would do. With it, the
   same request is made while somebody types, and only what it says is changed: never a field. */
const WAIT = 500;

class LiveForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("input", () => this.later());
    for (const button of this.querySelectorAll("[data-take]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.take(button.dataset.take));
    }
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
customElements.define("live-form", LiveForm);
