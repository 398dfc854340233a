// JSON for reading: indented, its kinds of values in colours. What is no JSON is shown as it is.

import { element } from "./dom.js";

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const colouredMax = 200_000;

export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

export function jsonView(text) {
  if (text.length > colouredMax) return element("code", {}, text);
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(at, match.index));
    const [whole, string, colon] = match;
    if (colon) parts.push(element("span", { class: "name" }, string), colon);
    else parts.push(element("span", { class: string ? "text" : "number" }, whole));
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return element("code", {}, parts);
}
