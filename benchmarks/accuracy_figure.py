"""Error against seconds as one SVG: a panel for each row, both axes logarithmic, legible on light and on dark."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Curve = Sequence[tuple[float, float]]  # (seconds, error)
WIDTH, HEIGHT, COLUMNS = 320, 250, 3
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 34, 40


@dataclass(frozen=True)
class Way:
    """How a way of training is called and drawn: its colours on light and on dark, after Okabe and Ito, and its dashes."""

    label: str
    light: str
    dark: str
    dashes: str = "none"


WAYS = {
    "recommended": Way("Tangente, the problem's recipe", "#0072b2", "#56b4e9"),
    "accurate": Way("Tangente, SSBroyden for long", "#007a5a", "#2fcf9f", "7 3"),
    "adam": Way("Tangente, Adam alone", "#6b6b6b", "#a8a8a8", "2 3"),
    "deepxde": Way("DeepXDE, Adam then L-BFGS", "#b34700", "#f0a050", "9 3 2 3"),
}


def figure(rows: Mapping[str, Mapping[str, Sequence[Curve]]]) -> str:
    """The SVG of rows' curves by way; one way's curves of a row are its seeds', of equal length: their median, in a band of all."""
    panels = [_placed(place, _panel(name, ways)) for place, (name, ways) in enumerate(rows.items())]
    shown = [way for way in WAYS if any(way in ways for ways in rows.values())]
    panels.append(_placed(len(rows), _legend(shown)))
    width, height = COLUMNS * WIDTH, math.ceil(len(panels) / COLUMNS) * HEIGHT
    title = "<title>Relative L2 error against processor seconds</title>"
    open_ = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
    return "\n".join([open_, title, _style(), f'<rect class="paper" width="{width}" height="{height}"/>', *panels, "</svg>\n"])


def _style() -> str:
    colours = {"light": ("#ffffff", "#1a1a1a", "#dddddd"), "dark": ("#0e1117", "#fafafa", "#33363d")}
    rules = {}
    for scheme, (paper, ink, grid) in colours.items():
        ways = [(name, getattr(way, scheme), way.dashes) for name, way in WAYS.items()]
        lines = " ".join(f".{n}{{stroke:{c};stroke-dasharray:{d}}} .band.{n}{{fill:{c};stroke:none}}" for n, c, d in ways)
        rules[scheme] = f".paper{{fill:{paper}}} text{{fill:{ink}}} .grid{{stroke:{grid}}} {lines}"
    fixed = "text{font:11px system-ui,sans-serif} .name{font-size:13px;font-weight:600} path{fill:none;stroke-width:2} .band{opacity:.18}"
    return f"<style>{fixed} {rules['light']} @media (prefers-color-scheme: dark){{{rules['dark']}}}</style>"


def _placed(place: int, content: str) -> str:
    return f'<g transform="translate({place % COLUMNS * WIDTH} {place // COLUMNS * HEIGHT})">{content}</g>'


def _panel(name: str, ways: Mapping[str, Sequence[Curve]]) -> str:
    points = [point for curves in ways.values() for curve in curves for point in curve]
    across = _Axis.around([seconds for seconds, _ in points], LEFT, WIDTH - RIGHT)
    up = _Axis.around([error for _, error in points], HEIGHT - BOTTOM, TOP)
    parts = [f'<text class="name" x="{LEFT}" y="20">{escape(name)}</text>']
    for power in across.powers():
        x, y = across.at(10.0**power), HEIGHT - BOTTOM
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{y}"/>')
        parts.append(f'<text text-anchor="middle" x="{x}" y="{y + 15}">{10.0**power:g}</text>')
    for power in up.powers():
        y = up.at(10.0**power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text text-anchor="end" x="{LEFT - 5}" y="{y + 4}">1e{power}</text>')
    parts.append(f'<text text-anchor="middle" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}">processor seconds</text>')
    for way in (way for way in WAYS if way in ways):
        moments = list(zip(*ways[way], strict=True))  # of each moment, the seeds' points
        low = [(across.at(middle(m, 0)), up.at(min(e for _, e in m))) for m in moments]
        high = [(across.at(middle(m, 0)), up.at(max(e for _, e in m))) for m in moments]
        if len(ways[way]) > 1:
            parts.append(f'<path class="band {way}" d="{_path([*low, *reversed(high)])}Z"/>')
        parts.append(f'<path class="{way}" d="{_path([(across.at(middle(m, 0)), up.at(middle(m, 1))) for m in moments])}"/>')
    return "".join(parts)


def _legend(ways: Sequence[str]) -> str:
    lines = [f'<path class="{way}" d="M{LEFT} {TOP + 24 * place}h40"/>' for place, way in enumerate(ways)]
    texts = [f'<text x="{LEFT + 50}" y="{TOP + 4 + 24 * place}">{escape(WAYS[way].label)}</text>' for place, way in enumerate(ways)]
    note = f'<text x="{LEFT}" y="{TOP + 12 + 24 * len(ways)}">relative L2 error, both axes logarithmic</text>'
    return "".join([*lines, *texts, note])


def middle(points: Sequence[tuple[float, float]], part: int) -> float:
    """The median of the seeds' seconds (0) or errors (1) at one moment."""
    return statistics.median(point[part] for point in points)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


@dataclass(frozen=True)
class _Axis:
    """Maps the decades from 10^low to 10^high to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        """An axis as long as the values are wide; at least a tenth of a decade."""
        low, high = math.log10(min(values)), math.log10(max(values))
        return cls(low - 0.05, max(high, low + 0.1) + 0.05, start, end)

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def powers(self) -> list[int]:
        """The whole powers of ten on it; of many every second, or third."""
        all_ = range(math.ceil(self.low), math.floor(self.high) + 1)
        return list(all_[:: math.ceil(len(all_) / 7) or 1])
