// The API as its OpenAPI document describes it: services with their methods, and schemas with their references resolved.

const verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export async function readApi(url, headers) {
  const response = await fetch(url, { headers });
  if (!response.ok) throw Object.assign(new Error(`${url} answered ${response.status}`), { status: response.status });
  return new Api(await response.json());
}

export class Api {
  constructor(document) {
    this.document = document;
    this.title = document.info?.title ?? "API";
    this.version = document.info?.version ?? "";
    this.methods = Object.entries(document.paths ?? {}).flatMap(([path, item]) => this.#methodsOf(path, item));
  }

  // [{name: "shop.Catalog", description, methods: […]}], in the order of the document.
  services() {
    const services = new Map();
    const described = new Map((this.document.tags ?? []).map((tag) => [tag.name, tag.description ?? ""]));
    for (const method of this.methods) {
      const { service } = method;
      if (!services.has(service)) {
        services.set(service, { name: service, description: described.get(service) ?? "", methods: [] });
      }
      services.get(service).methods.push(method);
    }
    return [...services.values()];
  }

  // By its operationId, or by its name, as people write it.
  method(id) {
    return this.methods.find((method) => method.id === id) ?? this.methods.find((method) => method.name === id);
  }

  // The headers that carry API keys: [{header, description}].
  keys() {
    return this.#schemes().filter((scheme) => scheme.type === "apiKey" && scheme.in === "header")
      .map(({ name, description }) => ({ header: name, description }));
  }

  resolve(schema) {
    if (!schema?.$ref?.startsWith("#/")) return schema ?? {};
    const target = schema.$ref.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce((value, key) => value?.[key], this.document);
    const { $ref, ...beside } = schema;
    return { ...target, ...beside };
  }

  #schemes() {
    return Object.values(this.document.components?.securitySchemes ?? {});
  }

  #methodsOf(path, item) {
    const known = verbs.filter((verb) => item[verb]).map((verb) => [verb, item[verb]]);
    const others = Object.entries(item["x-holon-methods"] ?? {});
    return [...known, ...others].map(([verb, operation]) => this.#method(verb.toUpperCase(), path, item, operation));
  }

  #method(verb, path, item, operation) {
    const [service, name] = (operation["x-holon-method"] ?? "").split("/");
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => this.resolve(one));
    const content = Object.entries(this.resolve(operation.requestBody)?.content ?? {});
    return {
      id: operation.operationId ?? `${verb} ${path}`,
      verb,
      path,
      service: operation.tags?.[0] ?? service ?? "",
      name: name ?? operation.operationId ?? path,
      description: operation.description ?? operation.summary ?? "",
      deprecated: operation.deprecated === true,
      parameters,
      body: content.length > 0 ? { type: content[0][0], schema: content[0][1].schema ?? {} } : undefined,
      replies: Object.keys(this.resolve(operation.responses?.["200"])?.content ?? {}),
      streams: operation["x-holon-streams-replies"] === true,
      takesStream: operation["x-holon-streams-requests"] === true,
      timeout: operation["x-holon-timeout"],
      idempotent: operation["x-holon-idempotent"] === true,
    };
  }
}
