"""Plots as inline SVG, drawn by hand: three are too few for a plotting library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from evals.intervals import Figure
from evals.refusal import Bin

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 260, 90, 36
ROW = 26
BARS = 30
"""Bars of the histogram."""


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        + "".join(parts)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _dot(x: float, y: float, radius: float, said: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{escape(said)}</title></circle>'


def intervals(title: str, figures: Mapping[str, Figure]) -> str:
    """One row a kind: the mean as a dot on the line of its interval, from 0 to 1."""
    height, span = ROW * len(figures) + BOTTOM, WIDTH - LEFT - 20
    bottom = height - BOTTOM
    parts = [_line(LEFT + span * t / 10, 0, LEFT + span * t / 10, bottom, "grid") for t in range(0, 11, 2)]
    parts += [_text(LEFT + span * t / 10, bottom + 18, f"{t / 10:.1f}") for t in range(0, 11, 2)]
    for n, (kind, figure) in enumerate(figures.items()):
        y = ROW * (n + 0.5)
        parts += [
            _text(LEFT - 8, y + 4, kind, "end"),
            _line(LEFT + span * figure.low, y, LEFT + span * figure.high, y, "interval"),
            _dot(LEFT + span * figure.mean, y, 4.5, f"{kind}: {figure}, {figure.n} spørsmål"),
        ]
    return _svg(title, height, parts)


def histogram(title: str, values: Sequence[float], unit: str) -> str:
    """How values are spread; the slowest hundredth is counted in the last bar."""
    top = max(float(np.quantile(values, 0.99)), 1e-9)
    counts, edges = np.histogram(np.minimum(values, top), BARS, (0.0, top))
    span, rise = WIDTH - LEFT - 20, HEIGHT - BOTTOM - 10
    parts = [_line(LEFT, HEIGHT - BOTTOM, LEFT + span, HEIGHT - BOTTOM)]
    for n, count in enumerate(counts):
        tall = rise * count / counts.max()
        parts.append(
            f'<rect x="{LEFT + span * n / BARS:.1f}" y="{HEIGHT - BOTTOM - tall:.1f}" width="{span / BARS - 1:.1f}" height="{tall:.1f}">'
            f"<title>{edges[n]:.1f}–{edges[n + 1]:.1f} {escape(unit)}: {count}</title></rect>"
        )
    parts += [_text(LEFT + span * t / 4, HEIGHT - 16, f"{top * t / 4:.1f}") for t in range(5)]
    return _svg(title, HEIGHT, [*parts, _text(LEFT - 8, 20, f"antall, {unit}", "end")])


def calibration(title: str, bins: Sequence[Bin]) -> str:
    """Confidence against the share that was right; on the diagonal it means what it says. Dots grow with their questions."""
    span, rise = WIDTH - LEFT - 20, HEIGHT - BOTTOM - 10
    most = max(b.n for b in bins)

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + span * x, 10 + rise * (1 - y)

    parts = [_line(*at(0, 0), *at(1, 0)), _line(*at(0, 0), *at(0, 1)), _line(*at(0, 0), *at(1, 1), "grid")]
    parts += [_text(at(t / 4, 0)[0], HEIGHT - 16, f"{t / 4:.2f}") for t in range(5)]
    parts += [_text(LEFT - 8, at(0, t / 4)[1] + 4, f"{t / 4:.2f}", "end") for t in range(5)]
    parts.append(_text(WIDTH - 20, HEIGHT - 2, "tillit mot andel rett; større prikk, flere spørsmål", "end"))
    for b in bins:
        said = f"tillit {b.confidence:.2f}, rett {b.right:.2f}, {b.n} spørsmål"
        parts.append(_dot(*at(b.confidence, b.right), 3 + 7 * (b.n / most) ** 0.5, said))
    return _svg(title, HEIGHT, parts)
