// The typed configuration of services: `config:` of holon.yaml as the message that the service asks for.
#pragma once

#include <vector>

#include "control/placement.h"
#include "holon/node/v1/node.pb.h"
#include "holon/result.h"
#include "node/folder.h"

namespace google::protobuf {
class Message;
}

namespace holon::contract {
class Json;
}

namespace holon::node {

/// Merges what is written into `message`, by the JSON mapping of protobuf: fields by either spelling of their names, enums by
/// name or number, bytes in base64, times as JSON has them. YAML's scalars have no types, so a text need not stand in quotes.
/// All that is wrong is a problem at its place: an unknown field with a suggestion, a value that is none of its field's, two of
/// a oneof.
void read_message(const config::YamlNode& value, const contract::Json& json, google::protobuf::Message& message,
                  config::Problems& problems);

/// Reads `config:` of each service of `hosts` as the type that its program names (v1::ManifestService), and puts it there, as
/// JSON.
/// @param manifest  of all programs
void configure(const control::Application& application, const v1::Manifest& manifest, std::vector<control::PlannedHost>& hosts,
               config::Problems& problems);

/// Puts these where a host's services read them.
Result<void> write_configs(env::Disk& disk, const Folder& folder, const control::PlannedHost& host);

}  // namespace holon::node
