/* <unit-tree>: without this file a unit is chosen by its link and moved by the form. With it, a row is dragged onto
   another one, or picked up with Space, carried with the arrows and put down with Space; Escape lets go. Either way the
   form opens with both filled in: from which day on is for a person to say. */
class UnitTree extends HTMLElement {
  connectedCallback() {
    for (const row of this.rows()) if (!("top" in row.dataset)) row.draggable = true;
    this.addEventListener("dragstart", (event) => this.take(row(event)));
    this.addEventListener("dragend", () => this.leave());
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("drop", (event) => this.drop(event));
    this.addEventListener("keydown", (event) => this.press(event));
    const to = new URLSearchParams(location.search).get("to");
    const choice = this.querySelector("#move select");
    if (to && choice && [...choice.options].some((option) => option.value === to)) {
      choice.value = to;
      this.querySelector("#move [name=since]").focus();
    }
  }

  rows() {
    return [...this.querySelectorAll("[data-unit]")];
  }

  take(found) {
    if (!found || "top" in found.dataset) return;
    this.taken = found;
    found.classList.add("is-taken");
    this.say(`${name(found)} is picked up. Choose what it becomes part of.`);
  }

  leave() {
    this.taken?.classList.remove("is-taken");
    this.taken = null;
  }

  over(event) {
    if (this.taken && row(event)) event.preventDefault();
  }

  drop(event) {
    event.preventDefault();
    this.put(row(event));
  }

  put(to) {
    const { taken } = this;
    this.leave();
    if (!taken || !to || to === taken) return this.say("Nothing was moved.");
    const url = new URL(taken.querySelector("a").href);
    url.searchParams.set("to", to.dataset.unit);
    location.assign(url);
  }

  press(event) {
    const here = event.target.closest?.("[data-unit]");
    if (!here) return;
    const rows = this.rows();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      rows[rows.indexOf(here) + step]?.querySelector("a").focus();
    } else if (event.key === " ") {
      event.preventDefault();
      if (this.taken) this.put(here);
      else this.take(here);
    } else if (event.key === "Escape" && this.taken) {
      this.leave();
      this.say("Nothing was moved.");
    }
  }

  say(text) {
    this.querySelector("[data-status]").textContent = text;
  }
}

const row = (event) => event.target.closest?.("[data-unit]");
const name = (found) => found.querySelector("a").firstChild.textContent;

customElements.define("unit-tree", UnitTree);
