"""Help, the manual, docs/cli.md and completion, which are all made of one description."""

import os
import re
import subprocess

from lib import PROGRAMS, WITHIN_S, Application, Folder, holon, in_terminal

ZSH, FISH = "/usr/bin/zsh", "/usr/bin/fish"

# Answers with what bash proposes for the words of its arguments, the last of which is being typed.
PROPOSE = r"""
source <("$HOLON" completion bash)
compopt() { :; }  # it works within a real completion only
COMP_WORDS=("$HOLON" "$@")
COMP_CWORD=$#
_holon
printf '%s\n' "${COMPREPLY[@]}"
"""


def verbs():
    """"up", "new app" and all others that people are told of."""
    text = holon("man", "--markdown").stdout
    return re.findall(r"^## holon (.*)$", text, re.MULTILINE)


class Manual(Folder):
    def test_every_verb_has_help_with_an_example(self):
        self.assertLessEqual({"up", "down", "ps", "logs", "stop", "start", "restart", "scale", "exec", "config", "describe", "events",
                              "top", "doctor", "completion", "version", "debug", "new app"}, set(verbs()))
        for verb in verbs():
            ran = holon(*verb.split(), "--help")
            self.assertEqual((ran.returncode, ran.stderr), (0, ""), verb)
            self.assertRegex(ran.stdout, rf"(?m)^Examples?:\n  .*holon {verb}", verb)

    def test_docs_are_what_the_program_says(self):
        written = (PROGRAMS["docs"] / "cli.md").read_text()
        self.assertEqual(written, holon("man", "--markdown").stdout, "write it anew: holon man --markdown > docs/cli.md")

    def test_man_takes_every_page(self):
        self.assertEqual(holon("man", self.folder / "man").returncode, 0)
        pages = {page.name: page for page in (self.folder / "man").iterdir()}
        self.assertEqual({f"holon-{verb.replace(' ', '-')}.1" for verb in verbs()} - set(pages), set())
        self.assertIn("holon.1", pages)
        self.assertNotIn("holon-complete.1", pages)
        for page in pages.values():
            ran = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, timeout=WITHIN_S,
                                 env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
            self.assertEqual((ran.returncode, ran.stderr), (0, ""), page.name)
            self.assertRegex(ran.stdout, r"(?s)NAME\n.*SYNOPSIS\n", page.name)
        up = subprocess.run(["man", "-l", pages["holon-up.1"]], capture_output=True, text=True, timeout=WITHIN_S,
                            env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8"}).stdout
        self.assertIn("holon up --placement monolith --port 9000", up)
        self.assertIn("--detach", up)

    def test_what_is_used_wrongly_is_2(self):
        for arguments in (["frobnicate"], [], ["ps", "--frobnicate"], ["completion", "tcsh"], ["exec", "echo"], ["logs", "--tail", "x"],
                          ["top", "--period", "0"], ["new"], ["scale"]):
            ran = holon(*arguments)
            self.assertEqual(ran.returncode, 2, f"{arguments}: {ran.stderr}")
            self.assertEqual(ran.stdout, "")
            self.assertNotEqual(ran.stderr, "")
        self.assertIn("there is no verb restrt; did you mean restart?", holon("restrt").stderr)
        self.assertIn("99999 is not a number from 0 to 65535", holon("up", "--port", "99999").stderr)


class Completion(Application):
    def proposed(self, *words):
        ran = subprocess.run(["bash", "--norc", "-c", PROPOSE, "bash", *map(str, words)], capture_output=True, text=True,
                             timeout=WITHIN_S, cwd=self.folder, env={**os.environ, "HOLON": str(PROGRAMS["holon"])})
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout.split()

    def test_bash_completes_verbs(self):
        self.assertEqual(self.proposed("re"), ["restart", "reload"])
        self.assertEqual(self.proposed("new", ""), ["app", "service"])
        self.assertNotIn("complete", self.proposed(""))

    def test_bash_completes_options(self):
        self.assertEqual(self.proposed("up", "--de"), ["--detach"])
        self.assertEqual(self.proposed("up", "-d", "--wa"), ["--wait", "--watch"])
        self.assertNotIn("--as-node", self.proposed("up", "--"))
        self.assertEqual(self.proposed("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.proposed("up", "--placement", "m"), ["monolith"])

    def test_bash_completes_hosts_of_what_runs(self):
        self.assertEqual(self.proposed("logs", "-f", "e"), ["echo", "echo.0"])
        self.assertEqual(self.proposed("stop", "echo", "r"), ["relay", "relay.0"])
        self.assertEqual(self.proposed("scale", "e"), ["echo="])
        self.assertEqual(self.proposed("logs", "--file", self.folder / "elsewhere/holon.yaml", ""), [])
        self.assertIn("probe.Relay/Pass", self.proposed("call", ""))

    def test_bash_completes_services_that_faults_are_put_on(self):
        self.assertEqual(self.proposed("fault", ""), ["add", "list", "remove"])
        self.assertEqual(self.proposed("fault", "add", "--from", "re"), ["relay"])
        self.assertEqual(self.proposed("fault", "add", "--to", "echo", "--method", "probe.E"), ["probe.Echo/Say"])

    def test_bash_completes_files_and_commands(self):
        self.assertEqual(self.proposed("ps", "-f", "hol"), ["holon.yaml"])
        self.assertIn("env", self.proposed("exec", "echo", "en"))

    def test_a_real_bash_takes_the_script(self):
        """With its own completion machinery, at a prompt: a name is begun, and Tab pressed."""
        script = self.folder / "bashrc"
        script.write_text(f"PATH={PROGRAMS['holon'].parent}:$PATH\ncd {self.folder}\nbind 'set enable-bracketed-paste off'\n"
                          "source <(holon completion bash)\necho ready to type\n")
        shown, _ = in_terminal("/bin/bash", "--noprofile", "--rcfile", script, "-i", until="ready to type",
                               keys=b"holon debug relay.\t --json\nexit\n")
        self.assertIn('"host":"relay.0"', shown)

    def test_a_real_zsh_takes_the_script(self):
        script = self.folder / ".zshrc"
        script.write_text(f"PATH={PROGRAMS['holon'].parent}:$PATH\ncd {self.folder}\nautoload -Uz compinit\n"
                          f"compinit -u -d {self.folder}/compdump\nsource <(holon completion zsh)\nunsetopt zle_bracketed_paste\n"
                          "precmd() { echo ready to type; }\n")
        shown, _ = in_terminal(ZSH, "-d", "-i", environment={"ZDOTDIR": str(self.folder)}, until="ready to type",
                               keys=b"holon debug relay.\t --json\nexit\n")
        self.assertIn('"host":"relay.0"', shown)

    def test_fish_takes_the_script(self):
        asked = f"set -x PATH {PROGRAMS['holon'].parent} $PATH; holon completion fish | source; complete -C'holon stop ec'"
        ran = subprocess.run([FISH, "--no-config", "-c", asked], capture_output=True, text=True, timeout=WITHIN_S, cwd=self.folder)
        self.assertEqual([line.split("\t") for line in ran.stdout.splitlines()],
                         [["echo", "all replicas"], ["echo.0", "ready"]], ran.stderr)
