/* <passkey-form does="create|get">: a form whose button asks the browser for a passkey and sends what it answers in
   the field `credential`. What to ask for stands in the JSON element named by `options`, or comes from the form's own
   address. The browser wants bytes where JSON has base64url; nothing else happens here. */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked({ publicKey: key }, signsInAlone) {
  const out = { ...key, challenge: bytes(key.challenge) };
  if (key.user) out.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) out.excludeCredentials = named(key.excludeCredentials);
  if (key.allowCredentials) out.allowCredentials = named(key.allowCredentials);
  if (signsInAlone) {
    out.authenticatorSelection = {
      ...key.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
  }
  return { publicKey: out };
}

function answered(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const said = this.querySelector("[role=status]");
    if (!window.PublicKeyCredential || !form) return;
    this.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      try {
        form.elements.credential.value = JSON.stringify(await this.ask(form));
      } catch {
        said.textContent = "No passkey was given. Try again, or use another way.";
        return;
      }
      form.submit();
    });
  }

  async ask(form) {
    const element = document.getElementById(this.getAttribute("options"));
    const options = element ? JSON.parse(element.textContent) : await this.fetched(form);
    if (this.getAttribute("does") === "create") {
      return answered(await navigator.credentials.create(asked(options.creation_options, form.elements.passwordless?.checked)));
    }
    return answered(await navigator.credentials.get(asked(options.request_options)));
  }

  async fetched(form) {
    const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    const response = await fetch(form.action, { headers });
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  }
}
customElements.define("passkey-form", PasskeyForm);
