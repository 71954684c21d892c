/* <password-field>: a field for a password, with a button that shows what was typed. Without this file the field is
   the same, without the button. */
class PasswordField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet sm";
    button.textContent = "Show";
    button.setAttribute("aria-controls", field.id);
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", "Show the password");
    button.addEventListener("click", () => {
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      button.textContent = show ? "Hide" : "Show";
      button.setAttribute("aria-pressed", String(show));
    });
    field.form?.addEventListener("submit", () => { field.type = "password"; });
    this.append(button);
  }
}
customElements.define("password-field", PasswordField);
