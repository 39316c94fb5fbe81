"""Thumbnails: pictures of one size, of each kind of solution, drawn again only for other content."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import references
from core.domain import grids
from core.errors import InputError, RunError
from core.problem.binding import bind
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.references import Reference
from core.store import RunStore
from dashboard.server import thumbnails
from dashboard.server.thumbnails import HEIGHT, WIDTH, fetched, thumbnail


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.setenv("TANGENTE_STORE", url)
    return RunStore(url)


def drawn(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGBA")


def exact(name: str) -> tuple[Problem, Any]:
    problem = load(name)
    return problem, references.solve(bind(problem, {}), "exact").values


@pytest.mark.parametrize("name", ["decay", "lagaris-4", "heat", "poisson", "kovasznay", "taylor-green"])
def test_pictures_have_one_size_and_are_small(name: str) -> None:
    data = thumbnail(*exact(name))
    image = drawn(data)
    assert image.size == (WIDTH, HEIGHT) and len(data) < 150_000
    assert len(image.getcolors(WIDTH * HEIGHT)) > 20


def test_maps_of_space_keep_their_proportions_and_those_of_time_fill_the_picture() -> None:
    left, upper, right, lower = drawn(thumbnail(*exact("taylor-green"))).getbbox()
    assert (right - left, lower - upper) == (HEIGHT, HEIGHT)
    assert drawn(thumbnail(*exact("heat"))).getbbox() == (0, 0, WIDTH, HEIGHT)


def test_up_is_up_and_time_runs_to_the_right() -> None:
    problem, values = exact("heat")
    t = [coordinate.name for coordinate in problem.coordinates].index("t")
    middle = np.asarray(drawn(thumbnail(problem, values)))[HEIGHT // 2].astype(int)
    assert t == 1 and middle[5].sum() < middle[-5].sum(), "hot, so dark, at the start"
    x, y = np.meshgrid(*grids.axes(load("poisson").coordinates, grids.FULL), indexing="ij")
    image = np.asarray(drawn(thumbnail(load("poisson"), (y + 0 * x)[..., None]))).astype(int)
    assert image[5, WIDTH // 2].sum() < image[-5, WIDTH // 2].sum(), "large, so dark, at the top"


def test_of_three_coordinates_the_middle_is_drawn() -> None:
    problem = load("taylor-green")
    values = np.zeros((33, 33, 33, 3))
    values[:, :, 16, 0] = np.linspace(-1, 1, 33)
    assert len(drawn(thumbnail(problem, values)).getcolors(WIDTH * HEIGHT)) > 20
    colours = drawn(thumbnail(problem, np.roll(values, 1, axis=2))).getcolors(WIDTH * HEIGHT)
    assert len([colour for _count, colour in colours if colour[3]]) == 1  # what is seen; WebP colours what is not as it likes


def test_a_picture_is_drawn_once_for_what_is_known(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(thumbnails.references, "known", lambda problem, _values: asked.append(problem.name) or answer)
    answer: Any = None
    key = thumbnails.references.remember(problem_from_table({**load("pendulum").table(), "coordinates": {"t": [0, 7.25]}}), {})
    assert fetched(key) is None and len(asked) == 1
    answer = RunError("reference-too-slow", limit=20)
    assert fetched(key) is answer
    answer = Reference("initial-value", np.sin(np.linspace(0, 9, 401))[:, None], 1e-9, 0.1)
    first = fetched(key)
    assert isinstance(first, bytes)
    monkeypatch.setattr(thumbnails, "thumbnail", lambda *_: pytest.fail("drawn again"))
    assert fetched(key) is first
    with pytest.raises(InputError):
        fetched("0" * 64)
