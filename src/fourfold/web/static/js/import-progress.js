/* <import-progress>: asks once a second how far an import is, and puts that in; when it has ended, its page is opened. */
class ImportProgress extends HTMLElement {
  connectedCallback() { this.timer = setInterval(() => this.ask(), 1_000); }
  disconnectedCallback() { clearInterval(this.timer); }

  async ask() {
    if (this.asking || document.hidden) return;
    this.asking = true;
    try {
      const answer = await fetch(this.dataset.src, { redirect: "manual" });
      if (answer.type === "opaqueredirect") { location.assign(this.dataset.src); clearInterval(this.timer); return; }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#progress");
      if (page) this.querySelector("#progress").replaceWith(page);
    } catch { /* the server is away for a moment; the next second asks again */ } finally { this.asking = false; }
  }
}
customElements.define("import-progress", ImportProgress);
