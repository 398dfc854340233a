#!/usr/bin/env python3
"""Checks the tree's style: tidy.py RULE…, or --edges for what docs/design/includes.txt should say."""

import importlib
import sys

RULES = ["includes", "headers", "world", "try", "text", "quotes"]


def main(arguments):
    if arguments == ["--edges"]:
        print("\n".join(importlib.import_module("rule_includes").actual_edges()))
        return 0
    unknown = [rule for rule in arguments if rule not in RULES]
    if unknown or not arguments:
        sys.exit(f"{__doc__}\nrules: {' '.join(RULES)}")
    problems = [problem for rule in arguments for problem in importlib.import_module(f"rule_{rule}").check()]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
