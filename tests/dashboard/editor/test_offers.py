"""What mends a mistake with one click, and the draft in the spelling of the notation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.editor.draft import Draft
from dashboard.editor.marks import check, marks, missing
from dashboard.editor.offers import offers
from dashboard.editor.respelling import respelled

HEAT = Draft(
    title="Heat",
    coordinates=(("x", "0", "1"), ("t", "0", "1")),
    unknowns="u",
    parameters=(("k", "1", "", ""),),
    equations="u_t = k*u_xx",
    conditions="u(x, 0) = 1",
)


def offered(**changes: str) -> list[tuple[str, str, str]]:
    draft = replace(HEAT, **changes)
    (mark,) = marks(draft)
    return [(offer.said, offer.text, offer.name) for offer in offers(draft, mark)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("u'' = u", [("u_xx", "u_xx = u", ""), ("u_tt", "u_tt = u", "")]),
        ("u″ = −2u", [("u_xx", "u_xx = -2*u", ""), ("u_tt", "u_tt = -2*u", "")]),
        ("u_t = 1/2x*u", [("2*x", "u_t = 1/2*x*u", ""), ("(2*x)", "u_t = 1/(2*x)*u", "")]),
        ("u_t = x^2t*u", [("2*t", "u_t = x^2*t*u", ""), ("(2*t)", "u_t = x^(2*t)*u", "")]),
        ("u_t = 2q", [("", "", "q")]),
        ("u_t = u² + kk", [("k", "u_t = u^2 + k", ""), ("", "", "kk")]),
        ("u_t = k*uxx", [("u_xx", "u_t = k*u_xx", ""), ("", "", "uxx")]),
        ("u_t = f(u)", []),
        ("u_t = k(x)*u", [("k*(", "u_t = k*(x)*u", "")]),
        ("u_t = sin x + u", [("sin(x)", "u_t = sin(x) + u", "")]),
        ("u_t = u(t)", [("u", "u_t = u", "")]),
        ("u_t == u", [("=", "u_t = u", "")]),
        ("х*u_t = 1", [("x", "x*u_t = 1", "")]),
        ("d2u/dx = u", [("u_x", "u_x = u", "")]),
        ("u_t = u + (", []),
    ],
)
def test_a_mistake_is_mended_with_one_click(typed: str, expected: list[tuple[str, str, str]]) -> None:
    assert offered(equations=typed) == expected


@pytest.mark.parametrize("typed", ["u'' = u", "u_t = 1/2x*u", "u_t = k*uxx", "u_t = sin x + u", "u_t == u", "d2u/dx = u"])
def test_what_is_offered_mends_it(typed: str) -> None:
    draft = replace(HEAT, equations=typed)
    (mark,) = marks(draft)
    for offer in offers(draft, mark):
        assert offer.name or check(replace(draft, equations=offer.text)).marks == ()


def test_only_the_line_and_the_expression_with_the_mistake_are_written_anew() -> None:
    assert offered(equations="u_t = −u\n  u_t = x + uxx")[0][1] == "  u_t = x + u_xx"
    assert offered(exact="u(x, t) = exq(x)")[0][1] == "u(x, t) = exp(x)"
    assert offered(definitions="a = 2q")[0] == ("", "", "q")


def test_fields_are_spelled_by_the_notation_and_only_where_they_are_not_yet() -> None:
    assert respelled(HEAT) == {}
    typed = replace(
        HEAT,
        coordinates=(("x", "0", "2π"), ("t", "−1", "0,5")),
        parameters=(("ν", "1", "", ""),),
        unknowns="ψ",
        equations="∂ψ/∂t = ν∂²ψ/∂x²\n\n2ψ = ?",
        conditions="ψ(x, 0) = x²",
        definitions="ω₀ = 2ν",
        exact="ψ(x, t) = 2x",
    )
    assert respelled(typed) == {
        "coordinates": [["x", "0", "2*pi"], ["t", "-1", "0.5"]],
        "parameters": [["nu", "1", "", ""]],
        "unknowns": "psi",
        "equations": "psi_t = nu*psi_xx\n\n2*psi = ?",
        "conditions": "psi(x, 0) = x^2",
        "definitions": "omega0 = 2*nu",
        "exact": "psi(x, t) = 2*x",
    }


def test_what_is_spelled_stays() -> None:
    typed = replace(HEAT, equations="u' = 1/2x\n2u = u²")
    once = replace(typed, **{key: value for key, value in respelled(typed).items() if isinstance(value, str)})
    assert respelled(once) == {}


def test_what_is_not_written_yet_is_no_mistake() -> None:
    empty = Draft()
    assert all(missing(empty, mark) for mark in marks(empty)) and marks(empty)
    begun = Draft(coordinates=(("x", "", ""),), unknowns="u", equations="u_x = 1", parameters=(("k", "", "", ""),))
    assert all(missing(begun, mark) for mark in marks(begun)) and marks(begun)
    wrong = replace(HEAT, equations="u_t = ?", coordinates=(("x", "0", "1"), ("t", "0", "?")))
    assert not any(missing(wrong, mark) for mark in marks(wrong))


def test_a_name_without_a_value_can_be_found_from_data() -> None:
    draft = Draft(
        coordinates=(("t", "0", "1"),),
        unknowns="u",
        equations="u_t = -q*u",
        rest={"data": {"columns": ["t", "u"], "rows": [[0, 1], [0.5, 0.4], [1, 0.2]]}},
    )
    (mark,) = marks(draft)
    assert [(offer.kind, offer.name) for offer in offers(draft, mark)][:2] == [("estimate", "q"), ("parameter", "q")]
    found = replace(draft, estimate="q = 1")
    assert marks(found) == [] and found.table()["estimate"] == {"q": 1}
