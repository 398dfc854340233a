// The request that a filled form stands for, and the same as a command for curl.

// parameters: those of the method; values: a text for each by name, of lists a text for each line.
export function buildRequest(method, values, body, headers) {
  let path = method.path;
  const query = [];
  for (const parameter of method.parameters) {
    const value = values.get(parameter.name) ?? "";
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, () => encodePath(value, parameter));
    else if (parameter.in === "query") query.push(...queryOf(parameter, value));
  }
  const all = { ...headers };
  if (body) all["content-type"] = body.type;
  const target = query.length > 0 ? `${path}?${query.join("&")}` : path;
  return { verb: method.verb, target, headers: all, body: body?.content };
}

function encodePath(value, parameter) {
  const many = parameter["x-holon-many-segments"];
  return many ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
}

function queryOf(parameter, value) {
  const list = parameter.schema?.type === "array" ? value.split("\n") : [value];
  return list.filter((one) => one !== "").map((one) => `${encodeURIComponent(parameter.name)}=${encodeURIComponent(one)}`);
}

export function asCurl({ verb, target, headers, body }) {
  const words = ["curl"];
  if (verb === "HEAD") words.push("--head");
  else if (verb !== (body === undefined ? "GET" : "POST")) words.push("-X", verb);
  words.push(quoted(location.origin + target));
  for (const [name, value] of Object.entries(headers)) words.push("-H", quoted(`${name}: ${value}`));
  if (body instanceof Blob) words.push("--data-binary", quoted(`@${body.name ?? "file"}`));
  else if (body !== undefined) words.push("--data-binary", quoted(body));
  return words.join(" ");
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
