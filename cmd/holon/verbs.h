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

struct UpOptions {
  std::filesystem::path file = "holon.yaml";
  std::filesystem::path bin;
  std::string placement;
  std::optional<int> port;
  bool strict = false;
  bool detach = false;
  bool wait = false;
  bool as_node = false;  ///< hidden: this is the process that `up -d` leaves running
};
int up(const UpOptions& options);
/// What of it says what is to run.
node::DeploymentOptions deployment_options(const UpOptions& options);
/// `up -d`.
int up_in_background(const UpOptions& options);

struct PsOptions {
  std::filesystem::path file = "holon.yaml";
  bool json = false;
};
int ps(const PsOptions& options);

struct LogsOptions {
  std::filesystem::path file = "holon.yaml";
  bool follow = false;
  std::size_t tail = 50;
  std::vector<std::string> hosts;  ///< "cart" or "cart.0"; all if empty
};
int logs(const LogsOptions& options);

struct DownOptions {
  std::filesystem::path file = "holon.yaml";
};
int down(const DownOptions& options);

struct ReloadOptions {
  std::filesystem::path file = "holon.yaml";
};
int reload(const ReloadOptions& options);

struct CallsOptions {
  std::filesystem::path file = "holon.yaml";
  bool json = false;
};
int calls(const CallsOptions& options);

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
};
int describe(const DescribeOptions& options);

struct NewOptions {
  enum class What { app, service };
  What what = What::app;
  std::string name;
  std::string service = "greeter";            ///< of a new app
  std::filesystem::path file = "holon.yaml";  ///< of the app that a new service joins
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
};
int gateway_key(const GatewayKeyOptions& options);

struct DoctorOptions {
  std::filesystem::path packages = "packages.txt";
  int port = 8080;
};
int doctor(const DoctorOptions& options);

int version();

}  // namespace holon::cli
