// What came back, as it comes.

import { element } from "./dom.js";
import { jsonView, pretty } from "./json_view.js";

const messagesMax = 500;  // shown; of a longer stream the last ones

export class AnswerView {
  constructor() {
    this.status = element("p", { class: "status", role: "status" });
    this.headers = element("div");
    this.content = element("div", { class: "content" });
    this.node = element("section", { class: "answer", "aria-label": "Answer", hidden: true },
      element("h3", {}, "Answer"), this.status, this.headers, this.content);
    this.count = 0;
    this.pending = [];  // messages that came and are not drawn yet
  }

  begin() {
    this.node.hidden = false;
    this.count = 0;
    this.pending = [];
    this.status.replaceChildren("Waiting …");
    this.headers.replaceChildren();
    this.content.replaceChildren();
  }

  head({ status, reason, redirected, type, headers, milliseconds }) {
    const kind = redirected ? "3" : `${status}`[0];
    const word = redirected ? "A redirect, not followed" : `${status} ${reason}`.trim();
    this.type = type;
    this.status.replaceChildren(
      element("span", { class: `code kind-${kind}` }, word), ` first byte after ${duration(milliseconds)}`);
    const rows = headers.map(([name, value]) =>
      element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)));
    this.headers.replaceChildren(element("details", {},
      element("summary", {}, `${headers.length} headers`), element("table", {}, element("tbody", {}, rows))));
  }

  // A stream may be faster than the page is drawn: what comes between two frames is drawn at once.
  message(message, milliseconds) {
    if (this.count++ === 0) {
      this.list = element("ol", { class: "messages", tabindex: "0", "aria-label": "Messages" });
      this.content.replaceChildren(this.list);
    }
    if (this.pending.length === 0) requestAnimationFrame(() => this.#draw());
    this.pending.push({ ...message, milliseconds });
    if (this.pending.length > messagesMax) this.pending.shift();
  }

  async body(blob) {
    if (blob.size === 0) return;
    if (/^image\//.test(this.type)) {
      return this.#show(element("img", { src: URL.createObjectURL(blob), alt: "The answer's body" }));
    }
    if (!/^text\/|json|xml|javascript|yaml/.test(this.type)) {
      const what = `Save the ${size(blob.size)} of ${this.type || "bytes"}`;
      return this.#show(element("a", { href: URL.createObjectURL(blob), download: "answer" }, what));
    }
    const text = await blob.text();
    this.#show(element("pre", { tabindex: "0", "aria-label": "Body" }, jsonView(pretty(text) ?? text)));
  }

  end({ bytes, milliseconds }) {
    const messages = this.count > 0 ? `${this.count} messages, ` : "";
    const [code] = this.status.children;
    this.status.replaceChildren(code ?? "", ` ${messages}${size(bytes)} in ${duration(milliseconds)}`);
  }

  // Cut short: by the user, or by what went wrong on the way.
  stopped(reason, wrong) {
    const [code] = this.status.children;
    const messages = this.count > 0 ? ` after ${this.count} messages` : "";
    this.status.replaceChildren(code ?? "", " ", element("span", { class: wrong ? "problem" : "quiet" }, reason + messages));
  }

  #draw() {
    const atEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 8;
    this.list.append(...this.pending.splice(0).map(messageView));
    while (this.list.childElementCount > messagesMax) this.list.firstElementChild.remove();
    if (atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  #show(node) {
    this.content.replaceChildren(node);
  }
}

function messageView({ kind, text, milliseconds }) {
  return element("li", {},
    element("span", { class: "quiet" }, duration(milliseconds), kind === "message" ? "" : ` ${kind}`),
    element("pre", {}, jsonView(text)));
}

function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
