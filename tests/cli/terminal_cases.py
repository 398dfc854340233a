"""What a terminal shows: tables within its width, colours unless NO_COLOR, Ctrl-C."""

import re
import unicodedata

from lib import PROGRAMS, Application, in_terminal

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def width(text):
    """Columns that a terminal needs for it."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


class Terminal(Application):
    relay_owner = "\u7d44\u7d44\u7d44-relay"  # the first three take two columns each

    def ps(self, columns, environment=None):
        """What `holon ps` shows, with escapes and without them."""
        shown, code = in_terminal(PROGRAMS["holon"], "ps", "-f", self.file, columns=columns, environment=environment)
        self.assertEqual(code, 0, shown)
        return shown, ESCAPE.sub("", shown)

    def test_a_wide_terminal_has_every_column_whole(self):
        table = self.ps(200)[1].splitlines()[1:]
        self.assertEqual(table[0].split(), ["HOST", "STATE", "PID", "UP", "RESTARTS", "SERVICES", "OWNERS", "TROUBLE"])
        self.assertRegex(table[1], r"^echo\.0 +ready +\d+ +\d+ s +0 +probe\.Echo +team-echo$")

    def test_a_table_fits_and_what_is_most_useful_goes_last(self):
        columns = 2 + max(map(width, self.ps(200)[1].splitlines()[2:]))  # its age may take one more soon
        whole = self.ps(columns)[1].splitlines()[1:]
        self.assertNotIn("TROUBLE", whole[0])  # nothing stands in it
        self.assertRegex(whole[1], r"^echo\.0 .* team-echo$")
        narrow = self.ps(columns - 5)[1].splitlines()[1:]
        self.assertTrue(all(width(line) <= columns - 5 for line in narrow), narrow)
        self.assertIn("…", "".join(narrow))
        self.assertIn("OWNERS", narrow[0])
        self.assertRegex(narrow[2], "\u7d44\u7d44\u7d44-r?…$")
        thirty = self.ps(30)[1].splitlines()[1:]
        self.assertTrue(all(width(line) <= 30 for line in thirty), thirty)
        self.assertNotIn("OWNERS", thirty[0])
        self.assertRegex(thirty[1], r"^echo\.0 +ready")
        ten = self.ps(10)[1].splitlines()[1:]
        self.assertEqual([line.split()[0] for line in ten], ["HOST", "echo.0", "relay.0", "gateway.0"])

    def test_without_a_terminal_nothing_is_shortened_or_coloured(self):
        shown = self.verb("ps").stdout
        self.assertNotIn("\x1b", shown)
        self.assertNotIn("…", shown)
        self.assertIn(self.relay_owner, shown)

    def test_colour_is_for_terminals_and_can_be_refused(self):
        self.assertIn("\x1b[32mready\x1b[0m", self.ps(120)[0])
        self.assertNotIn("\x1b", self.ps(120, {"NO_COLOR": "1"})[0])
        self.assertIn("\x1b", self.ps(120, {"NO_COLOR": ""})[0])

    def test_top_is_drawn_again_until_ctrl_c(self):
        shown, code = in_terminal(PROGRAMS["holon"], "top", "-f", self.file, "--period", "0.1", until="echo.0", keys=b"\x03")
        self.assertEqual(code, 130)
        self.assertIn("\x1b[H\x1b[2J", shown)
        once, code = in_terminal(PROGRAMS["holon"], "top", "-f", self.file, "--once")
        self.assertEqual(code, 0)
        self.assertNotIn("\x1b[H", once)

    def test_a_command_of_exec_has_the_terminal(self):
        shown, code = in_terminal(PROGRAMS["holon"], "exec", "-f", self.file, "echo", "sh", "-c",
                                  "test -t 0 && test -t 1 && echo it is one; read answer; exit 5", until="it is one", keys=b"on\n")
        self.assertEqual(code, 5, shown)
