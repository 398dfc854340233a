// The fields of a message, with their types and comments.

import { element, prose } from "./dom.js";

const depthMax = 3;
const titles = ["Field", "Type", "Meaning"];

export function fieldsOf(api, schema) {
  const rows = rowsOf(api, schema, "", 0);
  if (rows.length === 0) return undefined;
  return element("details", { class: "fields" },
    element("summary", {}, "Fields of the body"),
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Fields of the body" },
      element("table", {},
        element("thead", {}, element("tr", {}, titles.map((title) => element("th", { scope: "col" }, title)))),
        element("tbody", {}, rows))));
}

function rowsOf(api, schema, above, depth) {
  const { properties, items } = api.resolve(schema);
  if (items) return rowsOf(api, items, above, depth);
  if (depth >= depthMax) return [];
  return Object.entries(properties ?? {}).flatMap(([name, property]) => [
    element("tr", {},
      element("th", { scope: "row" }, element("code", {}, above + name)),
      element("td", {}, typeOf(api, property)),
      element("td", {}, prose(meaningOf(api.resolve(property))))),
    ...rowsOf(api, property, `${above}${name}.`, depth + 1),
  ]);
}

function meaningOf({ deprecated, description }) {
  return [deprecated && "Deprecated.", description].filter(Boolean).join("\n\n");
}

function typeOf(api, schema) {
  const { type, format, items, enum: names, additionalProperties } = api.resolve(schema);
  if (names) return names.join(" | ");
  if (items) return `list of ${typeOf(api, items)}`;
  if (additionalProperties && additionalProperties !== true) return `map of ${typeOf(api, additionalProperties)}`;
  if (schema.$ref) return schema.$ref.split("/").pop();
  return format ?? (Array.isArray(type) ? type.join(" | ") : type) ?? "anything";
}
