"""The recommendation service in Python: a plain gRPC server, which behaves as examples/shop/recommendation/recommendation.cc.

    PORT=5002 HOLON_MESH=127.0.0.1:5003 python3 main.py

It listens on 127.0.0.1:5002; SIGTERM lets the calls under way end, then it ends. TABLES is the folder of baskets.tsv, if not
the one of the original.
"""

import os
import pathlib
import signal
import threading
from concurrent import futures

import grpc

from contracts import SHOP, Health, message
from recommendation import Baskets

MOST_RECOMMENDATIONS = 5
CATALOG_SECONDS_MAX = 1.0
DRAIN_SECONDS = 5
THREADS = 8

ListRecommendationsRequest = message("shop.ListRecommendationsRequest")
ListRecommendationsReply = message("shop.ListRecommendationsReply")
ListProductsRequest = message("shop.ListProductsRequest")
ListProductsReply = message("shop.ListProductsReply")


class Recommendation:
    def __init__(self, baskets, catalog):
        self.baskets = baskets
        self.list_products = catalog.unary_unary("/shop.Catalog/ListProducts", ListProductsRequest.SerializeToString,
                                                 ListProductsReply.FromString)

    def list_recommendations(self, request, context):
        wanted = self.baskets.candidates(request.product_ids)
        if not wanted:
            return ListRecommendationsReply()
        try:
            sold = self.list_products(ListProductsRequest(ids=wanted), timeout=self.seconds_left(context))
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
        return ListRecommendationsReply(product_ids=[product.id for product in sold.products[:MOST_RECOMMENDATIONS]])

    @staticmethod
    def seconds_left(context):
        left = context.time_remaining()
        return CATALOG_SECONDS_MAX if left is None else min(left, CATALOG_SECONDS_MAX)

    def handler(self):
        method = grpc.unary_unary_rpc_method_handler(self.list_recommendations, ListRecommendationsRequest.FromString,
                                                     ListRecommendationsReply.SerializeToString)
        return grpc.method_handlers_generic_handler("shop.Recommendation", {"ListRecommendations": method})


def main():
    tables = pathlib.Path(os.environ.get("TABLES") or SHOP / "recommendation")
    baskets = Baskets((tables / "baskets.tsv").read_text(encoding="utf-8"))
    address = f"127.0.0.1:{os.environ['PORT']}"
    asked_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.set())
    with grpc.insecure_channel(os.environ["HOLON_MESH"]) as catalog:
        health = Health("shop.Recommendation")
        server = grpc.server(futures.ThreadPoolExecutor(THREADS), options=[("grpc.so_reuseport", 0)])
        server.add_generic_rpc_handlers([Recommendation(baskets, catalog).handler(), health.handler()])
        if server.add_insecure_port(address) == 0:
            raise SystemExit(f"{address} cannot be listened on")
        server.start()
        print(f"answers on {address}", flush=True)
        asked_to_end.wait()
        health.end()
        server.stop(DRAIN_SECONDS).wait()


if __name__ == "__main__":
    main()
