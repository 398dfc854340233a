// The verbs of the `holon` program: what each may be told, and what runs it. Each gives the exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "contract/openapi.h"
#include "holon/client.h"
#include "node/deployment.h"

namespace holon::cli {

enum Exit { succeeded = 0, failed = 1, misused = 2, interrupted = 130 };

/// Which application, and for whom the answer is.
struct NodeOptions {
  std::filesystem::path file = "holon.yaml";
  bool json = false;  ///< one document, or, of what goes on, one a line
};

struct UpOptions : NodeOptions {
  std::vector<std::string> overlays;  ///< "production": holon.production.yaml is laid over the file
  std::filesystem::path bin;
  std::string placement;
  std::optional<int> port;
  bool strict = false;
  bool detach = false;
  bool wait = false;
  bool watch = false;     ///< build and restart what a saved source touches
  std::string build;      ///< by this command
  bool as_node = false;  ///< hidden: this is the process that `up -d` leaves running
};
int up(const UpOptions& options);
/// What of it says what is to run.
node::DeploymentOptions deployment_options(const UpOptions& options);
/// `up -d`.
int up_in_background(const UpOptions& options);
/// `up --watch`: starts the process that watches sources; it ends by itself when the node is gone.
Result<void> start_watching(const UpOptions& options);

struct WatchOptions {
  std::filesystem::path file = "holon.yaml";
  std::string build;  ///< what builds the programs; if empty, cmake in the folder where it built them
};
/// What `start_watching` starts.
int watch(const WatchOptions& options);

int down(const NodeOptions& options);
int reload(const NodeOptions& options);
int calls(const NodeOptions& options);

struct ConfigOptions : NodeOptions {
  std::vector<std::string> overlays;  ///< of the file, see UpOptions
  bool check = false;                 ///< the file is asked, also if it runs
  bool schema = false;                ///< the schema of all files like it
};
int config(const ConfigOptions& options);

struct PsOptions : NodeOptions {
  bool watch = false;  ///< go on
};
int ps(const PsOptions& options);

struct LogsOptions : NodeOptions {
  bool follow = false;
  std::string since;  ///< "10m", or a time
  std::optional<int> tail;  ///< lines of each host; -1: all
  std::string grep;
  bool timestamps = false;
  std::vector<std::string> names;
};
int logs(const LogsOptions& options);

struct EventsOptions : NodeOptions {
  bool follow = false;
  std::string since;
  std::vector<std::string> names;
};
int events(const EventsOptions& options);

struct HostsOptions : NodeOptions {
  std::vector<std::string> names;  ///< hosts, replicas or services
  bool no_wait = false;
  double timeout_s = 60;
};
int stop(const HostsOptions& options);
int start(const HostsOptions& options);
int restart(const HostsOptions& options);
/// `names` are "cart=3".
int scale(const HostsOptions& options);

struct FaultAddOptions : NodeOptions {
  std::string from, to, method;
  std::vector<std::string> metadata;  ///< "NAME=VALUE"
  std::optional<double> percent;
  std::string delay;     ///< "200ms±50ms"
  std::string abort;     ///< "unavailable"
  std::string throttle;  ///< "10/s"
  bool black_hole = false;
  bool reset = false;
  std::string time;      ///< "5min"
};
int fault_add(const FaultAddOptions& options);
int fault_list(const NodeOptions& options);

struct FaultRemoveOptions : NodeOptions {
  std::vector<std::string> ids;
  bool all = false;
};
int fault_remove(const FaultRemoveOptions& options);

struct TopOptions : NodeOptions {
  bool once = false;
  std::optional<double> period_s;  ///< if absent, 2 s on a terminal, and once elsewhere
};
int top(const TopOptions& options);

struct ExecOptions {
  std::filesystem::path file = "holon.yaml";
  std::string name;
  std::vector<std::string> command;
};
/// Returns only if the command could not be run.
int exec(const ExecOptions& options);

struct DebugOptions : NodeOptions {
  std::string name;
};
int debug(const DebugOptions& options);

/// Which gRPC servers `call` and `describe` speak to, and where their contracts come from.
struct ServerOptions {
  std::filesystem::path file = "holon.yaml";  ///< the application's, if there is no address
  std::string address;                        ///< any gRPC server's
  std::vector<std::string> protos;            ///< contract files; the server's own reflection if there are none
  std::vector<std::filesystem::path> imports;  ///< where contract files are looked for; here if empty
  TlsOptions tls;                             ///< for an address that begins with "tls:"
};

struct CallOptions {
  ServerOptions server;
  std::string method;                    ///< "shop.Cart/GetCart"
  std::optional<std::string> request;    ///< JSON, "-" for standard input, "@FILE"
  std::vector<std::string> headers;      ///< "name: value"
  std::optional<double> timeout_s;
  bool defaults = false;
  bool compact = false;
  bool verbose = false;
};
int call(const CallOptions& options);

struct DescribeOptions {
  ServerOptions server;
  std::string what;  ///< a service, a method or a message; everything if empty
  bool json = false;
  bool dot = false;  ///< the application's graph, in the language of Graphviz
  bool svg = false;  ///< as a picture
};
int describe(const DescribeOptions& options);
/// The application's graph: `describe` without an address and without a name.
int describe_graph(const DescribeOptions& options);

struct NewOptions {
  enum class What { app, service };
  What what = What::app;
  std::string name;
  std::string service = "greeter";            ///< of a new app
  std::filesystem::path file = "holon.yaml";  ///< of the app that a new service joins
  bool json = false;
};
int new_project(const NewOptions& options);

struct OpenApiVerbOptions {
  ServerOptions server;  ///< `protos` are the files it is made of; without them, a server or the application is asked
  contract::OpenApiOptions document;
  std::string title;  ///< of the document; the application's name if empty
  std::filesystem::path out;  ///< standard output if empty
};
int openapi(const OpenApiVerbOptions& options);

struct GatewayKeyOptions {
  std::string id;                   ///< who it is for
  std::vector<std::string> claims;  ///< "NAME=VALUE"
  bool json = false;
};
int gateway_key(const GatewayKeyOptions& options);

struct AuthorityOptions {
  std::filesystem::path folder;
  std::string name = "holon";  ///< in its certificate, for people
  bool json = false;
};
int make_authority(const AuthorityOptions& options);

struct DoctorOptions : NodeOptions {
  std::filesystem::path packages = "packages.txt";
  int port = 8080;
};
int doctor(const DoctorOptions& options);

int version(bool json);

/// Writes the script that a shell reads: "bash", "zsh" or "fish".
int completion(const std::string& shell);
/// What may stand where the last of `words` begins, one a line; all before it are complete. The scripts ask this.
int complete(const std::vector<std::string>& words);

struct ManOptions {
  std::filesystem::path folder;  ///< pages go there
  bool markdown = false;         ///< docs/cli.md, on standard output, instead
};
int man(const ManOptions& options);

}  // namespace holon::cli
