/* Single keys: g then a letter goes to the page whose link carries data-key; [ and ] step to the previous and next
   period by <link rel="prev|next">; j and k walk table rows, / finds, ? lists the keys. They can be switched off
   (WCAG 2.1.4) in the list itself; the choice is kept in the cookie `keys`. */
const help = document.querySelector("dialog.keys");
const off = () => /(?:^|; )keys=off/.test(document.cookie);
let afterG = 0;

const typing = (target) => target.closest?.("input, textarea, select, dialog[open], [contenteditable]");
const follow = (selector) => { const link = document.querySelector(selector); if (link) location.href = link.href; };

function step(by) {
  const links = [...document.querySelectorAll("table a.m")];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, here + by))].focus();
}

const SINGLE = {
  "[": () => follow("link[rel=prev]"),
  "]": () => follow("link[rel=next]"),
  "j": () => step(1),
  "k": () => step(-1),
  "/": () => dispatchEvent(new Event("fourfold:find")),
  "?": () => help?.showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || off()) return;
  if (afterG && Date.now() - afterG < 1500) {
    afterG = 0;
    follow(`a[data-key="${CSS.escape(event.key)}"]`);
    return;
  }
  if (event.key === "g") { afterG = Date.now(); return; }
  const act = SINGLE[event.key];
  if (act) { event.preventDefault(); act(); }
});

help?.querySelector("input[name=keys]")?.addEventListener("change", (event) => {
  document.cookie = `keys=${event.target.checked ? "on" : "off"}; path=/; max-age=31536000; samesite=lax`;
});
if (help && off()) help.querySelector("input[name=keys]").checked = false;
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-open-keys]")) help?.showModal();
  else if (event.target === help) help.close();
});

// Keep the current period in view on a phone.
const current = document.querySelector(".ruler [aria-current]");
if (current) { const strip = current.closest("ol"); strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2 + 28; }

// Print buttons are links to the same page without this file.
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) { event.preventDefault(); print(); } });
