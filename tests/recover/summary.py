#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What became of each cell of the matrix.

summary.py --one OUTPUT: one, in a line.
summary.py DIRECTORY NAME: all, as a table, as NAME.json and as a plot of how long each
rung of the ladder takes, NAME.svg.
"""

import glob
import json
import os
import re
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../bench"))
from plot import COLOURS, line, nice, svg, text  # noqa: E402

# The fault is still there after each restart, or the driver has no device: it is not to come back.
STAYS_DOWN = {"always", "hang"}
NO_DEVICE = {"null_blk", "veth"}


def read(path):
    """A guest's output: its first word for each name, its history of states, and the uevents of them."""
    said, history, uevents = {}, [], []
    with open(path, encoding="utf-8", errors="replace") as f:
        for row in f:
            name, _, value = row.rstrip("\n").partition(" ")
            if name == "history":
                history.append(value.split()[1:])
            elif name == "uevent":
                uevents.append(re.sub(r"^STATE=(\S*).*", r"\1", value))
            elif re.fullmatch(r"[a-z_]+", name):
                said.setdefault(name, value)
    return said, history, uevents


def rung(said, history, policy):
    """What brought it back, or where it ended."""
    if policy == "panic":
        return "panic"
    if said.get("rung") == "reboot":
        return "reboot"
    if said.get("unloaded"):
        return "unload"
    for state, tried in reversed(history):
        if state in ("down", "failed", "quarantined"):
            return state
        if state == "running":
            return tried
    return "none"


def cell(path):
    name = os.path.basename(path)[:-len(".out")]
    driver, place, policy = name.rsplit("-", 2)
    said, history, uevents = read(path)
    rc = int(said.get("rc", 126))
    panicked = rc == 125 and "Kernel panic - not syncing: modbounds:" in open(path, encoding="utf-8", errors="replace").read()
    alive = "alive" in said and rc == 0
    c = {
        "driver": driver, "place": place, "policy": policy,
        "rung": rung(said, history, policy),
        "alive": alive,
        "service": said.get("service") == "back",
        "downtime_ms": None, "recovery_ms": None,
        "connections_kept": None, "lost_writes": None,
        "reports": int(said.get("reports", 0)), "restarts": int(said.get("restarts", 0)),
    }
    gap = said.get("udp_gap_ms") or said.get("disk_gap_ms")
    if gap and place != "remove" and c["service"]:
        c["downtime_ms"] = int(gap)
    if int(said.get("recovery_last_ms", 0) or 0):
        c["recovery_ms"] = int(said["recovery_last_ms"])
    if "connection" in said:
        c["connections_kept"] = said["connection"] == "kept" and said.get("load") == "well"
    elif "errors" in said:
        c["connections_kept"] = said["errors"] == "0" and said.get("load") == "well"
    if said.get("lost_writes", "unknown").isdigit():
        c["lost_writes"] = int(said["lost_writes"])
    # As it should be: what policy and place allow.
    if policy == "panic":
        c["as_asked"] = panicked
    elif policy == "reboot":
        c["as_asked"] = alive and c["rung"] == "reboot"
    elif policy == "contain":
        c["as_asked"] = alive and c["rung"] == "running" or said.get("by_a_person") == "back"
    elif driver in NO_DEVICE:
        c["as_asked"] = alive and c["rung"] == "down"
    elif place == "hang":
        c["as_asked"] = alive and c["rung"] == "failed"
    elif place in STAYS_DOWN:
        c["as_asked"] = alive and c["rung"] == "down" and said.get("by_a_person") == "back"
    else:
        c["as_asked"] = alive and c["service"] and not c["lost_writes"]
    # Each change of state is told; the history has the last ones.
    told = [state for state, _ in history]
    if alive and told and uevents[:len(told)] != told and uevents[-len(told):] != told:
        c["as_asked"], c["trouble"] = False, f"uevents: {' '.join(uevents)}; states: {' '.join(told)}"
    if alive and not c["reports"]:
        c["as_asked"], c["trouble"] = False, "the driver has not come to that place"
    for row in open(path, encoding="utf-8", errors="replace"):
        if row.startswith("guest: ") and "trouble" not in c:
            c["trouble"] = row[len("guest: "):].strip()
    return c


