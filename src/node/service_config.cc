#include "node/service_config.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <map>

#include "contract/catalog.h"
#include "contract/json.h"
#include "env/disk.h"

namespace holon::node {
namespace {

using config::Place;
using config::Problems;
using config::YamlNode;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using Kind = YamlNode::Kind;

/// What the mapping writes as a map of any keys, a list or a value of any kind.
bool is_free(const Descriptor& type) {
  const auto free = {"google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue", "google.protobuf.Any"};
  return std::ranges::any_of(free, [&](const char* name) { return type.full_name() == name; });
}

/// What has no field of its own to be filled: its JSON is one text.
bool is_scalar(const FieldDescriptor& field) {
  if (field.message_type() == nullptr) return true;
  const std::string& type = field.message_type()->full_name();
  if (!type.starts_with("google.protobuf.") || is_free(*field.message_type())) return false;
  return type.ends_with("Value") || type.ends_with(".Timestamp") || type.ends_with(".Duration") || type.ends_with(".FieldMask");
}

/// As YAML's core schema reads it: where a value may be of any type, what it looks like says of which it is.
std::string json_of_scalar(const std::string& text) {
  const bool word = text == "true" || text == "false" || text == "null";
  const bool begins = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
  const bool number = begins && contract::check_json(text).ok();
  return word || number ? text : contract::json_quote(text);
}

std::string json_of(const YamlNode& value) {
  std::string json;
  switch (value.kind) {
    case Kind::null:
      return "null";
    case Kind::scalar:
      return json_of_scalar(value.text);
    case Kind::list:
      for (const YamlNode& item : value.items) json += (json.empty() ? "" : ",") + json_of(item);
      return "[" + json + "]";
    case Kind::map:
      for (const auto& [key, content] : value.entries) {
        json += (json.empty() ? "" : ",") + contract::json_quote(key.text) + ":" + json_of(content);
      }
      return "{" + json + "}";
  }
  return json;
}

class MessageReader {
 public:
  MessageReader(const contract::Json& json, Problems& problems) : json_(json), problems_(problems) {}

  void read(const YamlNode& map, Message& into) {
    if (map.kind != Kind::map) {
      return problem(map.place, into.GetDescriptor()->full_name() + " has fields: write them as keys, as in `{name: value}`");
    }
    std::map<const FieldDescriptor*, std::string> seen;
    std::map<const OneofDescriptor*, std::string> chosen;
    for (const auto& [key, value] : map.entries) {
      const FieldDescriptor* field = contract::find_field(*into.GetDescriptor(), key.text);
      if (field == nullptr) {
        problem(key.place, contract::no_field(*into.GetDescriptor(), key.text));
        continue;
      }
      const auto [twin, first] = seen.emplace(field, key.text);
      if (!first) problem(key.place, key.text + " and " + twin->second + " are one field; remove one");
      if (const OneofDescriptor* oneof = field->real_containing_oneof()) {
        const auto [other, alone] = chosen.emplace(oneof, key.text);
        if (!alone && first) problem(key.place, key.text + " and " + other->second + " exclude each other; remove one");
      }
      read_field(value, *field, into);
    }
    refuse_missing(map.place, into);
  }

 private:
  void read_field(const YamlNode& value, const FieldDescriptor& field, Message& into) {
    if (value.kind == Kind::null) {
      problem(value.place, field.full_name() + " has no value; write one (in quotes if it is the word null), or leave the "
                                               "key out");
    } else if (field.is_map()) {
      read_entries(value, field, into);
    } else if (field.is_repeated()) {
      read_items(value, field, into);
    } else {
      read_one(value, field, into);
    }
  }

  void read_items(const YamlNode& list, const FieldDescriptor& field, Message& into) {
    if (list.kind != Kind::list) return problem(list.place, field.full_name() + " is repeated: write a list, as in `[…]`");
    for (const YamlNode& item : list.items) read_one(item, field, into);
  }

  void read_one(const YamlNode& value, const FieldDescriptor& field, Message& into) {
    if (is_scalar(field)) return read_scalar(value, field, into);
    const auto& reflection = *into.GetReflection();
    if (!is_free(*field.message_type())) {
      const bool repeated = field.is_repeated();
      return read(value, *(repeated ? reflection.AddMessage(&into, &field) : reflection.MutableMessage(&into, &field)));
    }
    const std::string one = json_of(value);
    check(value.place, json_.parse_field(field.is_repeated() ? "[" + one + "]" : one, field, into));
  }

