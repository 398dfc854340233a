// The form of a method: an input for each parameter, and its body.

import { element, field } from "./dom.js";
import { exampleOf } from "./example.js";

// Gives {node, values(): Map, body(): {type, content} or undefined}.
export function methodForm(api, method) {
  const inputs = method.parameters.filter((one) => one.in === "path" || one.in === "query")
    .map((parameter) => [parameter, inputOf(api, parameter)]);
  const body = method.body && bodyOf(api, method);
  const node = (body || inputs.length > 0) && element("div", { class: "form" },
    inputs.map(([parameter, input]) => field(labelOf(parameter), input, noteOf(api, parameter))),
    body?.node);
  return {
    node,
    values: () => new Map(inputs.map(([{ name }, input]) => [name, input.value])),
    body: () => body?.content(),
  };
}

function labelOf({ name, required, deprecated, in: where }) {
  const hints = [where === "path" ? "path" : "query", required && "required", deprecated && "deprecated"].filter(Boolean);
  return [element("code", {}, name), " ", element("span", { class: "quiet" }, hints.join(", "))];
}

function noteOf(api, { description, schema }) {
  const list = api.resolve(schema).type === "array" ? "One value a line." : "";
  return [description, list].filter(Boolean).join("\n\n");
}

function inputOf(api, { required, schema }) {
  const { type, enum: names, format, items } = api.resolve(schema);
  const kinds = Array.isArray(type) ? type : [type];
  const text = { required, spellcheck: "false", autocomplete: "off", placeholder: format ?? kinds[0] };
  if (kinds.includes("array")) {
    return element("textarea", { ...text, rows: 2, placeholder: api.resolve(items).enum?.join(", ") });
  }
  if (names) return choice(names, required);
  if (kinds.includes("boolean")) return choice(["true", "false"], required);
  return element("input", { ...text, inputmode: kinds.includes("integer") ? "numeric" : undefined });
}

function choice(names, required) {
  return element("select", { required }, !required && element("option", { value: "" }, "–"),
    names.map((name) => element("option", {}, name)));
}

function bodyOf(api, method) {
  const { type, schema } = method.body;
  return type === "*/*" ? fileBody() : jsonBody(type, schema, api, method.takesStream);
}

function jsonBody(type, schema, api, isStream) {
  const example = exampleOf(api, schema);
  const text = isStream ? `${JSON.stringify(example)}\n${JSON.stringify(example)}\n` : JSON.stringify(example, null, 2);
  const rows = Math.min(Math.max(text.split("\n").length, 4), 18);
  const area = element("textarea", { class: "body", spellcheck: "false", rows });
  area.value = text;
  const problem = element("p", { class: "problem", role: "status" });
  area.addEventListener("input", () => { problem.textContent = mistakeIn(area.value, isStream); });
  return {
    node: element("div", {},
      field(["Body ", element("span", { class: "quiet" }, type)], area, isStream && "A request a line."),
      problem),
    content: () => ({ type, content: area.value }),
  };
}

// What JSON.parse has against the text, or nothing. It is sent all the same: the server's answer may be what one wants to see.
function mistakeIn(text, isStream) {
  try {
    for (const part of isStream ? text.split("\n").filter((line) => line.trim()) : [text]) JSON.parse(part);
    return "";
  } catch (error) {
    return `This is no JSON: ${error.message}`;
  }
}

function fileBody() {
  const type = element("input", { value: "text/plain; charset=utf-8", spellcheck: "false" });
  const text = element("textarea", { class: "body", rows: 6 });
  const file = element("input", {
    type: "file",
    onchange: () => { if (file.files[0]?.type) type.value = file.files[0].type; },
  });
  return {
    node: element("div", {}, field("Type of the body", type), field("Body", text), field("… or a file", file)),
    content: () => ({ type: type.value, content: file.files[0] ?? text.value }),
  };
}