def words(c):
    def show(value):
        return {None: "-", True: "yes", False: "no"}.get(value, value) if not isinstance(value, int) \
            or isinstance(value, bool) else value

    return (f"{c['driver']:<11} {c['place']:<10} {c['policy']:<8} {c['rung']:<8} {show(c['alive']):<6} "
            f"{show(c['service']):<8} {show(c['downtime_ms']):>8} {show(c['recovery_ms']):>9} "
            f"{show(c['connections_kept']):<5} {show(c['lost_writes']):>5} {c['reports']:>8}  "
            f"{'' if c['as_asked'] else 'NOT AS ASKED: ' + c.get('trouble', '')}")


HEAD = (f"{'driver':<11} {'place':<10} {'policy':<8} {'rung':<8} {'alive':<6} {'service':<8} {'away ms':>8} "
        f"{'ladder ms':>9} {'kept':<5} {'lost':>5} {'reports':>8}")


def plot(cells):
    """A dot for each cell: its rung, and how long the service was away."""
    times = {}
    for c in cells:
        if c["downtime_ms"] is not None and c["rung"] in ("reset", "rebind"):
            times.setdefault(c["rung"], []).append(c["downtime_ms"])
    top = max([100] + [t for all_times in times.values() for t in all_times])
    left, right, row, head = 70, 480, 40, 30
    body, step = [], nice(top)
    height = head + row * max(len(times), 1)
    for i in range(int(top / step) + 1):
        x = left + i * step / top * right
        body += [line(x, head - 6, x, height, "#ddd"), text(x, head - 10, f"{i * step:g} ms", "middle")]
    for i, (name, all_times) in enumerate(sorted(times.items())):
        y = head + i * row + row / 2
        body.append(text(left - 8, y + 4, name, "end"))
        for t in all_times:
            body.append(f'<circle cx="{left + t / top * right:.1f}" cy="{y}" r="4" fill="{COLOURS[i]}" '
                        f'fill-opacity="0.5"/>')
        middle = left + statistics.median(all_times) / top * right
        body.append(line(middle, y - 12, middle, y + 12, "#000"))
    return svg(left + right + 40, height, body).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def main():
    if sys.argv[1] == "--one":
        print(words(cell(sys.argv[2])), flush=True)
        return
    directory, name = sys.argv[1:3]
    cells = [cell(p) for p in sorted(glob.glob(os.path.join(directory, "*.out"))) if os.path.exists(p + ".state")]
    with open(name + ".json", "w", encoding="utf-8") as f:
        json.dump(cells, f, indent=1)
        f.write("\n")
    with open(name + ".svg", "w", encoding="utf-8") as f:
        f.write(plot(cells) + "\n")
    print(HEAD)
    for c in cells:
        print(words(c))
    survivors = [c for c in cells if c["policy"] != "panic"]
    back = [c for c in cells if c["policy"] == "restart" and c["place"] not in STAYS_DOWN and c["driver"] not in NO_DEVICE]
    print(f"machine alive: {sum(c['alive'] for c in survivors)} of {len(survivors)}")
    print(f"service back: {sum(c['service'] for c in back)} of {len(back)}")
    print(f"as asked: {sum(bool(c['as_asked']) for c in cells)} of {len(cells)}")
    for name in ("reset", "rebind"):
        times = [c["downtime_ms"] for c in cells if c["rung"] == name and c["downtime_ms"] is not None]
        if times:
            print(f"away by {name}: median {statistics.median(times):.0f} ms, at most {max(times)} ms, {len(times)} cells")
    print(f"acknowledged writes lost: {sum(c['lost_writes'] or 0 for c in cells)} "
          f"in {sum(c['lost_writes'] is not None for c in cells)} cells")


main()
