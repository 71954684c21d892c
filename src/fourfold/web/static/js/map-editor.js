/* <map-editor>: without this file everything is a form beside the map. With it, boxes are dragged or moved by arrow keys,
   links are drawn from the dot of a box or with L, Ctrl Z and Ctrl Shift Z go back and forward. Each change is the same
   request that the forms make; its answer is the map as it is then. */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class MapEditor extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("pointermove", (event) => this.drag(event));
    this.addEventListener("pointerup", (event) => this.drop(event));
    this.addEventListener("pointercancel", () => this.let());
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.addEventListener("click", (event) => this.choose(event));
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("submit", (event) => this.submit(event));
  }

  get map() { return this.querySelector("svg.map"); }

  grab(event) {
    const box = event.target.closest?.("a.nd");
    if (!box || event.button) return;
    this.held = { box, x: event.clientX, y: event.clientY, links: Boolean(event.target.closest(".hdl")), moved: false };
  }

  drag(event) {
    const held = this.held;
    if (!held) return;
    if (!held.moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 5) return;
    if (!held.moved) this.map.setPointerCapture?.(event.pointerId);
    held.moved = true;
    const from = this.at(held.x, held.y), to = this.at(event.clientX, event.clientY);
    this.map.classList.add("is-dragged");
    if (held.links) this.line(middle(held.box), to);
    else held.box.setAttribute("transform", `translate(${to.x - from.x} ${to.y - from.y})`);
    this.mark(this.under(event, held));
  }

  drop(event) {
    const held = this.held;
    if (!held?.moved) { this.held = null; return; }
    const over = this.under(event, held);
    this.let();
    this.quiet = true; // the click that ends a drag chooses nothing
    setTimeout(() => { this.quiet = false; });
    if (!over || over === held.box) return;
    if (held.links) this.link(held.box, over);
    else this.move(held.box, over.dataset.place);
  }

  let() {
    this.held?.box.removeAttribute("transform");
    this.held = null;
    this.querySelector(".lk.drawn")?.remove();
    this.map?.classList.remove("is-dragged");
    this.mark(null);
  }

  /* The box or free slot under the pointer: the nearest one, for a box is dragged by any of its corners. */
  under(event, held) {
    const point = this.at(event.clientX, event.clientY);
    let best = null;
    for (const each of this.querySelectorAll(held.links ? "a.nd" : "a.nd, rect.slot")) {
      const { x, y } = middle(each), far = Math.hypot(point.x - x, point.y - y);
      if (each !== held.box && far < (best?.far ?? 110)) best = { each, far };
    }
    return best?.each;
  }

  mark(over) {
    for (const each of this.querySelectorAll(".is-over")) if (each !== over) each.classList.remove("is-over");
    over?.classList.add("is-over");
  }

  line(from, to) {
    let path = this.querySelector(".lk.drawn");
    if (!path) {
      path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", "lk drawn");
      this.map.append(path);
    }
    path.setAttribute("d", `M${from.x} ${from.y}L${to.x} ${to.y}`);
  }

  at(x, y) { return new DOMPoint(x, y).matrixTransform(this.map.getScreenCTM().inverse()); }

  choose(event) {
    const box = event.target.closest?.("a.nd");
    if (!box || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (this.quiet) return;
    if (this.source && this.source !== code(box)) this.link(this.querySelector(`#map-${CSS.escape(this.source)}`), box);
    else this.show(box.href.baseVal, {}, box.id);
    this.source = null;
  }

  press(event) {
    const box = event.target.closest?.("a.nd");
    const typing = event.target.closest?.("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
      event.preventDefault();
      const button = this.querySelector(`[data-key="${event.shiftKey ? "redo" : "undo"}"] button`);
      if (!button.disabled) button.click();
      return;
    }
    if (event.key === "Escape" && this.source) { this.source = null; this.say("No link was drawn."); return; }
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (event.key === "l" || event.key === "L") {
      event.preventDefault();
      this.source = code(box);
      this.say(`Linking from ${name(box)}. Go to what it drives with the arrow keys and press Enter, or Escape.`);
    } else if (way) {
      event.preventDefault();
      const next = this.next(box, way, this.source ? "a.nd" : "a.nd, rect.slot");
      if (!next) return;
      if (this.source) next.focus();
      else this.move(box, next.dataset.place);
    }
  }

  next(box, way, among) {
    const from = middle(box);
    let best = null;
    for (const each of this.querySelectorAll(among)) {
      const to = middle(each), x = to.x - from.x, y = to.y - from.y;
      const ahead = x * way[0] + y * way[1], aside = Math.abs(x * way[1]) + Math.abs(y * way[0]);
      if (each !== box && ahead > 4 && ahead + 3 * aside < (best?.far ?? Infinity)) best = { each, far: ahead + 3 * aside };
    }
    return best?.each;
  }

  move(box, place) {
    return this.send({ do: "move", objective: code(box), place, was: box.dataset.place }, box.id);
  }

  link(box, target) {
    return this.send({ do: "link", source: code(box), target: code(target) }, box.id);
  }

  submit(event) {
    const form = event.target;
    if (!form.matches("form[method=post]")) return;
    event.preventDefault();
    this.send(new FormData(form, event.submitter), document.activeElement?.closest("a.nd")?.id);
  }

  send(fields, focus) {
    const body = fields instanceof FormData ? fields : new FormData();
    if (body !== fields) for (const [key, value] of Object.entries(fields)) body.set(key, value);
    body.set("csrfmiddlewaretoken", this.querySelector("[name=csrfmiddlewaretoken]").value);
    return this.show(location.href, { method: "POST", body }, focus);
  }

  /* One request at a time, in the order they were made. */
  show(url, request, focus) {
    this.turn = (this.turn ?? Promise.resolve()).then(() => this.ask(url, request, focus));
    return this.turn;
  }

  async ask(url, request, focus) {
    this.setAttribute("aria-busy", "true");
    const reply = await fetch(url, request).catch(() => null);
    this.removeAttribute("aria-busy");
    const fresh = reply && new DOMParser().parseFromString(await reply.text(), "text/html");
    const next = fresh?.querySelector("map-editor");
    if (!next) { this.say("This was not saved: the server cannot be reached. Try it again."); return; }
    if (!request.method || reply.redirected) history.replaceState(null, "", reply.url);
    document.querySelector("live-sign")?.own?.(fresh);
    this.replaceChildren(...next.childNodes);
    this.say(fresh.querySelector(".flash")?.textContent ?? "");
    if (focus) this.querySelector(`#${CSS.escape(focus)}`)?.focus();
  }

  say(text) { if (text) this.querySelector("[data-status]").textContent = text; }
}

function middle(each) {
  const rect = each.matches("rect") ? each : each.querySelector(".bx");
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => rect[key].baseVal.value);
  return { x: x + width / 2, y: y + height / 2 };
}
function code(box) { return box.id.slice("map-".length); }
function name(box) { return box.querySelector("title").textContent.replace(/: [^:]*$/, ""); }
customElements.define("map-editor", MapEditor);
