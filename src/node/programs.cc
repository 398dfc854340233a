#include "node/programs.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "contract/comments.h"
#include "env/disk.h"
#include "env/process.h"
#include "node/fingerprint.h"

namespace holon::node {
namespace {

namespace fs = std::filesystem;
using config::Named;
using config::Problems;

constexpr auto answer_within = std::chrono::seconds(10);
constexpr std::size_t asked_at_once_max = 8;

/// "bin/cart" beside holon.yaml, then below --bin, then as --bin/cart.
std::vector<fs::path> candidates(const ProgramPlaces& places, const fs::path& written) {
  if (written.is_absolute()) return {written};
  std::vector<fs::path> paths = {places.beside / written};
  if (!places.bin.empty()) {
    paths.push_back(places.bin / written);
    paths.push_back(places.bin / written.filename());
  }
  return paths;
}

std::string not_built(const std::vector<fs::path>& searched) {
  std::string text = "there is no program " + searched.front().lexically_normal().string();
  for (std::size_t i = 1; i < searched.size(); ++i) text += ", nor " + searched[i].lexically_normal().string();
  return text + "; build it, or say by --bin DIR where programs are";
}

/// Knows what programs said before, by a file each.
class Cache {
 public:
  Cache(env::Disk& disk, fs::path folder) : disk_(disk), folder_(std::move(folder)) {}

  std::optional<v1::Manifest> get(const Program& program) {
    v1::Manifest manifest;
    Result<std::string> bytes = disk_.read(file(program));
    if (!bytes.ok() || !manifest.ParseFromString(*bytes) || manifest.services().empty()) return std::nullopt;
    return manifest;
  }

  // What cannot be kept is asked again next time. Files of earlier builds go.
  void put(const Program& program) {
    for (const fs::path& old : disk_.list(folder_).value_or({})) {
      if (old.filename().string().starts_with(prefix(program))) (void)disk_.remove(old).ok();
    }
    (void)disk_.exchange(file(program), program.manifest.SerializeAsString()).ok();
  }

 private:
  static std::string prefix(const Program& program) {
    return program.path.filename().string() + "." + Fingerprint().add(program.path.string()).hex() + ".";
  }
  fs::path file(const Program& program) const { return folder_ / (prefix(program) + program.version); }

  env::Disk& disk_;
  fs::path folder_;
};

class Asker {
 public:
  Asker(env::Environment& world, const ProgramPlaces& places)
      : world_(world), places_(places), cache_(world.disk(), places.cache) {}

  Result<Program> ask(const std::string& written) {
    Program program = HOLON_TRY(find(written));
    if (std::optional<v1::Manifest> known = cache_.get(program)) {
      program.manifest = std::move(*known);
      return program;
    }
    env::Spawn command;
    command.arguments = {program.path.string(), "--holon-manifest"};
    Result<env::Output> output = world_.processes().run(command, world_.now() + answer_within);
    if (!output.ok()) return output.error();
    if (output->cause.code != 0) return did_not_answer(written, output->cause.to_string(), output->standard_error);
    if (!program.manifest.ParseFromString(output->standard_output) || program.manifest.services().empty()) {
      return did_not_answer(written, "what it printed names no services", output->standard_error);
    }
    cache_.put(program);
    return program;
  }

 private:
  Result<Program> find(const std::string& written) {
    std::vector<fs::path> searched = candidates(places_, written);
    for (const fs::path& path : searched) {
      Result<std::int64_t> changed = world_.disk().changed_ns(path);
      Result<std::uint64_t> size = world_.disk().size(path);
      if (!changed.ok() || !size.ok()) continue;
      fs::path whole = fs::absolute(path).lexically_normal();
      Fingerprint version;
      version.add(whole.string()).add(std::to_string(*changed)).add(std::to_string(*size));
      return Program{std::move(whole), version.hex(), {}};
    }
    return not_found(not_built(searched));
  }

  static Error did_not_answer(const std::string& program, const std::string& why, const std::string& said) {
    std::string last = said.substr(0, said.find_last_not_of('\n') + 1);
    last = last.substr(last.rfind('\n') + 1);
    return failed_precondition(program + " --holon-manifest: " + why +
                               (last.empty() ? "" : " (it said: " + last + ")") +
                               "; its main() has to be holon::serve<…>(argc, argv)");
  }

  env::Environment& world_;
  const ProgramPlaces& places_;
  Cache cache_;
};

}  // namespace

ProgramSet ask_programs(env::Environment& world, const ProgramPlaces& places, const std::vector<Named>& wanted,
                        Problems& problems) {
  std::vector<std::optional<Result<Program>>> answers(wanted.size());
  std::atomic<std::size_t> next{0};
  auto work = [&] {
    Asker asker(world, places);
    for (std::size_t i = next++; i < wanted.size(); i = next++) answers[i].emplace(asker.ask(wanted[i].text));
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(wanted.size(), asked_at_once_max); ++i) threads.emplace_back(work);
    work();
  }
  ProgramSet programs;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (answers[i]->ok()) {
      programs.emplace(wanted[i].text, std::move(**answers[i]));
    } else {
      problems.push_back({wanted[i].place, answers[i]->error().message()});
    }
  }
  return programs;
}

control::Programs services_of(const ProgramSet& programs) {
  control::Programs services;
  for (const auto& [written, program] : programs) {
    for (const v1::ManifestService& service : program.manifest.services()) {
      services[written].push_back(
          {service.name(), service.contract(), {service.calls().begin(), service.calls().end()}});
    }
  }
  return services;
}

v1::Manifest merge_manifests(const ProgramSet& programs, Problems& problems) {
  v1::Manifest merged;
  // File → its bytes but for comments, of which a program has those that its services lead to; the program; the file merged.
  struct Seen {
    std::string bytes, program;
    google::protobuf::FileDescriptorProto* merged;
  };
  std::map<std::string, Seen> seen;
  std::map<std::string, bool> named;
  for (const auto& [written, program] : programs) {
    for (const auto& file : program.manifest.contracts().file()) {
      google::protobuf::FileDescriptorProto bare = file;
      bare.clear_source_code_info();
      auto [known, fresh] = seen.try_emplace(file.name(), Seen{bare.SerializeAsString(), written, nullptr});
      if (fresh) {
        known->second.merged = merged.mutable_contracts()->add_file();
        *known->second.merged = file;
      } else if (known->second.bytes != bare.SerializeAsString()) {
        problems.push_back({{},
                            "the contract " + file.name() + " differs between " + known->second.program + " and " +
                                written + "; build both from one"});
      } else {
        contract::merge_comments(file, *known->second.merged);
      }
    }
    for (const v1::ManifestService& service : program.manifest.services()) {
      if (named.emplace(service.contract(), true).second) *merged.add_services() = service;
    }
  }
  return merged;
}

}  // namespace holon::node
