#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py --out DIR [--kernel DIR] CELL...: results.json, report.md and
report.html from the files in build/bench/cells/."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from html import escape

import plot
from results import Results, geomean, ratio, spread

BASE = "plain"
UNIT = {"insns_per_op": "instructions per operation", "ns_per_op": "native nanoseconds per operation"}
# variant: (against, geometric mean at most, none above), as ratios
TARGETS = {
    "insns_per_op": {"stores": (BASE, 1.02, None), "all": (BASE, 1.05, 1.10),
                     "trusted": (BASE, 1.03, None), "plain": ("stock", 1.002, None)},
    "ns_per_op": {"all": (BASE, 1.03, None)},
}


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for words in f:
            if words.startswith("model name"):
                return words.split(":", 1)[1].strip()
    return platform.machine()


def machine(kernel):
    release = os.path.join(kernel, "include/config/kernel.release")
    here = os.path.dirname(os.path.abspath(__file__))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "processors": os.cpu_count(),
        "host": platform.release(),
        "kernel": first_line("cat", release),
        "modbounds": first_line("git", "-C", here, "describe", "--always", "--dirty"),
        "gcc": first_line("gcc-12", "-dumpfullversion"),
        "qemu": first_line("qemu-system-x86_64", "--version"),
        "fio": first_line("fio", "--version"),
        "iperf3": first_line("iperf3", "--version"),
    }


def read_cells(paths):
    rows, broken = [], []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as f:
                rows += [json.loads(line) for line in f]
        except (OSError, ValueError):
            broken.append(os.path.basename(path))
    return rows, broken


# --- what the report says: headings, paragraphs, tables and plots ------------

def fixed(value, digits=3):
    return "" if value is None else f"{value:.{digits}f}"


def workloads(results, metric):
    return [(r["driver"], r["workload"]) for r in results.rows
            if r["metric"] == metric and r["variant"] == BASE and r["value"]]


def ratios(results, metric, variant, base):
    """[(ratio, driver, workload)], worst first."""
    found = []
    for driver, workload in workloads(results, metric):
        r = ratio(results.get(metric, driver, workload, variant), results.get(metric, driver, workload, base))
        if r is not None:
            found.append((r, driver, workload))
    return sorted(found, reverse=True)


def summary(results, metric):
    """A row for each variant: against what, mean, worst, target, met."""
    table = []
    for variant in results.names("variant", metric=metric):
        against, mean_target, worst_target = TARGETS[metric].get(variant, (BASE, None, None))
        if variant == against:
            continue
        found = ratios(results, metric, variant, against)
        if not found:
            continue
        mean, worst = geomean([r for r, _, _ in found]), found[0]
        targets, met = [], True
        if mean_target:
            targets.append(f"mean at most {mean_target}")
            met = met and mean <= mean_target
        if worst_target:
            targets.append(f"none above {worst_target:.2f}")
            met = met and worst[0] <= worst_target
        table.append([variant, against, len(found), fixed(mean), f"{worst[0]:.3f} ({worst[1]}, {worst[2]})",
                      ", ".join(targets), ("yes" if met else "no") if targets else ""])
    return table


def against_kasan(results):
    """Overhead of checks relative to that of KASAN on the driver alone, both as means."""
    both = []
    for variant in ("all", "kasan-driver"):
        mean = geomean([r for r, d, _ in ratios(results, "insns_per_op", variant, BASE)])
        both.append(mean)
    if None in both or both[1] <= 1:
        return []
    share = (both[0] - 1) / (both[1] - 1)
    return [("text", f"Overhead of all checks is {share:.2f} times that of KASAN on the driver alone "
                     f"(target: at most 0.1; {'met' if share <= 0.1 else 'missed'}).")]


def details(results, metric):
    """A row for each driver and workload, a column for each variant."""
    variants = [v for v in results.names("variant", metric=metric) if v != BASE]
    table, groups = [], []
    for driver, workload in workloads(results, metric):
        base = results.get(metric, driver, workload, BASE)
        found = [ratio(results.get(metric, driver, workload, v), base) for v in variants]
        table.append([driver, workload, f"{base['value']:.0f}", f"{spread(base['runs']):.2%}"] + [fixed(r) for r in found])
        groups.append((f"{driver} {workload}", [None if r is None else 100 * (r - 1) for r in found]))
    return variants, table, groups


def violations(results):
    rows = [r for r in results.rows if r["violations"]]
    if not rows:
        return [("text", f"No violation in {len(results.rows)} figures.")]
    return [("table", ["driver", "workload", "variant", "violations"],
             [[r["driver"], r["workload"], r["variant"], r["violations"]] for r in rows])]


