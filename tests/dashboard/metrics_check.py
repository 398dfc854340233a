"""Reads /metrics from standard input as Prometheus's own client library does, and holds it to the naming rules of
https://prometheus.io/docs/practices/naming/. Prints how many samples there were."""
import sys

from prometheus_client.parser import text_string_to_metric_families

UNITS = ("_seconds", "_bytes", "_ready", "_fit", "_calls", "_nodes", "_limit", "_attempts")


def check(family):
    assert family.documentation, f"{family.name} has no HELP"
    assert family.type in ("counter", "gauge", "histogram"), f"{family.name} is {family.type}"
    assert family.name.startswith("holon_"), family.name
    if family.type != "counter":
        assert family.name.endswith(UNITS), f"{family.name} has no unit"
    seen = set()
    for sample in family.samples:
        identity = (sample.name, tuple(sorted(sample.labels.items())))
        assert identity not in seen, f"twice: {identity}"
        seen.add(identity)
    if family.type == "histogram":
        check_histogram(family)
    return len(family.samples)


def check_histogram(family):
    series = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        bound = labels.pop("le", None)
        parts = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if sample.name.endswith("_bucket"):
            parts["buckets"].append((float(bound), sample.value))
        else:
            parts[sample.name.rsplit("_", 1)[1]] = sample.value
    for labels, parts in series.items():
        counts = [count for _, count in sorted(parts["buckets"])]
        assert counts == sorted(counts), f"{family.name}{labels} falls"
        assert counts[-1] == parts["count"], f"{family.name}{labels}: +Inf is not the count"
        assert parts["sum"] >= 0


total = sum(check(family) for family in text_string_to_metric_families(sys.stdin.read()))
assert total > 0
print(total)
