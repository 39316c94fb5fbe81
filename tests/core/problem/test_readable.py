"""What can be read of a draft."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from core.problem.formulas import formulas
from core.problem.reading.readable import readable_formulas
from core.problem.reading.reading import FOLDER, library, load

WAVE: dict[str, Any] = {
    "coordinates": {"x": [0, 1], "t": [0, "2*pi"]},
    "unknowns": ["u"],
    "parameters": {"c": 1},
    "definitions": {"w": "c*pi"},
    "equations": ["u_tt = c^2*u_xx"],
    "conditions": ["u(0, t) = 0", "u(x, 0) = sin(pi*x)"],
}


@pytest.mark.parametrize("name", library())
def test_of_a_right_problem_everything(name: str) -> None:
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["problem"]
    assert readable_formulas(table) == formulas(load(name))


def test_mistaken_statements_are_left_out_and_the_others_stay() -> None:
    found = readable_formulas({**WAVE, "equations": ["u_tt = c^2*", *WAVE["equations"]], "conditions": ["u(0, t) = ?", "u(x, 0) = 1"]})
    assert found.equations == (r"u_{tt} = c^{2}\,u_{xx}",)
    assert found.conditions == ("u(x, 0) = 1",)


def test_a_range_that_is_being_written_leaves_the_equations_in_sight() -> None:
    found = readable_formulas({**WAVE, "coordinates": {"x": [0, 1], "t": [0, "2*"]}, "parameters": {"c": "1 +"}})
    assert (found.domain, found.parameters) == ("", ())
    assert found.equations == (r"u_{tt} = c^{2}\,u_{xx}",)


def test_another_name_takes_along_what_uses_it() -> None:
    assert readable_formulas({**WAVE, "unknowns": ["v"]}).equations == ()


@pytest.mark.parametrize("junk", [None, 3, "x", [], [[]], {}, {"a": {"b": 1}}, [1, None], True])
@pytest.mark.parametrize("key", [*WAVE, "title", "reference", "data", "rubbish"])
def test_nothing_breaks_it(key: str, junk: object) -> None:
    readable_formulas({**WAVE, key: junk})
    readable_formulas({key: junk})
