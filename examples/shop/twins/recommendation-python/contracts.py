"""The contracts this service answers and calls, compiled as it starts, and grpc.health.v1 after them."""

import pathlib
import subprocess

import grpc
from google.protobuf import descriptor_pb2, message_factory

SHOP = pathlib.Path(__file__).resolve().parents[2]
CONTRACTS = SHOP.parents[1] / "contracts"
FILES = ["recommendation/recommendation.proto", "catalog/catalog.proto", "grpc/health/v1/health.proto"]


def _messages():
    compiled = subprocess.run(["protoc", f"-I{SHOP}", f"-I{CONTRACTS}", "--include_imports", "--descriptor_set_out=/dev/stdout",
                               *FILES], check=True, capture_output=True, timeout=30).stdout
    return message_factory.GetMessages(descriptor_pb2.FileDescriptorSet.FromString(compiled).file)


_MESSAGES = _messages()


def message(name):
    """The class of the message called "package.Name"."""
    return _MESSAGES[name]


class Health:
    """grpc.health.v1.Health/Check: SERVING until it ends, for the server ("") and its one service."""

    def __init__(self, service):
        self.services = {"", service}
        self.serving = True

    def end(self):
        self.serving = False

    def check(self, request, context):
        if request.service not in self.services:
            context.abort(grpc.StatusCode.NOT_FOUND, f"there is no service {request.service}")
        return message("grpc.health.v1.HealthCheckResponse")(status="SERVING" if self.serving else "NOT_SERVING")

    def handler(self):
        method = grpc.unary_unary_rpc_method_handler(self.check, message("grpc.health.v1.HealthCheckRequest").FromString,
                                                     message("grpc.health.v1.HealthCheckResponse").SerializeToString)
        return grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": method})
