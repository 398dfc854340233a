"""The shop's ads as a stock gRPC server that has no ads, and troubles as one wishes.

TROUBLE names a file. While it is there, it says what is wrong:
  failing        each call fails after 30 ms
  unwell         its health check says NOT_SERVING
  shouts         it writes once what would act on who shows it
  exits          it says why, and ends with code 3
  hungry         it takes all memory that there is
  ends at once   whenever it is started, it ends with code 4
"""
import os
import pathlib
import signal
import sys
import threading
import time
from concurrent import futures

import grpc

SLOW_SECONDS = 0.03
LOOK_EVERY_SECONDS = 0.05

trouble_file = pathlib.Path(os.environ["TROUBLE"])


def trouble():
    try:
        return trouble_file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def get_ads(request, context):
    if trouble() == "failing":
        time.sleep(SLOW_SECONDS)
        context.abort(grpc.StatusCode.INTERNAL, "the posters are torn")
    return b""  # a GetAdsReply without ads


def check_health(request, context):
    return b"\x08\x02" if trouble() == "unwell" else b"\x08\x01"  # NOT_SERVING, SERVING


def handler(service, method, function):
    return grpc.method_handlers_generic_handler(service, {method: grpc.unary_unary_rpc_method_handler(function)})


def act_in_trouble():
    """Once: who starts again after its end is well, so that it is seen to come back."""
    what = trouble()
    if what not in ("exits", "hungry", "shouts"):
        return
    trouble_file.unlink()
    if what == "shouts":
        print("<img src=x onerror=document.title='mine'><script>document.title='mine'</script>")
        print("\x1b[31mred\x1b[0m and \x1b[1;4mbold\x1b[0m")
        print("pay \u202egnp.exe\u202c now\x07", flush=True)
    if what == "exits":
        print("the printer jams on <b>page 7</b>", flush=True)
        print("the posters are gone", flush=True)
        os._exit(3)
    if what == "hungry":
        print("one more poster", flush=True)
        print(len(b"x" * (1 << 30)), flush=True)


def main():
    if trouble() == "ends at once":
        print("there is no wall", flush=True)
        sys.exit(4)
    sys.stdout.reconfigure(encoding="utf-8")
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers([
        handler("shop.Ads", "GetAds", get_ads), handler("grpc.health.v1.Health", "Check", check_health)])
    if server.add_insecure_port("127.0.0.1:" + os.environ["PORT"]) == 0:
        sys.exit("cannot listen on " + os.environ["PORT"])
    server.start()
    print("the posters hang", flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    while not ended.wait(LOOK_EVERY_SECONDS):
        act_in_trouble()
    server.stop(grace=2).wait()


main()
