# SPDX-License-Identifier: GPL-2.0
"""Plots as inline SVG: bars of ratios, curves.  No library, no network."""

import math
from html import escape

COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#222222"]


def svg(width, height, body):
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
            f'font-family="sans-serif" font-size="11">{"".join(body)}</svg>')


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(str(words))}</text>'


def line(x1, y1, x2, y2, colour="#999"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def legend(names, x, y):
    body = []
    for i, name in enumerate(names):
        body.append(f'<rect x="{x + i * 110}" y="{y - 9}" width="10" height="10" fill="{COLOURS[i % 8]}"/>')
        body.append(text(x + i * 110 + 14, y, name))
    return body


def nice(top):
    """A step of 1, 2 or 5 times a power of ten that divides 0..top in about five."""
    raw = top / 5
    power = 10 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw)


def bars(groups, names):
    """Overheads in percent: groups is [(label, [value or None for each name])]."""
    bar, gap, left, right, head = 9, 10, 190, 520, 40
    shown = [v for _, values in groups for v in values if v is not None]
    top = max([5.0] + shown)
    height = head + sum(len(names) * bar + gap for _ in groups)
    scale = right / top
    body, step = legend(names, left, 14), nice(top)
    for i in range(int(top / step) + 1):
        x = left + i * step * scale
        body += [line(x, head - 6, x, height, "#ddd"), text(x, head - 8, f"{i * step:g} %", "middle")]
    y = head
    for label, values in groups:
        body.append(text(left - 6, y + len(names) * bar / 2 + 4, label, "end"))
        for i, value in enumerate(values):
            if value is not None:
                body.append(f'<rect x="{left}" y="{y}" width="{max(value, 0) * scale:.1f}" height="{bar - 1}" '
                            f'fill="{COLOURS[i % 8]}"/>')
                body.append(text(left + max(value, 0) * scale + 3, y + bar - 1, f"{value:.1f}"))
            y += bar
        y += gap
    return svg(left + right + 60, height, body)


def curves(series, x_name, y_name):
    """series is {name: [(x, y)]}; x is on a logarithmic scale."""
    width, height, left, bottom = 560, 260, 70, 40
    points = [p for s in series.values() for p in s]
    xs = [math.log2(max(x, 1)) for x, _ in points]
    low, high = min(xs), max(max(xs), min(xs) + 1)
    top = max(max(y for _, y in points), 1e-9) * 1.1

    def place(x, y):
        return (left + (math.log2(max(x, 1)) - low) / (high - low) * (width - left - 20),
                height - bottom - max(y, 0) / top * (height - bottom - 30))

    body, step = legend(list(series), left, 14), nice(top)
    for i in range(int(top / step) + 1):
        _, y = place(1, i * step)
        body += [line(left, y, width - 20, y, "#ddd"), text(left - 6, y + 4, f"{i * step:g}", "end")]
    for x in sorted({x for x, _ in points}):
        body.append(text(place(x, 0)[0], height - bottom + 16, f"{x:g}", "middle"))
    body += [text((left + width) / 2, height - 6, x_name, "middle"), text(4, 28, y_name)]
    for i, s in enumerate(series.values()):
        at = [place(x, y) for x, y in sorted(s)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        body.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[i % 8]}" stroke-width="2"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[i % 8]}"/>' for x, y in at]
    return svg(width, height, body)