def growth(results):
    """A plot and a table for each curve; time on the wall says little but as a ratio."""
    blocks = []
    rows = [r for r in results.rows if "x" in r]
    for driver, metric, workload in dict.fromkeys((r["driver"], r["metric"], r["workload"]) for r in rows):
        series = {}
        for r in rows:
            if (r["driver"], r["metric"], r["workload"]) != (driver, metric, workload):
                continue
            value, name = r["value"], r["variant"]
            if metric == "wall_ns_per_op":
                value = ratio(r, results.get(metric, driver, workload, BASE, r["x"]))
                name += f" to {BASE}"
                if r["variant"] == BASE or value is None:
                    continue
            series.setdefault(name, []).append((r["x"], value))
        if not series:
            continue
        places = sorted({x for s in series.values() for x, _ in s})
        blocks += [("heading", f"{driver}: {metric} by {workload}" if driver == "growth" else f"{driver}: {workload}"),
                   ("plot", plot.curves(series, workload, metric)),
                   ("table", [workload] + list(series),
                    [[f"{x:g}"] + [f"{dict(s)[x]:.5g}" if x in dict(s) else "" for s in series.values()] for x in places])]
    return blocks


def plain_figures(results):
    """What is neither a workload nor a curve: variants side by side."""
    rows = [r for r in results.rows if r["metric"] not in UNIT and "x" not in r and r["metric"] != "verified"]
    if not rows:
        return []
    variants = list(dict.fromkeys(r["variant"] for r in rows))
    table = []
    for driver, workload, metric in dict.fromkeys((r["driver"], r["workload"], r["metric"]) for r in rows):
        found = [results.get(metric, driver, workload, v) for v in variants]
        table.append([driver, metric] + ["" if f is None else f"{f['value']:.10g}" for f in found])
    return [("heading", "Loading, memory, compiling, text"), ("table", ["driver", "metric"] + variants, table)]


def contents(results):
    blocks = [("title", "What checking costs"),
              ("table", ["", ""], [[k, v] for k, v in results.machine.items()]),
              ("heading", "Violations")] + violations(results)
    verified = [r for r in results.rows if r["metric"] == "verified"]
    if verified:
        blocks.append(("text", f"Data was written and read back without a difference in {len(verified)} guests."))
    for metric, unit in UNIT.items():
        if not workloads(results, metric):
            continue
        variants, table, groups = details(results, metric)
        blocks += [("heading", unit.capitalize()),
                   ("table", ["variant", "against", "workloads", "geometric mean", "worst", "target", "met"],
                    summary(results, metric))]
        if metric == "insns_per_op":
            blocks += against_kasan(results)
        blocks += [("text", f"Ratios to {BASE}, whose figure and spread are given:"),
                   ("table", ["driver", "workload", BASE, "spread"] + variants, table),
                   ("text", f"Percent more than {BASE}:"), ("plot", plot.bars(groups, variants))]
    return blocks + growth(results) + plain_figures(results)


# --- as Markdown and as HTML ---------------------------------------------------

def markdown(blocks):
    lines = []
    for kind, *rest in blocks:
        if kind == "title":
            lines += [f"# {rest[0]}", ""]
        elif kind == "heading":
            lines += [f"## {rest[0]}", ""]
        elif kind == "text":
            lines += [rest[0], ""]
        elif kind == "table":
            header, rows = rest
            for row in [header, ["---"] * len(header)] + rows:
                lines.append("| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |")
            lines.append("")
    return "\n".join(lines)


STYLE = ("body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
         "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}")


def html(blocks):
    body = []
    for kind, *rest in blocks:
        if kind == "title":
            body.append(f"<h1>{escape(rest[0])}</h1>")
        elif kind == "heading":
            body.append(f"<h2>{escape(rest[0])}</h2>")
        elif kind == "text":
            body.append(f"<p>{escape(rest[0])}</p>")
        elif kind == "plot":
            body.append(rest[0])
        elif kind == "table":
            header, rows = rest
            body.append("<table>")
            for tag, row in [("th", header)] + [("td", r) for r in rows]:
                body.append("<tr>" + "".join(f"<{tag}>{escape(str(c))}</{tag}>" for c in row) + "</tr>")
            body.append("</table>")
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>modbounds: what checking costs</title>'
            f'<style>{STYLE}</style></head><body>{"".join(body)}</body></html>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--kernel", default="")
    parser.add_argument("cells", nargs="+")
    args = parser.parse_args()
    rows, broken = read_cells(args.cells)
    if not rows:
        sys.exit("error: nothing was measured")
    data = {"machine": machine(args.kernel), "results": [{k: v for k, v in r.items() if k != "key"} for r in rows]}
    results = Results(data["machine"], data["results"])
    blocks = contents(results)
    if broken:
        blocks.insert(1, ("text", "Missing: " + ", ".join(broken)))
    outputs = {"results.json": json.dumps(data, indent=1) + "\n", "report.md": markdown(blocks), "report.html": html(blocks)}
    for name, words in outputs.items():
        path = os.path.join(args.out, name)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(words)
        os.replace(path + ".new", path)
    print(outputs["report.md"])
    print(f"{args.out}/report.html, report.md, results.json")
    if any(r["violations"] for r in rows):
        sys.exit("error: a correct driver was accused")


if __name__ == "__main__":
    main()
