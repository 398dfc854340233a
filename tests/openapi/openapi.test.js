// Documents of `holon openapi`, shown to two public validators: the OpenAPI Initiative's JSON Schema for 3.1 (by
// @seriousme/openapi-schema-validator), and Redocly's rules of what the text says beyond it: each parameter of a path is
// declared, references resolve, operation ids are unique, paths are not the same. HOLON is the program, HOLON_TOP the tree.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";

const { HOLON, HOLON_TOP } = process.env;
const top = (path) => join(HOLON_TOP, path);

const shop = "ads cart catalog checkout currency email frontend inventory payment recommendation shipping".split(" ");
const contracts = {
  shop: { imports: "examples/shop", files: shop.map((name) => `${name}/${name}.proto`) },
  transcoding: { imports: "tests/transcoding", files: ["transcoding.proto"] },
  library: { imports: "src/contract/testdata", files: ["openapi.proto"] },
  torture: { imports: "codegen/testdata/good", files: ["torture/torture.proto", "torture/names.proto", "torture/legacy.proto"] },
};

// What is no mistake here: an API need not have a licence, a service a comment, or a method an error of 4xx beside `default`; and
// routes that overlap are told apart by their order.
const off = ["info-license", "tag-description", "operation-4xx-response", "no-ambiguous-paths"];
const rules = Object.fromEntries(off.map((rule) => [rule, "off"]));

function openapi({ imports, files }, ...more) {
  return execFileSync(HOLON, ["openapi", "-I", top(imports), ...more, ...files], { encoding: "utf8" });
}

async function problems(text) {
  const schema = await new Validator().validate(JSON.parse(text));
  const config = await createConfig({ extends: ["recommended"], rules });
  const found = await lintFromString({ source: text, absoluteRef: "/openapi.json", config });
  return [...(schema.errors ?? []), ...found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0].pointer}`)];
}

for (const [name, contract] of Object.entries(contracts)) {
  test(`the document of ${name} is valid`, async () => {
    const text = openapi(contract);
    assert.ok(Object.keys(JSON.parse(text).paths).length > 0);
    assert.deepEqual(await problems(text), []);
  });
}

test("what is wrong is found", async () => {
  const document = JSON.parse(openapi(contracts.library));
  document.paths["/v1/books/{isbn}"].get.parameters.shift();
  document.paths["/v1/books"].get.responses = [];
  const found = (await problems(JSON.stringify(document))).map((problem) => JSON.stringify(problem)).join("\n");
  assert.match(found, /path parameter/i);
  assert.match(found, /responses/);
});

test("title, version and servers are told", () => {
  const document = JSON.parse(openapi(contracts.library, "--title", "Books", "--api-version", "3", "--server", "https://books.example"));
  assert.equal(document.info.title, "Books");
  assert.equal(document.info.version, "3");
  assert.deepEqual(document.servers, [{ url: "https://books.example" }]);
});

test("a file gets the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "holon-openapi-"));
  try {
    const file = join(folder, "openapi.json");
    assert.equal(openapi(contracts.library, "--out", file), "");
    assert.equal(readFileSync(file, "utf8"), openapi(contracts.library));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a contract with mistakes is refused with their places", () => {
  const wrong = () => openapi({ imports: "codegen/testdata/bad", files: ["routes.proto"] });
  assert.throws(wrong, /routes\.proto:13:73: Library\.NoSlash: GET "v1\/books": character 1: a path starts with '\/'/);
});
