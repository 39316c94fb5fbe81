"""Small pictures of solutions, drawn with NumPy and Pillow; transparent where nothing is, so that they suit light and dark."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw
from plotly.colors import get_colorscale

from core import grids, references
from core.domain import TIME
from core.errors import TangenteError
from core.problem import Problem
from dashboard.figures.style import DIVERGING, PALETTE

WIDTH, HEIGHT = 480, 270
FINE = 3
"""Lines are drawn this much larger and shrunk, which smooths their edges."""


@lru_cache(maxsize=256)
def thumbnail(problem: Problem) -> bytes | None:
    """A PNG of the problem's exact or reference solution at its own parameters; None where there is neither."""
    bound = problem.bind({})
    try:
        values = references.solve(bound, problem.reference).values  # (*shape, unknowns)
    except TangenteError:
        return None
    names = [item.name for item in bound.coordinates]
    if len(names) == 1:
        return _png(_curves(grids.axes(bound, grids.FULL)[0], values))
    across = names.index(TIME) if TIME in names else 0
    up = next(index for index in range(len(names)) if index != across)
    field = values[..., 0]
    for other in reversed([index for index in range(len(names)) if index not in (across, up)]):
        field = field.take(field.shape[other] // 2, axis=other)  # a third coordinate stays in the middle
    return _png(_map(field.T[::-1] if across < up else field[::-1]))


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
