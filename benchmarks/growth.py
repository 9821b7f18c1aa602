"""Draws what `check` costs against how many rows it judges, as one SVG.

    python benchmarks/end_to_end.py 10000 100000 1000000 10000000 --plot docs/growth.svg
    python benchmarks/growth.py figures.json docs/growth.svg      # drawn again from --json

Both axes are logarithmic, so a straight line of slope one is linear growth.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 56, 44, 56
STEP = 1.15
"""What a step may cost beyond linear."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .quiet { fill: #57606a; font-size: 12px }
.grid { stroke: #d0d7de; stroke-width: 1 } .linear { stroke: #57606a; stroke-dasharray: 5 4 }
.band { fill: #57606a; opacity: .12 } .cost { stroke: #0969da; stroke-width: 2; fill: none }
circle { fill: #0969da } .back { fill: #fff }
"""


def draw(seconds: Mapping[int, float], note: str = "") -> str:
    """Return the SVG; seconds: rows -> CPU seconds of `check`."""
    rows = sorted(seconds)
    low, high = math.floor(math.log10(rows[0])), math.ceil(math.log10(rows[-1]))
    costs = [seconds[one] for one in rows]
    least = math.floor(math.log10(min(min(costs), costs[-1] * rows[0] / rows[-1])))
    most = math.ceil(math.log10(max(costs) * STEP))

    def x(count: float) -> float:
        share = (math.log10(count) - low) / max(1, high - low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(cost: float) -> float:
        share = (math.log10(cost) - least) / max(1, most - least)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>']
    parts += [_line(x(10**n), TOP, x(10**n), HEIGHT - BOTTOM) for n in range(low, high + 1)]
    parts += [_line(LEFT, y(10**n), WIDTH - RIGHT, y(10**n)) for n in range(least, most + 1)]
    parts += [
        _text(x(10**n), HEIGHT - BOTTOM + 20, f"{10**n:,}", "middle") for n in range(low, high + 1)
    ]
    parts += [
        _text(LEFT - 8, y(10**n) + 4, f"{10.0**n:g} s", "end") for n in range(least, most + 1)
    ]
    parts.append(_text(WIDTH / 2, HEIGHT - 12, "rows", "middle"))
    parts.append(_text(LEFT, 26, "CPU seconds of check, from start to exit", "start"))
    each = costs[-1] / rows[-1]
    ends = (10.0**low, 10.0**high)
    corners = [(end, end * each * factor) for end, factor in zip(ends, (1, 1), strict=True)]
    corners += [(end, end * each / STEP) for end in reversed(ends)]
    inside = [(count, max(cost, 10.0**least)) for count, cost in corners]
    parts.append(f'<polygon class="band" points="{_points(inside, x, y)}"/>')
    parts.append(_line(*(v for c, s in inside[:2] for v in (x(c), y(s))), kind="linear"))
    parts.append(f'<polyline class="cost" points="{_points(seconds.items(), x, y)}"/>')
    for count, cost in zip(rows, costs, strict=True):
        parts.append(f'<circle cx="{x(count):.1f}" cy="{y(cost):.1f}" r="4"/>')
        told = f"{cost:.3g} s, {cost / count * 1e6:.3g} µs a row"
        end = "end" if x(count) > WIDTH * 0.6 else "start"
        beside, under = (-10, -12) if end == "end" else (6, 24)
        parts.append(_text(x(count) + beside, y(cost) + under, told, end))
    told = f"dashed: linear through the last point; the band below it: {STEP} times less. {note}"
    parts.append(_text(WIDTH - RIGHT - 8, HEIGHT - BOTTOM - 10, told.strip(), "end", "quiet"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>Cost of check against rows</title>\n<style>{STYLE}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _points(pairs, x, y) -> str:  # type: ignore[no-untyped-def]
    return " ".join(f"{x(count):.1f},{y(cost):.1f}" for count, cost in sorted(pairs))


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{mark}>{text}</text>'


if __name__ == "__main__":
    figures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    drawn = draw({int(rows): them["check"]["cpu"] for rows, them in figures.items()})
    Path(sys.argv[2]).write_text(drawn, encoding="utf-8")
