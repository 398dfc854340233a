#include "contract/check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>

#include "contract/cpp_names.h"
#include "contract/options.h"
#include "contract/places.h"
#include "contract/route.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "holon/options.pb.h"

namespace holon::contract {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptor;

Path path_of(const ServiceDescriptor& service) {
  return {google::protobuf::FileDescriptorProto::kServiceFieldNumber, service.index()};
}

Path path_of(const MethodDescriptor& method, std::initializer_list<int> below = {}) {
  Path path = path_of(*method.service());
  path.insert(path.end(), {google::protobuf::ServiceDescriptorProto::kMethodFieldNumber, method.index()});
  path.insert(path.end(), below);
  return path;
}

const FieldDescriptor& option_named(const char* name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindExtensionByName(name);
}

std::string short_name(const MethodDescriptor& method) { return method.service()->name() + "." + method.name(); }

class Checker {
 public:
  Checker(const FileDescriptor& file, std::string_view text) : file_(file), places_(file, text) {}

  std::vector<Mistake> run() {
    check_file_options();
    check_package();
    collect_message_names();
    for (int i = 0; i < file_.service_count(); ++i) check_service(*file_.service(i));
    std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const Mistake& a, const Mistake& b) {
      return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return std::move(mistakes_);
  }

 private:
  void mistake(std::optional<TextPlace> place, std::string what) {
    mistakes_.push_back({file_.name(), place ? place->line + 1 : 0, place ? place->column + 1 : 0, std::move(what)});
  }
  void mistake(const Path& path, std::string what) { mistake(places_.of(path), std::move(what)); }
  void mistake(const MethodDescriptor& method, const std::string& what) {
    mistake(path_of(method, {MethodDescriptorProto::kNameFieldNumber}), short_name(method) + ": " + what);
  }
  /// In an option of a method.
  void mistake(const MethodDescriptor& method, const FieldDescriptor& option, const RulePlace& place,
               const std::string& what) {
    mistake(places_.of_option(path_of(method, {MethodDescriptorProto::kOptionsFieldNumber}), option, place),
            short_name(method) + ": " + what);
  }

  // protoc changes the names of messages that are keywords, but not of packages.
  void check_package() {
    if (file_.package().empty()) return check_global_names();
    std::istringstream parts(file_.package());
    for (std::string part; std::getline(parts, part, '.');) {
      const bool macro = part == "linux" || part == "unix";
      if (!macro && !is_cpp_keyword(part)) continue;
      mistake(Path{google::protobuf::FileDescriptorProto::kPackageFieldNumber},
              "package " + file_.package() + ": " + part + (macro ? " is a macro of the compiler" : " is a word of C++") +
                  ", and protoc makes a namespace of it; name it " + part + "_ or otherwise");
    }
  }

  void check_file_options() {
    if (file_.service_count() == 0) return;
    using google::protobuf::FileOptions;
    const int options = google::protobuf::FileDescriptorProto::kOptionsFieldNumber;
    if (file_.options().cc_generic_services()) {
      mistake(Path{options, FileOptions::kCcGenericServicesFieldNumber},
              "cc_generic_services generates classes of the services' names too; remove the option");
    }
    if (file_.options().optimize_for() == FileOptions::LITE_RUNTIME) {
      mistake(Path{options, FileOptions::kOptimizeForFieldNumber},
              "LITE_RUNTIME leaves out the descriptors holon needs; remove the option, or move the services "
              "to another file");
    }
  }

  void check_global_names() {
    const auto check = [this](const std::string& name, Path path) {
      if (name != "google" && name != "holon" && name != "std") return;
      mistake(path, name + " without a package would be the C++ class ::" + name +
                        ", which is a namespace already; rename it, or give the file a package");
    };
    using google::protobuf::FileDescriptorProto;
    for (int i = 0; i < file_.message_type_count(); ++i) {
      check(file_.message_type(i)->name(), {FileDescriptorProto::kMessageTypeFieldNumber, i});
    }
    for (int i = 0; i < file_.enum_type_count(); ++i) {
      check(file_.enum_type(i)->name(), {FileDescriptorProto::kEnumTypeFieldNumber, i});
    }
    for (int i = 0; i < file_.service_count(); ++i) check(file_.service(i)->name(), path_of(*file_.service(i)));
  }

  void collect_message_names() {
    for (int i = 0; i < file_.message_type_count(); ++i) collect(*file_.message_type(i));
    for (int i = 0; i < file_.enum_type_count(); ++i) take(*file_.enum_type(i));
  }
  void collect(const Descriptor& message) {
    taken_.emplace(cpp_name(message), message.full_name());
    for (int i = 0; i < message.field_count(); ++i) check_field(*message.field(i));
    for (int i = 0; i < message.nested_type_count(); ++i) collect(*message.nested_type(i));
    for (int i = 0; i < message.enum_type_count(); ++i) take(*message.enum_type(i));
  }
  void check_field(const FieldDescriptor& field) {
    const std::string& name = field.lowercase_name();
    if ((is_cpp_keyword(name) ? name + "_" : name) != cpp_name(*field.containing_type())) return;
    google::protobuf::SourceLocation location;
    std::optional<TextPlace> place;
    if (field.GetSourceLocation(&location)) place = TextPlace{location.start_line, location.start_column};
    mistake(place, "field " + field.name() + " of " + field.containing_type()->full_name() +
                       " would be a C++ function with the name of its class; rename one of them");
  }
  void take(const EnumDescriptor& type) { taken_.emplace(cpp_name(type), type.full_name()); }

