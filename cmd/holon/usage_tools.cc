// The verbs that need no application.
#include <memory>

#include "cmd/holon/usage.h"
#include "cmd/holon/usage_options.h"
#include "cmd/holon/verbs.h"

namespace holon::cli {
namespace {

Verb new_verb() {
  auto app = std::make_shared<NewOptions>();
  auto service = std::make_shared<NewOptions>();
  service->what = NewOptions::What::service;
  return Verb("new", "files to begin with: an application, or one more service of one")
      .verb(Verb("app", "a folder NAME with an application that builds, runs and has a test", [app] { return new_project(*app); })
                .option("--service", "SERVICE", &app->service, "what its first service is called")
                .flag("--json", app->json, json_about)
                .argument("NAME", &app->name, "as in book_shop", true)
                .example("holon new app book_shop --service catalog", "an application with one service"))
      .verb(Verb("service", "one more service, in the application that is here", [service] { return new_project(*service); })
                .option("-f,--file", "FILE", &service->file, file_about)
                .flag("--json", service->json, json_about)
                .argument("NAME", &service->name, "as in gift_card", true)
                .example("holon new service gift_card", "its contract, code and test, and its lines in holon.yaml"));
}

Verb gateway_verb() {
  auto told = std::make_shared<GatewayKeyOptions>();
  return Verb("gateway", "what a gateway needs")
      .verb(Verb("key", "make an API key: it is shown once, and its line for the file of keys printed",
                 [told] { return gateway_key(*told); })
                .flag("--json", told->json, json_about)
                .argument("ID", &told->id, "who it is for: the subject of its claims", true)
                .argument("NAME=VALUE", &told->claims, "a claim of its; a name that repeats becomes a list")
                .example("holon gateway key ann role=admin >> keys.txt", "a key for ann; what the gateway needs of it goes to the file"));
}

Verb authority_verb() {
  auto told = std::make_shared<AuthorityOptions>();
  return Verb("authority", "make the authority that certifies the hosts of an application of several nodes",
              [told] { return make_authority(*told); })
      .option("--name", "NAME", &told->name, "what it is called in its certificate, for people")
      .flag("--json", told->json, json_about)
      .argument("FOLDER", &told->folder, "where it goes: `authority.pem` and `authority.key`", true)
      .text("Once for all nodes: each gets a copy of the folder, which `cluster.authority` in holon.yaml names. Whoever has the "
            "key can be any host.")
      .example("holon authority authority --name shop", "beside holon.yaml");
}

Verb doctor_verb() {
  auto told = std::make_shared<DoctorOptions>();
  return Verb("doctor", "what this machine lacks", [told] { return doctor(*told); })
      .option("-f,--file", "FILE", &told->file, file_about)
      .option("--packages", "FILE", &told->packages, "the list of packages to look for")
      .option("--port", "PORT", &told->port, "a port that should be free")
      .between(0, 65535)
      .flag("--json", told->json, json_about)
      .text("Looks for packages, the kernel's version, control groups and whether limits can be set by them, the limit of "
            "descriptors, the application's state folder, its node, and ports. What is missing is named with its remedy.")
      .example("holon doctor", "before the first `holon up` on a machine");
}

Verb completion_verb() {
  auto shell = std::make_shared<std::string>();
  return Verb("completion", "the script by which a shell completes what is typed", [shell] { return completion(*shell); })
      .argument("SHELL", shell.get(), "bash, zsh or fish", true)
      .one_of({"bash", "zsh", "fish"})
      .example("source <(holon completion bash)", "in ~/.bashrc")
      .example("holon completion zsh > \"${fpath[1]}/_holon\"", "once, for zsh")
      .example("holon completion fish > ~/.config/fish/completions/holon.fish", "once, for fish");
}

Verb version_verb() {
  auto json = std::make_shared<bool>(false);
  return Verb("version", "the version of this program", [json] { return version(*json); })
      .flag("--json", *json, json_about)
      .example("holon version", "print it");
}

/// Asked by the scripts of `completion`.
Verb complete_verb() {
  auto words = std::make_shared<std::vector<std::string>>();
  return Verb("complete", "what may stand where the last word begins", [words] { return complete(*words); })
      .command("WORDS", *words, "what is typed behind `holon`, the last of it perhaps unfinished")
      .hide();
}

Verb man_verb() {
  auto told = std::make_shared<ManOptions>();
  return Verb("man", "write the manual", [told] { return man(*told); })
      .flag("--markdown", told->markdown, "docs/cli.md, on standard output")
      .argument("DIR", &told->folder, "where the pages go")
      .hide();
}

}  // namespace

std::vector<Verb> tool_verbs() {
  return {new_verb(), gateway_verb(), authority_verb(), doctor_verb(), completion_verb(), version_verb(), complete_verb(), man_verb()};
}

}  // namespace holon::cli
