// One method: what its contract says, its form, and its answer.

import { AnswerView } from "./answer.js";
import { credentialHeaders } from "./credentials.js";
import { element, field, prose } from "./dom.js";
import { exchange } from "./exchange.js";
import { methodForm } from "./form.js";
import { asCurl, buildRequest } from "./request.js";
import { fieldsOf } from "./schema_view.js";

export function methodView(api, method) {
  const form = methodForm(api, method);
  const accept = method.replies.length > 1 && element("select", {}, method.replies.map((type) => element("option", {}, type)));
  const answer = new AnswerView();
  const copied = element("span", { class: "quiet", role: "status" });
  const current = () => {
    const headers = { ...credentialHeaders() };
    if (accept) headers.accept = accept.value;
    return buildRequest(method, form.values(), form.body(), headers);
  };
  const sender = new Sender(answer);
  const node = element("form", {
    class: "method",
    onsubmit: (event) => {
      event.preventDefault();
      sender.send(current());
    },
    onkeydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) node.requestSubmit();
    },
  },
    heading(method),
    form.node,
    method.body && fieldsOf(api, method.body.schema),
    accept && field("Stream as", accept),
    element("div", { class: "buttons" },
      sender.sendButton, sender.stopButton,
      element("button", { type: "button", class: "plain", onclick: () => copy(asCurl(current()), copied) }, "Copy as curl"),
      copied),
    answer.node);
  return { node, leave: () => sender.stop() };
}

function heading(method) {
  const rules = [
    method.deprecated && "deprecated", method.takesStream && "takes a stream", method.streams && "answers with a stream",
    method.idempotent && "idempotent", method.timeout && `at most ${method.timeout}`,
  ].filter(Boolean);
  return element("header", {},
    element("h2", {}, method.name),
    element("p", { class: "route" },
      element("span", { class: `verb ${method.verb}` }, method.verb), " ", element("code", {}, method.path)),
    rules.length > 0 && element("ul", { class: "rules", "aria-label": "Rules" }, rules.map((rule) => element("li", {}, rule))),
    prose(method.description));
}

// Sends one request at a time.
class Sender {
  #underWay;
  #answer;

  constructor(answer) {
    this.#answer = answer;
    this.sendButton = element("button", { type: "submit" }, "Send");
    this.stopButton = element("button", { type: "button", class: "plain", hidden: true, onclick: () => this.stop() }, "Stop");
  }

  stop() {
    this.#underWay?.abort();
  }

  async send(request) {
    this.stop();
    const mine = new AbortController();
    this.#underWay = mine;
    this.stopButton.hidden = false;
    this.#answer.begin();
    try {
      this.#answer.end(await exchange(request, mine.signal, this.#answer));
    } catch (error) {
      if (this.#underWay !== mine) return;
      const stopped = error.name === "AbortError";
      this.#answer.stopped(stopped ? "Stopped" : `Failed: ${error.message}`, !stopped);
    }
    if (this.#underWay === mine) this.stopButton.hidden = true;
  }
}

// Without the clipboard, which browsers give to secure pages alone, the text is shown to be copied by hand.
async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
  } catch {
    said.replaceChildren(element("code", { class: "curl" }, text));
  }
}