  void read_scalar(const YamlNode& value, const FieldDescriptor& field, Message& into) {
    if (value.kind != Kind::scalar) return problem(value.place, field.full_name() + " is one value, not a list or a map");
    const Result<void> read = json_.parse_bare(value.text, field, into);
    if (value.secret.empty() || read.ok()) return check(value.place, read);
    problem(value.place, "what " + value.secret + " stands for is no value of " + field.full_name());
  }

  void read_entries(const YamlNode& map, const FieldDescriptor& field, Message& into) {
    if (map.kind != Kind::map) {
      return problem(map.place, field.full_name() + " is a map: write keys with values, as in `{key: value}`");
    }
    for (const auto& [key, value] : map.entries) {
      Message& entry = *into.GetReflection()->AddMessage(&into, &field);
      check(key.place, json_.parse_bare(key.text, *field.message_type()->map_key(), entry));
      read_field(value, *field.message_type()->map_value(), entry);
    }
  }

  /// What proto2 requires.
  void refuse_missing(Place place, const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!field.is_required() || message.GetReflection()->HasField(message, &field)) continue;
      problem(place, field.full_name() + " is required; write `" + field.name() + ":`");
    }
  }

  /// The place that the mapping names is one of a text that nobody sees.
  void check(Place place, const Result<void>& read) {
    if (read.ok()) return;
    std::string what = read.error().message();
    const std::size_t begin = what.find_first_not_of("0123456789:");
    if (begin > 0 && begin < what.size() && what[begin] == ' ') what.erase(0, begin + 1);
    problem(place, what);
  }

  void problem(Place place, std::string what) { problems_.push_back({place, std::move(what)}); }

  const contract::Json& json_;
  Problems& problems_;
};

/// Reads the configurations of one deployment.
class Configurer {
 public:
  Configurer(const control::Application& application, const v1::Manifest& manifest, Problems& problems)
      : application_(application), problems_(problems) {
    const contract::Catalog::Files files(manifest.contracts().file().begin(), manifest.contracts().file().end());
    const auto nobody = [](const std::string& name) -> Result<contract::Catalog::Files> { return not_found(name); };
    loaded_ = catalog_.add(files, nobody);
    for (const v1::ManifestService& service : manifest.services()) types_[service.contract()] = service.config();
  }

  void configure(control::PlannedService& planned) {
    const auto spec = std::ranges::find_if(application_.services,
                                           [&](const auto& service) { return service.name.text == planned.name; });
    if (spec == application_.services.end() || !spec->command.empty()) return;
    const std::string& type = types_[planned.contract];
    if (!type.empty()) return read(*spec, type, planned);
    if (spec->config) {
      problems_.push_back({spec->config->place, planned.name + " takes no configuration; its constructor asks for one by " +
                                                    "`wiring.config<T>()`, or `config:` is to be removed"});
    }
  }

 private:
  void read(const control::ServiceSpec& spec, const std::string& type, control::PlannedService& planned) {
    const Descriptor* descriptor = loaded_.ok() ? catalog_.pool().FindMessageTypeByName(type) : nullptr;
    if (descriptor == nullptr) {
      return problems_.push_back({spec.name.place, "the contract of " + type + ", the configuration of " + planned.name +
                                                       ", is not in its program; build the program anew"});
    }
    YamlNode nothing{.kind = Kind::map, .place = spec.name.place};
    const std::unique_ptr<Message> message = catalog_.make(*descriptor);
    const std::size_t before = problems_.size();
    read_message(spec.config.value_or(nothing), catalog_.json(), *message, problems_);
    if (problems_.size() > before) return;
    Result<std::string> json = catalog_.json().print(*message);
    if (json.ok()) {
      planned.config = std::move(*json);
    } else {
      problems_.push_back({spec.config.value_or(nothing).place, json.error().message()});
    }
  }

  const control::Application& application_;
  Problems& problems_;
  contract::Catalog catalog_;
  Result<void> loaded_;
  std::map<std::string, std::string> types_;  ///< full names, by contract
};

}  // namespace

void read_message(const YamlNode& value, const contract::Json& json, Message& message, Problems& problems) {
  MessageReader(json, problems).read(value, message);
}

Result<void> write_configs(env::Disk& disk, const Folder& folder, const control::PlannedHost& host) {
  for (const control::PlannedService& service : host.services) {
    if (!service.config.empty()) HOLON_TRY(disk.exchange(folder.config(service.name), service.config));
  }
  return {};
}

void configure(const control::Application& application, const v1::Manifest& manifest, std::vector<control::PlannedHost>& hosts,
               Problems& problems) {
  Configurer configurer(application, manifest, problems);
  for (control::PlannedHost& host : hosts) {
    for (control::PlannedService& service : host.services) configurer.configure(service);
  }
}

}  // namespace holon::node
