#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""compare.py OLD.json NEW.json: what changed between two results, beyond noise."""

import sys

from results import Results, spread

# What is never called a change: icount figures repeat to 0.5 %, time to 2 %.
FLOOR = {"insns_per_op": 0.005, "ns_per_op": 0.02}


def noise(metric, old, new):
    """How far apart two medians may be and still say nothing: the floor, or three
    times what the runs of both scatter."""
    return max(FLOOR.get(metric, 0.02), 3 * spread(old["runs"]), 3 * spread(new["runs"]))


def compare(old, new):
    """Lines of text: changes, worst first, then what only one of both has."""
    changes, same, lines = [], 0, []
    for key, a in old.by.items():
        b = new.by.get(key)
        if b is None:
            continue
        if a["value"]:
            change = b["value"] / a["value"] - 1
        else:
            change = 0.0 if not b["value"] else float("inf")
        name = " ".join(str(k) for k in key if k is not None)
        if (a["violations"] or 0) != (b["violations"] or 0):
            lines.append(f"{name}: violations {a['violations']} -> {b['violations']}")
        if abs(change) > noise(key[0], a, b):
            changes.append((change, f"{name}: {a['value']:g} -> {b['value']:g} ({change:+.1%})"))
        else:
            same += 1
    lines += [text for _, text in sorted(changes, reverse=True)]
    lines.append(f"{len(changes)} changed beyond noise, {same} did not")
    for which, only in (("old", old.by.keys() - new.by.keys()), ("new", new.by.keys() - old.by.keys())):
        if only:
            lines.append(f"{len(only)} only in the {which} results")
    return lines


def main():
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.exit("error: two results are compared: make bench-compare OLD=a.json NEW=b.json")
    both = []
    for path in sys.argv[1:]:
        try:
            both.append(Results.load(path))
        except (OSError, ValueError) as e:
            sys.exit(f"error: {path}: {e}")
    print("\n".join(compare(*both)))


if __name__ == "__main__":
    main()
