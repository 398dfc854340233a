"""A gRPC service that was there before holon, and knows nothing of it."""

import os
import signal
from concurrent import futures

import grpc
import prices_pb2

PENCE = {"tea": 250, "scone": 320}


def get_price(request, context):
    if request.item not in PENCE:
        context.abort(grpc.StatusCode.NOT_FOUND, f"there is no {request.item}")
    return prices_pb2.Price(pence=PENCE[request.item])


method = grpc.unary_unary_rpc_method_handler(get_price, prices_pb2.GetPriceRequest.FromString,
                                             prices_pb2.Price.SerializeToString)
server = grpc.server(futures.ThreadPoolExecutor(8))
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("cafe.Prices", {"GetPrice": method})])
server.add_insecure_port("127.0.0.1:" + os.environ.get("PORT", "50051"))
server.start()
signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=5))
server.wait_for_termination()
