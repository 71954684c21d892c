/* <preference-switch name="theme">: a form of submit buttons that works without this file by a round trip.
   With it, the choice shows at once and is kept in the same cookie that the server reads, so the next page
   comes already in the right theme and density, without a flash. */
const YEAR = 31_536_000;

class PreferenceSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const choice = event.submitter;
      if (!choice?.name) return;
      event.preventDefault();
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${choice.name}=${choice.value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
      document.documentElement.dataset[choice.name] = choice.value;
      for (const button of document.querySelectorAll(`preference-switch button[name="${choice.name}"]`)) {
        button.setAttribute("aria-pressed", String(button.value === choice.value));
      }
    });
  }
}
customElements.define("preference-switch", PreferenceSwitch);

/* Who signs out leaves nothing behind: the server says so too, which browsers heed on secure connections alone. */
addEventListener("submit", ({ target }) => {
  if (new URL(target.action).pathname !== "/accounts/logout/") return;
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft "))) localStorage.removeItem(key);
});
