// What holon.yaml may say, declared once, and what is made of the declaration: the reader's list of known keys, the schema for
// editors (`holon config --schema`, docs/holon.schema.json) and the tables of docs/manifest.md.
#pragma once

#include <string>

#include "config/keys.h"

namespace holon::node {

/// All keys of holon.yaml, the gateway's too, in the order of the docs.
const config::Keys& manifest_keys();

/// A JSON Schema (2020-12) of holon.yaml. What it refuses the node refuses too; the node refuses more.
std::string manifest_schema();

/// The tables of docs/manifest.md, a chapter for each map.
std::string manifest_tables();

}  // namespace holon::node