  void check_service(const ServiceDescriptor& service) {
    const auto [place, fresh] = taken_.emplace(cpp_name(service), service.full_name());
    if (!fresh) {
      mistake(path_of(service), "service " + service.name() + " would be the C++ class " + place->first +
                                    ", which is " + place->second + " already; rename one of them");
    }
    check_balance(service);
    std::map<std::string, std::string> methods;  // C++ name → name in the contract
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      if (const auto [other, first] = methods.emplace(cpp_name(method), method.name()); !first) {
        mistake(method, "would be the C++ function " + other->first + ", which is " + other->second +
                            " already; rename one of them");
      }
      check_rules(method);
      check_routes(method);
    }
  }

  void check_balance(const ServiceDescriptor& service) {
    const int number = service.options().GetExtension(holon::service).balance();
    if (ServiceOptions::Balance_IsValid(number)) return;
    Path options = path_of(service);
    options.push_back(google::protobuf::ServiceDescriptorProto::kOptionsFieldNumber);
    mistake(places_.of_option(options, option_named("holon.service"), {{ServiceOptions::kBalanceFieldNumber}, 0}),
            service.name() + ": balance " + std::to_string(number) +
                " is none; write DEFAULT, TWO_CHOICES, ROUND_ROBIN or PREQUAL");
  }

  void check_rules(const MethodDescriptor& method) {
    if (!method.options().HasExtension(holon::method)) return;
    const MethodOptions& options = method.options().GetExtension(holon::method);
    const auto wrong = [&](int field, const std::string& what) {
      mistake(method, option_named("holon.method"), {{field}, 0}, what);
    };
    if (options.idempotent() && (method.client_streaming() || method.server_streaming())) {
      wrong(MethodOptions::kIdempotentFieldNumber,
            "idempotent lets a failed call be sent again, which a stream never is; remove it");
    }
    if (options.has_timeout()) {
      check_timeout(options.timeout(), [&](const std::string& what) { wrong(MethodOptions::kTimeoutFieldNumber, what); });
    }
    const auto balance_by = balance_field_of(method);
    if (const auto* what = std::get_if<std::string>(&balance_by)) wrong(MethodOptions::kBalanceByFieldNumber, *what);
    for (const OptionMistake& each : attempt_mistakes(method)) wrong(each.option, each.what);
    if (!MethodOptions::Priority_IsValid(options.priority())) {
      wrong(MethodOptions::kPriorityFieldNumber,
            "priority " + std::to_string(options.priority()) + " is none; write CRITICAL, DEFAULT or SHEDDABLE");
    }
  }

  template <class Wrong>
  static void check_timeout(const google::protobuf::Duration& timeout, Wrong wrong) {
    constexpr std::int64_t year_s = 365 * 24 * 3600;
    if (timeout.nanos() < 0 || timeout.nanos() > 999'999'999) {
      wrong("the timeout's nanos are " + std::to_string(timeout.nanos()) +
            "; they range from 0 to 999999999, more are seconds");
    } else if (timeout.seconds() < 0 || (timeout.seconds() == 0 && timeout.nanos() == 0)) {
      wrong("the timeout is not positive, so no call could succeed; raise it, or remove it to have the "
            "caller's deadline alone");
    } else if (timeout.seconds() > year_s) {
      wrong("the timeout is longer than a year; remove it to have the caller's deadline alone");
    }
  }

  void check_routes(const MethodDescriptor& method) {
    if (!method.options().HasExtension(google::api::http)) return;
    const Routes read = routes_of(method);
    for (const RouteMistake& wrong : read.mistakes) mistake(method, option_named("google.api.http"), wrong.place, wrong.what);
    for (const Route& route : read.routes) {
      const std::string key = route.http_method + " " + route.path.shape();
      const auto [other, fresh] = routes_.emplace(key, short_name(method));
      if (!fresh) {
        mistake(method, option_named("google.api.http"), route.place,
                route.http_method + " \"" + route.path.text() + "\": a request for it goes to " + other->second +
                    " already; change the path of one of them");
      }
    }
  }

  const FileDescriptor& file_;
  const Places places_;
  std::vector<Mistake> mistakes_;
  std::map<std::string, std::string> taken_;   // C++ class → what it is in the contract
  std::map<std::string, std::string> routes_;  // HTTP method and shape of the path → the method it leads to
};

}  // namespace

std::string Mistake::to_string() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what;
}

std::vector<Mistake> check(const FileDescriptor& file, std::string_view text) { return Checker(file, text).run(); }

}  // namespace holon::contract
