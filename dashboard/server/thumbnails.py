"""Small pictures of solutions, drawn with NumPy and Pillow; transparent where nothing is, so that they suit light and dark."""

from __future__ import annotations

import threading
from collections import OrderedDict
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw
from plotly.colors import get_colorscale

from core.domain import grids
from core.domain.domain import TIME, Interval
from core.errors import TangenteError
from core.problem.problem import Problem
from dashboard.figures import maps
from dashboard.figures.style import DIVERGING, PALETTE
from dashboard.server import references

WIDTH, HEIGHT = 480, 270
TYPE = "image/webp"
"""The type of the pictures: a third of the size of PNG, and unlike JPEG they can be transparent."""
FINE = 3
"""Lines are drawn this much larger and shrunk, which smooths their edges."""

_MOST = 500
"""Pictures that are kept, by the content of their problems."""
_lock = threading.Lock()
_kept: OrderedDict[str, bytes] = OrderedDict()


def fetched(key: str) -> bytes | TangenteError | None:
    """The picture of a reference, by the key under which that is remembered, or why there is none; None while it is computed.

    Raises `InputError` for a key that no page has given out.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    problem, values = references.recall(key)
    answer = references.known(problem, values)
    if answer is None or isinstance(answer, TangenteError):
        return answer
    drawn = thumbnail(problem, answer.values)
    with _lock:
        _kept[key] = drawn
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return drawn


def thumbnail(problem: Problem, values: NDArray[np.float64]) -> bytes:
    """An image of a solution on the full grid, (*shape, unknowns): every unknown's curve, or a map of the first, halfway along a third."""
    coordinates = problem.coordinates
    if len(coordinates) == 1:
        return _packed(_curves(grids.axes(problem.coordinates, grids.FULL)[0], values))
    right, up = maps.shown(coordinates)
    field, cut = values[..., 0], maps.sliced(coordinates)
    if cut is not None:
        field = field.take(field.shape[cut] // 2, axis=cut)
    rows = field.T if right < up else field
    return _packed(_map(rows[::-1], _size(coordinates[right], coordinates[up])))


def _size(right: Interval, up: Interval) -> tuple[int, int]:
    """Width and height of a map: the whole picture, but for maps of space, which are drawn to scale."""
    if TIME in (right.name, up.name):
        return WIDTH, HEIGHT
    ratio = (right.high - right.low) / (up.high - up.low)
    return round(min(WIDTH, HEIGHT * ratio)), round(min(HEIGHT, WIDTH / ratio))


def _map(field: NDArray[np.float64], size: tuple[int, int]) -> Image.Image:
    """A field (rows, columns) in the diverging colours, zero in their middle."""
    stops = np.array([[at, *ImageColor.getrgb(colour)] for at, colour in get_colorscale(DIVERGING)])  # (stops, 4)
    most = float(np.abs(field).max()) or 1.0
    places = 0.5 + field / (2 * most)
    pixels = np.stack([np.interp(places, stops[:, 0], stops[:, channel]) for channel in (1, 2, 3)], axis=-1)
    drawn = Image.fromarray(pixels.round().astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    if size == (WIDTH, HEIGHT):
        return drawn
    image = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    image.paste(drawn, ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2))
    return image


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


def _packed(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "WEBP", quality=85)
    return data.getvalue()
