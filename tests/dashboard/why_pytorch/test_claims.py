"""What races come to, and the verdicts that follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from core.why_pytorch.frameworks.results import Result, results
from core.why_pytorch.operations import OPERATIONS
from dashboard.why_pytorch import claims


def result(name: str, rate: float = 100.0, follows: bool = True) -> Result:
    return Result(name, rate, 0.1, follows, None)


def measured(*found: Result) -> dict[str, Result]:
    return {one.name: one for one in found}


def test_only_those_that_have_finished_have_a_result() -> None:
    def events(who: str, *kinds: str) -> list[dict[str, Any]]:
        values = {
            "built": {"seconds": 0.5, "loss": 2.0},
            "changed": {"step": 200, "follows": False, "rebuild": 1.5},
            "done": {"steps_per_second": 250.0},
        }
        return [{"who": who, "event": kind, **values.get(kind, {})} for kind in kinds]

    told = [*events("jax_jit", "started", "built", "changed", "done", "ended"), *events("theano", "started", "built", "failed", "ended")]
    assert results([*told, {"who": "", "event": "over"}]) == {"jax_jit": Result("jax_jit", 250.0, 0.5, False, 1.5)}


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (measured(), "open"),
        (measured(result("pytorch")), "yes"),
        (measured(result("pytorch"), result("jax_jit", follows=False)), "yes"),
        (measured(result("pytorch", follows=False)), "no"),
    ],
)
def test_whether_graphs_are_dynamic_is_judged_by_who_followed(found: dict[str, Result], verdict: str) -> None:
    assert claims.dynamic(found)[0] == verdict


def test_who_went_on_with_the_old_equation_is_named() -> None:
    _verdict, words = claims.dynamic(measured(result("pytorch"), result("jax_jit", follows=False), result("tensorflow")))
    assert "old equation, without a word: JAX." in words and "followed, too: TensorFlow (eager)." in words


@pytest.mark.parametrize(("ours", "verdict"), [(120.0, "yes"), (90.0, "partly"), (40.0, "no")])
def test_fast_is_judged_against_the_fastest(ours: float, verdict: str) -> None:
    judged, words = claims.fast(measured(result("pytorch", ours), result("tensorflow", 50.0), result("jax_jit", 100.0)))
    assert judged == verdict and words.startswith("JAX made")
    assert claims.fast(measured(result("pytorch", ours)))[0] == "open"


def mistake(who: str, line: str | None) -> dict[str, Any]:
    return {"who": who, "event": "mistake", "line": line}


def stop(who: str, calls: int, shown: float | str) -> dict[str, Any]:
    return {"who": who, "event": "breakpoint", "calls": calls, "steps": 3, "shown": shown}


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ([], "open"),
        ([mistake("jax_jit", None)], "open"),
        ([mistake("pytorch", "return"), stop("pytorch", 3, 0.1)], "yes"),
        ([mistake("pytorch", "return"), mistake("pytorch", None), stop("pytorch", 3, 0.1)], "partly"),
        ([mistake("pytorch", "return"), stop("pytorch", 1, "Tensor")], "no"),
    ],
)
def test_debugging_is_judged_by_lines_and_stops(events: list[dict[str, Any]], verdict: str) -> None:
    assert claims.found(events)[0] == verdict


@pytest.mark.parametrize(("faster", "verdict"), [([10, 100], "yes"), ([100], "partly"), ([], "no")])
def test_tensors_are_judged_by_the_sizes_at_which_they_were_faster(faster: list[int], verdict: str) -> None:
    compared = {"cpu": {"ratios": [1.0, 2.0], "faster": faster, "slower": []}}
    events = [{"event": "verdict", "operation": next(iter(OPERATIONS)), "compared": compared}]
    judged, words = claims.replaces(events)
    assert judged == verdict and f"faster at {len(faster)}, slower at 0 of 2" in words
    assert claims.replaces([])[0] == "open"
