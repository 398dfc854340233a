"""docs/holon.schema.json, by a public validator: it takes every holon.yaml of the tree, and refuses what it should."""

import json
import pathlib
import subprocess
import unittest

import jsonschema
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs/holon.schema.json").read_text(encoding="utf-8"))


def manifests():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*holon.yaml"], cwd=TOP,
                            capture_output=True, text=True, check=True)
    return sorted(set(listed.stdout.split()))


def problems(text, schema=None):
    """What the validator says of this YAML, with the path of each mistake."""
    validator = jsonschema.Draft202012Validator(schema or SCHEMA)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(yaml.safe_load(text))]


def section_only():
    """For files that show a section alone."""
    return {**SCHEMA, "required": []}


class TheSchema(unittest.TestCase):
    def test_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_takes_every_manifest_of_the_tree(self):
        self.assertIn("examples/shop/holon.yaml", manifests())
        for name in manifests():
            text = (TOP / name).read_text(encoding="utf-8")
            with self.subTest(name):
                self.assertEqual(problems(text, None if "\nservices:" in text else section_only()), [])

    def test_takes_all_that_may_be_written_in_two_ways(self):
        self.assertEqual(problems("""
app: shop
services:
  cart: {program: bin/cart, replicas: "${REPLICAS}", config: {any: [thing]}, resources: {memory: 256MiB, cpu: 0.5}}
  ads: {command: node ads.js, contract: [ads.proto], calls: cart, protocol: grpc, health: {period: "${PERIOD:-5s}"}}
placements: {split: each, one: {main: [cart], other: {services: [ads], replicas: 2}}}
dashboard: off_
gateway: {listen: [{address: "a:1"}, "b:2"], access_log: json, compression: false, access: public, limits: {body: 65536},
          routes: [{to: contracts}, {to: {weighted: [{weight: 1, http: [a, b], keep_host: true}]}, rate: [{requests: 1}]},
                   {to: {service: ads, strip_prefix: /ads}}]}
""".replace("off_", '"off"')), [])

    def test_refuses_what_is_wrong(self):
        for text in ("{}", "{app: a, services: {cart: {program: c}}, gatway: {}}", "{app: a, services: {cart: {progam: c}}}",
                     "{app: a, services: {cart: {program: c, replicas: 0}}}", "{app: a, services: {cart: {program: c, calls: [d]}}}",
                     "{app: a, services: {cart: {program: c, health: {period: 5}}}}", "{app: a, services: [cart]}",
                     "{app: a, services: {c: {program: c, resources: {cpu: 0}}}}", "{app: a, services: {}, placements: {p: every}}",
                     "{app: a, services: {}, gateway: {}}", "{app: a, services: {}, gateway: {listen: a, routes: {to: contracts}}}",
                     "{app: a, services: {}, gateway: {listen: a, routes: [{to: {files: f, keep_host: true}}]}}",
                     "{app: a, services: {}, gateway: {listen: a, access_log: xml}}", "{app: a, services: {}, limits: {call_max: 1}}"):
            with self.subTest(text):
                self.assertNotEqual(problems(text), [])

    def test_refuses_two_where_one_is_to_be_chosen_and_none(self):
        services = "{app: a, services: {c: %s}}"
        hosts = "{app: a, services: {c: {program: c}}, placements: {p: {h: {services: [c], %s}}}}"
        to = "{app: a, services: {c: {program: c}}, gateway: {listen: a, routes: [{to: %s}]}}"
        door = "{app: a, services: {c: {program: c}}, gateway: {listen: a, authentication: {n: %s}}}"
        for frame, good, wrong in (
                (services, ("{program: c}", "{command: c}"), ("{program: c, command: d}", "{owner: o}")),
                (services, ("{command: c, health: {tcp: true}}",), ("{command: c, health: {tcp: true, http: /}}",
                                                                    "{command: c, health: {grpc: true, tcp: true}}")),
                (hosts, ("program: p", "command: p"), ("program: p, command: p",)),
                (to, ("{http: a}", "{service: c}", "{weighted: [{weight: 1, service: c}]}"),
                 ("{http: a, files: b}", "{service: c, http: a}", "{answer: a, redirect: b}", "{strip_prefix: /a}",
                  "{weighted: [{weight: 1, http: a, files: b}]}", "{weighted: [{weight: 1}]}")),
                (door, ("{keys: k, issuer: i, audience: a}", "{api_keys: k}"), ("{keys: k, api_keys: k}", "{header: h}"))):
            for text in good:
                with self.subTest(text):
                    self.assertEqual(problems(frame % text), [])
            for text in wrong:
                with self.subTest(text):
                    self.assertNotEqual(problems(frame % text), [])


if __name__ == "__main__":
    unittest.main()
