"""Small pictures of solutions, drawn with NumPy and Pillow; transparent where nothing is, so that they suit light and dark."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw
from plotly.colors import get_colorscale

from core import references
from core.problem import BoundProblem, Problem
from dashboard.figures.style import DIVERGING, PALETTE

WIDTH, HEIGHT = 480, 270
SAMPLES = (240, 135)
"""Points along a curve, or along the sides of a map: the method of a reference may be slow, so no more than are seen."""
FINE = 3
"""Lines are drawn this much larger and shrunk, which smooths their edges."""


@lru_cache(maxsize=256)
def thumbnail(problem: Problem) -> bytes | None:
    """A PNG of the problem's exact or reference solution at its own parameters; None where there is neither."""
    bound = problem.bind({})
    grid, shape = _grid(bound)
    values = references.solve(bound, problem.reference, grid)
    if values is None:
        return None
    if len(bound.coordinates) == 1:
        return _png(_curves(grid[:, 0], values))
    return _png(_map(values[:, 0].reshape(shape)))


def _grid(problem: BoundProblem) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """The points (n, d) at which to draw, and the picture's rows and columns: time to the right, else the first coordinate."""
    names = [item.name for item in problem.coordinates]
    axes = [np.array([(item.low + item.high) / 2]) for item in problem.coordinates]  # a third coordinate stays in the middle
    across = names.index("t") if "t" in names else 0
    axes[across] = np.linspace(problem.low[across], problem.high[across], SAMPLES[0])
    up = next((index for index in range(len(names)) if index != across), None)
    if up is not None:
        axes[up] = np.linspace(problem.high[up], problem.low[up], SAMPLES[1])
    mesh = np.meshgrid(*axes, indexing="ij")
    order = [across] if up is None else [up, across, *(index for index in range(len(names)) if index not in (up, across))]
    points = np.stack([np.transpose(part, order).ravel() for part in mesh], axis=1)  # (rows · columns, d)
    return points, (1 if up is None else SAMPLES[1], SAMPLES[0])


def _map(field: NDArray[np.float64]) -> Image.Image:
    """A field (rows, columns) in the diverging colours, zero in their middle."""
    stops = np.array([[at, *ImageColor.getrgb(colour)] for at, colour in get_colorscale(DIVERGING)])  # (stops, 4)
    most = float(np.abs(field).max()) or 1.0
    places = 0.5 + field / (2 * most)
    pixels = np.stack([np.interp(places, stops[:, 0], stops[:, channel]) for channel in (1, 2, 3)], axis=-1)
    return Image.fromarray(pixels.round().astype(np.uint8)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _curves(x: NDArray[np.float64], values: NDArray[np.float64]) -> Image.Image:
    """A curve for each column of values (n, unknowns), over a line at zero where they cross it."""
    width, height = WIDTH * FINE, HEIGHT * FINE
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    low, high = float(values.min()), float(values.max())
    margin = 0.12 * height
    across = (x - x[0]) / (x[-1] - x[0]) * (width - 2 * margin) + margin

    def up(value: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(height - margin - (np.asarray(value) - low) / ((high - low) or 1.0) * (height - 2 * margin))

    if low <= 0 <= high:
        draw.line([(margin, float(up(0.0))), (width - margin, float(up(0.0)))], fill=(128, 128, 128, 120), width=FINE)
    for column in range(values.shape[1]):
        points = list(zip(across.tolist(), up(values[:, column]).tolist(), strict=True))
        draw.line(points, fill=PALETTE[column % len(PALETTE)], width=4 * FINE, joint="curve")
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
