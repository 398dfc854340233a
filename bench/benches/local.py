"""A local call beside the virtual call it stands on: same messages, same handler."""

from benches.figure import Figure
from benches.programs import built, json_of


def measure(quick):
    run = json_of([built("local"), 51 if quick else 501])
    yield Figure("local", "overhead_ns", "ns", run["overhead_ns"], run["virtual_ns"], "virtual",
                 note="holon is what a Ref adds; virtual is the whole call without it, handler included")
