/* <strategy-map>: without this file every box is a link that loads the page with its objective in focus. With it, the
   focus changes in place; pointing at a box or reaching it by key dims all but its causes and effects; arrow keys go
   to the nearest box in their direction. */
class StrategyMap extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerover", (event) => this.light(event.target.closest?.("a.nd")));
    this.addEventListener("pointerleave", () => this.light(null));
    this.addEventListener("focusin", (event) => this.light(event.target.closest?.("a.nd")));
    this.addEventListener("focusout", () => this.light(null));
    this.addEventListener("keydown", (event) => this.step(event));
    this.addEventListener("click", (event) => this.choose(event));
    addEventListener("popstate", () => location.reload());
  }

  light(box) {
    const map = this.querySelector("svg.map");
    if (!map) return;
    map.classList.toggle("is-lit", Boolean(box));
    const near = new Set([box?.id]);
    for (const link of map.querySelectorAll(".lk")) {
      const { cause, effect } = link.dataset;
      const lit = box && (box.id === `map-${cause}` || box.id === `map-${effect}`);
      link.classList.toggle("lit", Boolean(lit));
      if (lit) near.add(`map-${cause}`).add(`map-${effect}`);
    }
    for (const other of map.querySelectorAll("a.nd")) other.classList.toggle("lit", near.has(other.id));
  }

  step(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const box = event.target.closest?.("a.nd");
    if (!way || !box) return;
    event.preventDefault();
    const from = middle(box);
    let best = null;
    for (const other of this.querySelectorAll("a.nd")) {
      const to = middle(other);
      const ahead = (to.x - from.x) * way[0] + (to.y - from.y) * way[1];
      const aside = Math.abs((to.x - from.x) * way[1]) + Math.abs((to.y - from.y) * way[0]);
      if (ahead > 4 && ahead + 2 * aside < (best?.far ?? Infinity)) best = { other, far: ahead + 2 * aside };
    }
    best?.other.focus();
  }

  async choose(event) {
    const box = event.target.closest?.("a.nd");
    if (!box || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const url = box.href.baseVal;
    const reply = await fetch(url).catch(() => null);
    if (!reply?.ok) { location.href = url; return; }
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("strategy-map");
    if (!fresh) { location.href = url; return; }
    history.pushState(null, "", url);
    this.replaceChildren(...fresh.childNodes);
    this.querySelector(`#${CSS.escape(box.id)}`)?.focus();
  }
}

function middle(box) {
  const { left, top, width, height } = box.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
customElements.define("strategy-map", StrategyMap);
