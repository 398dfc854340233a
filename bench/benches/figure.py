"""A figure: what holon takes, what its peer takes, and the ratio."""

import datetime
import json
import os
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

TOP = Path(__file__).resolve().parents[2]
README = TOP / "README.md"
RESULTS = TOP / "build" / "bench" / "results"
MARKS = ("<!-- figures: written by ./bench/run --readme -->", "<!-- end of figures -->")


@dataclass
class Figure:
    bench: str
    metric: str
    unit: str
    holon: float
    peer: Optional[float] = None  # None where there is no peer, or it is not installed
    peer_name: Optional[str] = None
    handler: Optional[float] = None  # what the handlers alone take of it
    note: str = ""
    goal: Optional[float] = None        # the ratio to stay below
    goal_value: Optional[float] = None  # or holon's figure itself

    @property
    def ratio(self):
        return self.holon / self.peer if self.peer else None

    @property
    def reached(self):
        """Whether the goal is; None without one, or without a peer to compare with."""
        if self.goal_value is not None:
            return self.holon <= self.goal_value
        return None if self.goal is None or self.ratio is None else self.ratio <= self.goal

    @property
    def goal_text(self):
        text = text_of(self.goal) if self.goal_value is None else f"{text_of(self.goal_value)} {self.unit}"
        return text if self.reached is None else f"{text} {'✓' if self.reached else '✗'}"

    def as_json(self):
        values = {"bench": self.bench, "metric": self.metric, "holon": self.holon, "peer": self.peer,
                  "peer_name": self.peer_name, "ratio": self.ratio, "unit": self.unit, "goal": self.goal or self.goal_value,
                  "reached": self.reached}
        return json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()})


def text_of(value):
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def print_figures(figures, as_json):
    """Prints each figure as it comes, and gives them all."""
    shown_note, shown = None, []
    for index, figure in enumerate(figures):
        shown.append(figure)
        if as_json:
            print(figure.as_json(), flush=True)
            continue
        if index == 0:
            print(f"\n{figure.bench:<26}{'holon':>10}{'peer':>10}{'ratio':>8}{'goal':>10}{'handler':>10}  unit    peer")
        print(f"{figure.metric:<26}{text_of(figure.holon):>10}{text_of(figure.peer):>10}{text_of(figure.ratio):>8}"
              f"{figure.goal_text:>10}{text_of(figure.handler):>10}  {figure.unit:<7} {figure.peer_name or ''}", flush=True)
        if figure.note and figure.note != shown_note:
            shown_note = figure.note
            print(f"  {figure.note}")
    return shown


def markdown_of(figures):
    """A table of them, under a line that says where and when."""
    rows = [f"| {f.bench} | {f.metric} | {text_of(f.holon)} {f.unit} | "
            f"{f'{text_of(f.peer)} {f.unit} ({f.peer_name})' if f.peer else ''} | {text_of(f.ratio)} | {f.goal_text} |"
            for f in figures]
    day = datetime.date.today().isoformat()
    return "\n".join([f"On {os.cpu_count()} cores, {day}, all sides on the same machine and taking turns. Lower is better.", "",
                      "| benchmark | figure | holon | beside | ratio | goal |", "|---|---|---|---|---|---|", *rows]) + "\n"


def write_results(name, figures):
    """Leaves what was measured last in build/bench/results: NAME.json with a line for each figure, and NAME.md."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text("".join(figure.as_json() + "\n" for figure in figures))
    (RESULTS / f"{name}.md").write_text(markdown_of(figures))


def write_readme(figures):
    """Puts a table of these figures between the marks in README.md."""
    text = README.read_text()
    begin, end = text.index(MARKS[0]) + len(MARKS[0]), text.index(MARKS[1])
    README.write_text(text[:begin] + "\n" + markdown_of(figures) + text[end:])


def medians(runs):
    """{name: median} of a list of equal dictionaries of numbers."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
