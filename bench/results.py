# SPDX-License-Identifier: GPL-2.0
"""Results of the benchmarks: reading them, and the arithmetic of comparing."""

import json
import math
import statistics


class Results:
    """What build/bench/results.json holds."""

    def __init__(self, machine, rows):
        self.machine = machine
        self.rows = rows
        self.by = {(r["metric"], r["driver"], r["workload"], r["variant"], r.get("x")): r for r in rows}

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        if not isinstance(data, dict) or "results" not in data or "machine" not in data:
            raise ValueError("not results of make bench")
        for row in data["results"]:
            for key in ("driver", "workload", "variant", "metric", "value", "runs", "violations"):
                if key not in row:
                    raise ValueError(f"a result without '{key}'")
        return cls(data["machine"], data["results"])

    def get(self, metric, driver, workload, variant, x=None):
        return self.by.get((metric, driver, workload, variant, x))

    def names(self, key, **where):
        """Values of a key in the order in which they first appear."""
        return list(dict.fromkeys(r[key] for r in self.rows
                                  if all(r.get(k) == v for k, v in where.items())))


def pairs(row, base):
    """Ratios run by run, where both have runs that belong together."""
    return [a / b for a, b in zip(row["runs"], base["runs"]) if b]


def ratio(row, base):
    """row to base, or None: native time pair by pair, as the runs were in turn."""
    if not row or not base or not base["value"]:
        return None
    if row["metric"] in ("ns_per_op", "wall_ns_per_op") and pairs(row, base):
        return statistics.median(pairs(row, base))
    return row["value"] / base["value"]


def geomean(values):
    values = [v for v in values if v]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def spread(runs):
    """Half of the distance between the quartiles, relative to the median; of few
    runs, half of the range."""
    if len(runs) < 2:
        return 0.0
    middle = statistics.median(runs)
    if not middle:
        return 0.0
    if len(runs) < 4:
        return (max(runs) - min(runs)) / 2 / abs(middle)
    q = statistics.quantiles(runs, n=4)
    return (q[2] - q[0]) / 2 / abs(middle)
