/* <live-sign>: says whether the page follows the figures, and lets it. Of all tabs one listens to the server and tells the
   others. What has changed is asked for as any page is, and only what differs is put in: never what somebody types in
   or stands on, which waits until they have left it. Tabs that nobody looks at ask when somebody looks again. */
const SHORTEST = 250, AGAIN = 30_000, SHOWN = 4_000, PATIENCE = 1_000, LEAVING = 10_000;
const WORDS = { live: "Live", again: "Reconnecting", off: "Not live", out: "Signed out" };
const time = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function typedIn(part) {
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.some((field) => field.options ? field.value !== ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value
    : /^(checkbox|radio)$/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
}
const key = (node) => node.nodeType !== 1 ? node.nodeName
  : `${node.localName}#${node.id}${/^(tr|li)$/.test(node.localName) ? node.querySelector("a")?.getAttribute("href") ?? "" : ""}`;

class LiveSign extends HTMLElement {
  connectedCallback() {
    this.next = this.leaves = 0;
    this.says = this.querySelector("[role=status]");
    this.channel = new BroadcastChannel(`fourfold ${this.dataset.src}`);
    this.channel.onmessage = ({ data }) => this.heard(data);
    this.channel.postMessage({ asks: true });
    document.addEventListener("visibilitychange", () => this.looked());
    document.addEventListener("focusout", () => this.held && setTimeout(() => this.later()));
    document.addEventListener("submit", (event) => { if (!event.defaultPrevented) this.leaves = performance.now() + LEAVING; });
    const lead = () => { this.listen(); return new Promise(() => {}); }; // as long as this tab is there
    if (navigator.locks) navigator.locks.request(this.channel.name, lead); else this.alone = true;
    this.looked();
  }

  looked() {
    if (this.alone && document.hidden) { this.stream?.close(); this.stream = null; }
    else if (this.alone && !this.stream) this.listen();
    if (!document.hidden && this.due) this.later();
  }

  // --- one of the tabs listens
  listen() {
    const stream = this.stream = new EventSource(`${this.dataset.src}?after=${this.last ?? ""}`);
    for (const kind of ["hello", "reset", "change"]) stream.addEventListener(kind, (event) => {
      this.last = event.lastEventId;
      this.tell({ kind, last: this.last, at: Date.now(), sign: "live", ...JSON.parse(event.data) });
    });
    stream.onerror = () => {
      const closed = stream.readyState === EventSource.CLOSED;
      this.tell({ sign: closed ? "off" : "again" });
      if (closed) setTimeout(() => this.stream === stream && this.listen(), AGAIN);
    };
  }

  tell(news) {
    this.now = { ...this.now, ...news };
    this.channel.postMessage(news);
    this.heard(news);
  }

  heard(news) {
    if (news.asks) { if (this.now) this.channel.postMessage({ ...this.now, kind: "now" }); return; }
    this.last = news.last ?? this.last;
    this.show(news.sign);
    const older = { hello: news.state !== this.dataset.state, now: news.at > performance.timeOrigin, reset: true, change: true };
    if (older[news.kind]) this.later();
  }

  show(sign, words = WORDS[sign]) {
    this.hidden = false;
    this.dataset.sign = sign;
    const said = this.querySelector(".said");
    if (said.textContent.startsWith(words)) return;
    said.textContent = words;
    if (sign !== "live") this.says.textContent = `${words}.`;
  }

  // --- what changed is asked for, at most a fifth of the time
  later() {
    this.due = true;
    if (document.hidden || this.timer) return;
    const asks = this.dataset.mode === "ask"; // an answer to what this page did itself may be on its way
    const wait = Math.max(asks ? PATIENCE : 0, (asks ? 0 : this.next) - performance.now(), this.away());
    this.timer = setTimeout(() => this.refresh(), wait);
  }

  /* What the page did itself is no news to it: `fresh` is the answer. */
  own(fresh) {
    this.dataset.state = fresh.querySelector("live-sign")?.dataset.state ?? this.dataset.state;
  }

  offer() {
    const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Changed since: load again" });
    this.querySelector(".said").replaceChildren(link);
    this.says.textContent = "What this page shows has changed since.";
  }

  /* A form was sent, and another page is on its way: how long nothing is done to this one. */
  away() { return this.leaves - performance.now(); }

  async refresh() {
    const begun = performance.now();
    this.due = this.held = false;
    const reply = await fetch(location.href, { headers: { "Fourfold-Live": "yes" } }).catch(() => null);
    const text = reply?.ok && !reply.redirected ? await reply.text() : "";
    this.timer = null;
    if (this.away() > 0) return this.later();
    this.next = performance.now() + Math.max(SHORTEST, 4 * (performance.now() - begun));
    if (reply?.redirected) this.show("out");
    else if (reply?.status === 404 && this.dataset.mode !== "ask") location.reload();
    else if (text) this.take(new DOMParser().parseFromString(text, "text/html"));
    else this.next = performance.now() + AGAIN;
    if (this.due || (!text && reply && !reply.redirected)) this.later();
  }

  take(fresh) {
    const state = fresh.querySelector("live-sign")?.dataset.state;
    if (!state || state === this.dataset.state && !this.wasHeld) return;
    if (this.dataset.mode === "ask") return this.offer();
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    for (const field of fresh.querySelectorAll("[name=csrfmiddlewaretoken]")) field.setAttribute("value", token ?? field.value);
    this.changed = false;
    for (const part of ["#main", ".rail nav", ".tabs"]) {
      const old = document.querySelector(part), now = fresh.querySelector(part);
      if (old && now) this.put(old, now);
    }
    document.title = fresh.title;
    this.dataset.state = state;
    this.wasHeld = this.held;
    if (!this.changed && !this.held) return;
    const kept = this.held ? ". What you are at stays as it is" : "";
    this.show("live", `Live, changed at ${time()}`);
    this.says.textContent = `This page changed at ${time()}${kept}.`;
  }

  put(old, fresh) {
    if (old === this || old.isEqualNode(fresh)) return;
    if (old.nodeType !== 1) { old.nodeValue = fresh.nodeValue; return this.mark(old.parentElement); }
    if (/-|^(svg|form)$/.test(old.localName)) return this.hold(old) || (old.replaceWith(fresh), this.changed = true);
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && name !== "open") old.setAttribute(name, value);
    let at = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      let match = at;
      while (match && key(match) !== key(next)) match = match.nextSibling;
      if (!match) { old.insertBefore(next, at); if (next.nodeType === 1) this.mark(next); continue; }
      while (at !== match) at = this.drop(at);
      at = match.nextSibling;
      this.put(match, next);
    }
    while (at) at = this.drop(at);
  }

  drop(node) {
    const { nextSibling } = node;
    const stays = node === this || node.nodeType === 1 && (node.classList.contains("flash") || this.hold(node));
    if (!stays) { this.changed ||= node.nodeType === 1; node.remove(); }
    return nextSibling;
  }

  hold(part) {
    const held = part.contains(document.activeElement) || typedIn(part);
    this.held ||= held;
    return held;
  }

  mark(element) {
    const shown = element.closest("tr") ?? element;
    this.changed = true;
    shown.classList.add("is-new");
    setTimeout(() => shown.classList.remove("is-new"), SHOWN);
  }
}
customElements.define("live-sign", LiveSign);
