"""The example of docs/manifest.md as it stands there: variables, an overlay, typed configuration; and what is refused of it before
anything starts."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ARGUMENTS = None


class Manifest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="holon-manifest-")
        self.addCleanup(folder.cleanup)
        self.app = pathlib.Path(folder.name) / "app"
        shutil.copytree(HERE / "example", self.app)
        self.addCleanup(self.holon, "down")
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": folder.name}
        self.environment.pop("OWNER", None)

    def holon(self, *words, expected=None):
        """Its output and its messages."""
        done = subprocess.run([ARGUMENTS.build + "/bin/holon", *words], cwd=self.app, env=self.environment, capture_output=True,
                              text=True, timeout=60, check=False)
        if expected is not None:
            self.assertEqual(done.returncode, expected, f"holon {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def up(self, *more, expected=0):
        return self.holon("up", "-d", "--wait", "--bin", ARGUMENTS.build, *more, expected=expected)

    def shown(self):
        return json.loads(self.holon("call", "manifest.Checkout/Show", "{}", expected=0)[0])

    def write(self, name, old, new):
        path = self.app / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test_a_service_is_configured(self):
        self.up()
        self.assertEqual(self.shown(), {"currency": "EUR", "itemsMax": 50, "patience": "2.500s", "paymentKey": "no-key-of-anybody"})

    def test_an_overlay_says_what_differs(self):
        self.up("--overlay", "production")
        self.assertEqual(self.shown(), {"itemsMax": 500, "patience": "2.500s", "paymentKey": "no-key-of-anybody"})
        hosts = [row["host"] for row in json.loads(self.holon("ps", "--json", expected=0)[0])["hosts"]]
        self.assertEqual(hosts, ["checkout.0", "checkout.1"])

    def test_a_changed_configuration_restarts_its_hosts(self):
        self.up()
        self.holon("down", expected=0)
        self.write("holon.yaml", "items_max: 50", "items_max: 60")
        self.up()
        self.assertEqual(self.shown()["itemsMax"], 60)

    def test_what_is_wrong_is_said_before_anything_starts(self):
        self.write("holon.yaml", "currency: EUR", "curency: EUR")
        self.write("holon.yaml", "items_max: 50", "items_max: many")
        self.write("holon.production.yaml", "items_max: 500", "items_max: 5e1")
        says = self.up(expected=1)[1]
        self.assertIn("holon.yaml:8:7: manifest.CheckoutConfig has no field \"curency\"; did you mean currency?\n", says)
        self.assertIn("holon.yaml:9:18: manifest.CheckoutConfig.items_max is written as a whole number", says)
        says = self.up("--overlay", "production", expected=1)[1]
        self.assertIn("holon.production.yaml:4:25: manifest.CheckoutConfig.items_max is written as a whole number", says)

    def test_an_unset_variable_is_named_with_its_remedy(self):
        self.write("deploy.env", "OWNER", "OWNR")
        self.assertIn("holon.yaml:6:12: the variable OWNER is not set; did you mean OWNR?\n", self.up(expected=1)[1])

    def test_config_shows_the_file_as_it_holds_without_secrets(self):
        shown = self.holon("config", "--overlay", "production", expected=0)[0]
        self.assertIn("replicas: 2\n", shown)
        self.assertIn("owner: team-basket\n", shown)
        self.assertIn("items_max: 500\n", shown)
        self.assertIn('payment_key: "${file:secrets/payment_key}"\n', shown)
        self.assertNotIn("no-key-of-anybody", shown)
        self.assertNotIn("currency", shown)
        (self.app / "holon.yaml").write_text(shown, encoding="utf-8")
        self.assertEqual(self.holon("config", expected=0)[0], shown)

    def test_config_shows_what_was_reloaded(self):
        with (self.app / "holon.yaml").open("a", encoding="utf-8") as file:
            file.write("gateway:\n  listen: \"127.0.0.1:0\"\n  compression: true\n")
        self.up()
        self.assertIn("  compression: true\n", self.holon("config", expected=0)[0])
        self.write("holon.yaml", "compression: true", "compression: false")
        self.assertIn("  compression: true\n", self.holon("config", expected=0)[0])
        self.assertIn("  compression: false\n", self.holon("config", "--check", expected=0)[0])
        self.holon("reload", expected=0)
        self.assertIn("  compression: false\n", self.holon("config", expected=0)[0])

    def test_config_of_a_wrong_file_says_what_is_wrong(self):
        self.write("holon.yaml", "owner", "ownr")
        self.assertIn("`ownr:` is not known in service checkout; did you mean owner?", self.holon("config", expected=1)[1])

    def test_a_missing_contract_is_named_beside_all_else(self):
        self.write("holon.yaml", "services:\n", "services:\n  ads:\n    command: [node, main.js]\n    ownr: team-ads\n"
                   "    contract: [ads/none.proto, ads/nor.proto]\n")
        for verb in (["config"], ["config", "--check"]):
            says = self.holon(*verb, expected=1)[1]
            self.assertIn("`ownr:` is not known in service ads; did you mean owner?", says)
            self.assertIn("holon.yaml:7:16: there is no contract file ads/none.proto\n", says)
            self.assertIn("holon.yaml:7:32: there is no contract file ads/nor.proto\n", says)

    def test_config_shows_no_secret(self):
        self.write("holon.yaml", "    config:\n",
                   "    environment: {DB_PASSWORD: hunter1, PIN: '${secret:BANK_PIN}'}\n    config:\n")
        self.environment["BANK_PIN"] = "hunter2"
        for verb in (["config"], ["config", "--json"]):
            shown = self.holon(*verb, expected=0)[0]
            self.assertNotIn("hunter", shown)
            self.assertIn("${secret:DB_PASSWORD}", shown)
            self.assertIn("${secret:BANK_PIN}", shown)

    def test_config_gives_the_schema_for_editors(self):
        schema = (HERE.parents[1] / "docs/holon.schema.json").read_text(encoding="utf-8")
        self.assertEqual(self.holon("config", "--schema", expected=0)[0], schema)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
