"""Which weights of a training are copied and kept, and how much two pictures differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.loss.weights import Weights
from core.running.display import glanced
from core.running.film import A_DECADE, FIRST, MOST, Copy, Film, change, evenly, ranked, spaced
from core.running.shares import Share
from core.training.training import train
from tests.experiments import small


def copy(step: int, marked: bool = False) -> Copy:
    return Copy(step, float(step), torch.zeros(1), Weights(torch.ones(1)), 1.0, "jets", marked)


def test_spacing_goes_on_from_anywhere() -> None:
    assert [spaced(0), spaced(1), spaced(99), spaced(100), spaced(100_000)] == [1, 2, 100, 121, 121_153]


def test_a_change_is_a_share_of_the_range_and_that_of_the_unknown_that_changed_most() -> None:
    before = np.array([[0.0, 5.0], [2.0, 5.1]])
    assert change(before, before) == 0
    assert change(before, before + np.array([[0.1, 0], [0, 0]])) == pytest.approx(0.05)
    assert change(before, before + np.array([[0.1, 0.05], [0, 0]])) == pytest.approx(0.5)
    flat = np.zeros((3, 1))
    assert change(flat, flat) == 0 and change(flat, flat + 1e-9) == 1
    broken = np.array([[np.nan], [1.0], [2.0]])
    assert change(flat, broken) == 1 and change(broken, broken) == 0


def test_pictures_are_ranked_by_what_would_be_missed_and_small_changes_add_up() -> None:
    assert ranked([1, 0.1, 1, 0.2, 3]) == [4, 2, 0, 3, 1]
    first = sorted(ranked([0.01] * 1000)[:10])
    assert first[-1] == 999 and max(np.diff(first)) < 300
    assert ranked([]) == []


def test_of_too_many_copies_marked_ones_and_an_even_choice_stay() -> None:
    copies = [copy(step, marked=step % 100 == 0) for step in range(33, 2033)]
    kept = [one.step for one in evenly(copies, 200)]
    assert len(kept) <= 240 and kept == sorted(set(kept)) and kept[0] == 33 and kept[-1] == 2032
    assert set(range(100, 2033, 100)) <= set(kept)
    gaps = np.diff(kept)
    assert gaps[:20].max() <= 5 and gaps.max() <= 25  # early steps are nearer to one another, and no stretch is left out
    assert evenly(copies, 3000) == copies


def test_the_copies_of_a_long_training_stay_few_and_span_it() -> None:
    film, snapshot = Film(0), next(train(small()))
    taken = 0
    for step in range(1, 30_000):
        if film.marked(step) or film.wanted(step):
            film.take(replace(snapshot, step=step))
            taken += 1
    assert film.before(1) is None
    first, newest = film.before(2), film.newest(30_000)
    assert first is not None and newest is not None and first.step == 1 and newest.step > 29_900
    kept = film.rest(30_000)
    steps = [one.step for one in kept]
    assert MOST // 4 < len(steps) <= MOST and steps == sorted(set(steps))
    assert steps[:FIRST] == list(range(1, FIRST + 1)) and taken < 30_000 / 4
    marks = {step for step in steps if step >= 100}
    assert all(any(low <= step < low * 10 ** (1.5 / A_DECADE) for step in marks) for low in (100, 1000, 5000, 20_000))
    assert film.before(30_000) is None


def test_a_copy_has_the_weights_of_its_moment() -> None:
    film, snapshots = Film(0), train(small(steps=3))
    shown = []
    for snapshot in snapshots:
        film.take(snapshot)
        shown.append(torch.cat([parameter.detach().flatten().clone() for parameter in snapshot.network.parameters()]))
    assert [torch.equal(one.values, other) for one, other in zip(film.rest(9), shown, strict=True)] == [True] * 4


def test_a_glance_has_points_in_every_row_and_column() -> None:
    assert glanced(100).tolist() == list(range(100))
    rows, columns = np.divmod(glanced(51 * 51), 51)
    assert len(glanced(51 * 51)) <= 256 and len(set(rows)) == 51 and len(set(columns)) > 45


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_share_of_the_time_is_kept_over_what_is_spent() -> None:
    clock = Clock()
    share = Share(0.05, first=1.0, saved=0.1, clock=clock)
    clock.now = 0.9
    assert not share.left  # nothing at first
    clock.now = 1.0
    assert share.left
    with share:
        clock.now = 1.2
    assert not share.left
    clock.now = 4.1
    assert share.left
    clock.now = 1000.0  # what was saved is not all spent at once
    with share:
        clock.now = 1000.3
    assert not share.left
    clock.now = 1002.0
    assert not share.left
    clock.now = 1004.5
    assert share.left


def test_a_credit_comes_before_the_share() -> None:
    clock = Clock()
    share = Share(0.05, credit=0.5, clock=clock)
    assert share.left
    with share:
        clock.now = 0.4
    assert share.left
    with share:
        clock.now = 0.6
    assert not share.left
