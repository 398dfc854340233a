// A value that fits a schema, to begin with.

const depthMax = 4;

export function exampleOf(api, schema, depth = 0) {
  const { type: types, ...known } = api.resolve(schema);
  if (known.example !== undefined) return known.example;
  if (known.examples?.length > 0) return known.examples[0];
  if (known.default !== undefined) return known.default;
  if (known.const !== undefined) return known.const;
  if (known.enum) return known.enum[known.enum.length > 1 && /UNSPECIFIED$/.test(known.enum[0]) ? 1 : 0];
  const part = known.oneOf?.[0] ?? known.anyOf?.[0] ?? known.allOf?.[0];
  if (part && !known.properties) return exampleOf(api, part, depth);
  switch (Array.isArray(types) ? types[0] : types) {
    case "object": return objectOf(api, known, depth);
    case "array": return depth < depthMax && known.items ? [exampleOf(api, known.items, depth + 1)] : [];
    case "string": return textOf(known);
    case "integer":
    case "number": return Math.max(known.minimum ?? 0, 0);
    case "boolean": return false;
    default: return known.properties ? objectOf(api, known, depth) : null;
  }
}

// Of fields that exclude each other only the first: their descriptions say "At most one of `a`, `b` is given."
function objectOf(api, schema, depth) {
  const value = {};
  if (depth >= depthMax) return value;
  const excluded = new Set();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (excluded.has(name) || property.deprecated) continue;
    value[name] = exampleOf(api, property, depth + 1);
    for (const other of alternatives(property.description ?? "")) excluded.add(other);
  }
  return value;
}

function alternatives(description) {
  const list = /At most one of (.*) is given\./.exec(description)?.[1] ?? "";
  return [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
}

function textOf(schema) {
  switch (schema.format) {
    case "date-time": return "2026-01-31T12:00:00Z";
    case "int64":
    case "uint64": return "0";
    default: return schema.pattern?.includes("s$") ? "1.5s" : "";
  }
}
