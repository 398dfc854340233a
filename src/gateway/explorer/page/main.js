// The explorer: reads the API of this server and shows the method that the address names after its "#".

import { readApi } from "./api.js";
import { askForCredentials, credentialHeaders } from "./credentials.js";
import { element } from "./dom.js";
import { menu } from "./menu.js";
import { methodView } from "./method.js";

const openapi = document.querySelector("meta[name=openapi]").content;
const main = document.getElementById("method");
const signIn = document.getElementById("credentials");
let api;
let methods;
let shown;

function showCredentials() {
  signIn.textContent = Object.keys(credentialHeaders()).length > 0 ? "Signed in" : "Sign in";
}

function showMethod() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id === "method" && shown) return;  // the link that skips to it
  const method = api.method(id) ?? api.methods[0];
  shown?.leave();
  if (!method) return main.replaceChildren(element("p", {}, "This API has no methods with routes."));
  shown = methodView(api, method);
  main.replaceChildren(shown.node);
  methods.choose(method.id);
  document.title = `${method.name} · ${api.title}`;
}

async function start() {
  showCredentials();
  try {
    api = await readApi(openapi, credentialHeaders());
  } catch (error) {
    const remedy = [401, 403].includes(error.status) ? " Sign in to read it." : "";
    const said = `The API can't be read: ${error.message}.${remedy}`;
    return main.replaceChildren(element("p", { class: "problem", role: "alert" }, said));
  }
  document.getElementById("title").textContent = api.title;
  document.getElementById("version").textContent = api.version;
  methods = menu(api);
  document.getElementById("methods").replaceChildren(methods.node);
  showMethod();
}

signIn.addEventListener("click", () => askForCredentials(api?.keys() ?? [], () => (api ? showCredentials() : start())));
addEventListener("hashchange", () => {
  if (!api) return;
  showMethod();
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
start();
