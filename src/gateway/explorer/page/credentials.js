// How requests prove who sends them. Kept for this tab alone, until it is closed.

import { element, field } from "./dom.js";

const place = "holon.explorer.credentials";

export function credentials() {
  return JSON.parse(sessionStorage.getItem(place) ?? "{}");
}

export function credentialHeaders() {
  const { token, keyHeader, key } = credentials();
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (key) headers[keyHeader || "x-api-key"] = key;
  return headers;
}

// Shows the form; changed() is called when it was saved.
export function askForCredentials(keys, changed) {
  const now = credentials();
  const token = secret(now.token);
  const keyHeader = element("input", {
    value: now.keyHeader ?? keys[0]?.header ?? "x-api-key", spellcheck: "false", pattern: "[A-Za-z0-9\\-]+",
  });
  const key = secret(now.key);
  const keep = (values) => {
    sessionStorage.setItem(place, JSON.stringify(values));
    dialog.close();
    changed();
  };
  const form = element("form", {
    onsubmit: (event) => {
      event.preventDefault();
      keep({ token: token.value.trim(), keyHeader: keyHeader.value.trim().toLowerCase(), key: key.value.trim() });
    },
  },
    element("h2", { id: "credentials-title" }, "Sign in"),
    field("Bearer token", token, "Sent as `Authorization: Bearer …`."),
    field("API key", key, keys[0]?.description),
    field("Header of the API key", keyHeader),
    element("p", { class: "quiet" }, "Kept in this tab until it is closed, and sent to this server alone."),
    element("div", { class: "buttons" },
      element("button", { type: "submit" }, "Use"),
      element("button", { type: "button", class: "plain", onclick: () => keep({}) }, "Sign out"),
      element("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Cancel")));
  const dialog = element("dialog", { "aria-labelledby": "credentials-title", onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
}

function secret(value) {
  return element("input", { type: "password", value: value ?? "", autocomplete: "off", spellcheck: "false" });
}
