"""What people write elsewhere: read where it means one thing, left alone where it may mean two, and nothing else changed."""

from __future__ import annotations

import os

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.expressions import Names, parse, parse_equation, to_text
from core.expressions.grammar import Parser
from core.expressions.spelling import Spelling, spelled, spelled_name
from core.expressions.tree import Expression
from core.problem.pointing import pointed
from tests.core.expressions.test_expressions import NAMES, everything

ONE = Names(("t",), ("u", "theta"), ("k", "omega0"))
TWO = Names(("x", "t"), ("u", "v", "psi"), ("nu", "k", "rho", "w"))
EXAMPLES = int(os.environ.get("TANGENTE_EXAMPLES", "300"))

ROWS = [
    (ONE, "u''", "u_tt"),
    (ONE, "u' = −k·u", "u_t = -k*u"),
    (ONE, "u″(0)", "u_tt(0)"),
    (ONE, "u‴ + u′", "u_ttt + u_t"),
    (ONE, "u'(t)", "u_t(t)"),
    (ONE, "ü + u̇", "u_tt + u_t"),
    (ONE, "θ̈ + sin(θ)", "theta_tt + sin(theta)"),
    (ONE, "d²θ/dt²", "theta_tt"),
    (ONE, "2e^(-t)", "2*e^(-t)"),
    (ONE, "k u(1 - u)", "k*u*(1 - u)"),
    (ONE, "ω₀²u", "omega0^2*u"),
    (ONE, "0,5u", "0.5*u"),
    (ONE, "du/dt(0)", "u_t(0)"),
    (TWO, "ü", "u_tt"),
    (TWO, "du/dt", "u_t"),
    (TWO, "du(x, t)/dt", "u_t(x, t)"),
    (TWO, "du_x/dt", "u_xt"),
    (TWO, "d2u/dx2", "u_xx"),
    (TWO, "d^2u/dx^2", "u_xx"),
    (TWO, "d²u/dx²", "u_xx"),
    (TWO, "2du/dt", "2*u_t"),
    (TWO, "∂u/∂t", "u_t"),
    (TWO, "∂²u/∂x²", "u_xx"),
    (TWO, "∂u/∂t = ν∂²u/∂x²", "u_t = nu*u_xx"),
    (TWO, "∂²u/∂x∂t", "u_xt"),
    (TWO, "d^2 u/(dx*dt)", "u_xt"),
    (TWO, "∂^3 u/(∂x^2 ∂t)", "u_xxt"),
    (TWO, "d/dx(u^2)", "D(u^2, x)"),
    (TWO, "d²(u²)/dx²", "D(u^2, x, 2)"),
    (TWO, "∂²/∂x²(u²/2)", "D(u^2/2, x, 2)"),
    (TWO, "dw/dx", "D(w, x)"),
    (TWO, "Δu + ∇²v + ∆(u*v)", "lap(u) + lap(v) + lap(u*v)"),
    (TWO, "u_{xx}", "u_xx"),
    (TWO, "e^{-x}", "e^(-x)"),
    (TWO, "u(t, x)", "u"),
    (TWO, "2u", "2*u"),
    (TWO, "2 u + 3sin(x)", "2*u + 3*sin(x)"),
    (TWO, "2(x+1)(x-1)", "2*(x+1)*(x-1)"),
    (TWO, "x(1-x)", "x*(1-x)"),
    (TWO, "(1-x)u", "(1-x)*u"),
    (TWO, "u u_x", "u*u_x"),
    (TWO, "2nu u_xx", "2*nu*u_xx"),
    (TWO, "νψ_t", "nu*psi_t"),
    (TWO, "2ρ", "2*rho"),
    (TWO, "u²", "u^2"),
    (TWO, "u²v", "u^2*v"),
    (TWO, "x¹²", "x^12"),
    (TWO, "x⁻²", "x^(-2)"),
    (TWO, "sin²(x)", "sin(x)^2"),
    (TWO, "cos^2(x)", "cos(x)^2"),
    (TWO, "√x + √(x+1)", "sqrt(x) + sqrt(x+1)"),
    (TWO, "|u|*|x - t|", "abs(u)*abs(x - t)"),
    (TWO, "ln(x) + arctan(x)", "log(x) + atan(x)"),
    (TWO, "u − v – x", "u - v - x"),
    (TWO, "u·v×x⋅t", "u*v*x*t"),
    (TWO, "u ÷ 2", "u / 2"),
    (TWO, "x\u00a0+ t", "x + t"),
    (TWO, "π*x", "pi*x"),
    (TWO, "1,5x", "1.5*x"),
]


EXPRESSIONS = [typed for names, typed, _ in ROWS if names is TWO and typed.isprintable() and not set(typed) & set("=,")]


def sides(text: str, names: Names) -> list[str]:
    return [to_text(side) for side in (parse_equation(text, names) if "=" in text else (parse(text, names),))]


@pytest.mark.parametrize(("names", "typed", "written"), ROWS)
def test_what_people_type_is_read(names: Names, typed: str, written: str) -> None:
    assert spelled(typed, names).text == written
    assert sides(typed, names) == sides(written, names)


@pytest.mark.parametrize(
    ("names", "typed"),
    [
        *((TWO, text) for text in ("u'", "u''(0, t)", "1/2x", "x/k u", "x^2t", "e^2x", "d2u/dx", "du/dx^2", "d/dx u", "k(x)", "u(x)")),
        *((TWO, text) for text in ("e^-2t", "e^-k t", "x^-1u", "e^-k(t - 1)", "e^-100(x-5)", "sin^2(x)^3", "√2t", "t/√2t", "u^{(2)}")),
        *((TWO, text) for text in ("u(1 - x)", "3i*u", "0x10", "1_000", "2e", "1e+", "sin x", "sin^2 x", "1,000", "f(u)")),
        *((TWO, text) for text in ("х + 1", "\uff55", "x\u202e+t", "x\u200b", "[x for x in t]", "||u||", "H(x)", "D(u)", "dz/dt")),
        *((ONE, text) for text in ("v'", "k'", "d2u/dx2", "u(u, 1)")),
    ],
)
def test_what_may_mean_something_else_stays(names: Names, typed: str) -> None:
    assert spelled(typed, names).text == typed
    with pytest.raises(InputError):
        parse(typed, names)


@pytest.mark.parametrize("typed", ["du/dt", "d*u/d", "du + dt", "dx/dt", "ln*2", "step + theta"])
def test_names_of_the_problem_stay(typed: str) -> None:
    names = Names(("x", "t"), ("u",), ("d", "du", "dt", "dx", "ln", "step", "theta"))
    assert spelled(typed, names).text == typed


def test_names_are_spelled_in_our_letters() -> None:
    assert spelled_name("ψ, ω₀") == "psi, omega0" and spelled_name("u, v_1") == "u, v_1"


@given(everything)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_text_that_the_grammar_takes_is_never_changed(tree: Expression) -> None:
    text = to_text(tree)
    try:
        Parser(text, NAMES).sum()
    except InputError:
        assume(False)
    assert spelled(text, NAMES).text == text


WORDS = ("x", "t", "u", "v", "nu", "D", "d", "dx", "du", "u_x", "u_xt", "sin", "ln", "lap", "D(u, x)", "2", "1.5", "1e3", "pi", "e", "0,5")
PIECES = st.lists(st.sampled_from([*WORDS, *"+-*/^(),=|'²₀√∂Δν−·{}_ ", "d²u/dx²", "∂u/∂t", "u''", "u(x, 0)", "u(t, x)"]), max_size=12).map(
    "".join
)


@given(PIECES)
@settings(max_examples=4 * EXAMPLES, deadline=None)
def test_any_text_is_taken_as_it_stands_or_spelled_once_and_for_all(text: str) -> None:
    spelling = spelled(text, NAMES)
    try:
        parser = Parser(text, NAMES)
        parser.sum()
        parser.end()
    except InputError:
        pass
    else:
        assert spelling.text == text
    assert spelled(spelling.text, NAMES).text == spelling.text


@given(PIECES)
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_every_character_knows_where_it_comes_from(text: str) -> None:
    spelling = spelled(text, NAMES)
    assert len(spelling.origins) == len(spelling.text) + 1
    assert list(spelling.origins) == sorted(spelling.origins)
    assert spelling.origins[-1] == len(text)


@given(st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=6))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_later_mistake_is_pointed_at_where_it_was_typed(pieces: list[str]) -> None:
    text = " + ".join(f"({piece})" for piece in pieces)
    for mistake, within in (("?", 0), ("unheard_of", 0), ("sin(x, x)", 0), ("2*(", 3)):
        with pytest.raises(InputError) as caught:
            parse(f"{text} + {mistake}", TWO)
        if caught.value.code not in ("expression-too-long", "too-many-parts"):
            assert caught.value.at.character == len(text) + 3 + within
            assert caught.value.at.text == f"{text} + {mistake}"


def test_what_is_wrong_with_a_value_is_pointed_at_where_it_was_typed() -> None:
    with pytest.raises(InputError) as caught, pointed("2u·v + u(x, 7)", TWO, {}):
        raise InputError("outside-domain", name="u(x, 7)", value="7", coordinate="t", low="0", high="1")
    assert caught.value.at.character == 7


def test_of_changes_that_overlap_the_first_is_made() -> None:
    spelling = Spelling("abcd", (0, 1, 2, 3, 4)).changed([(1, 3, "X"), (2, 4, "Y")])
    assert (spelling.text, spelling.origins) == ("aXd", (0, 1, 3, 4))


def test_a_text_that_grows_too_long_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        parse("π" * 300, TWO)
    assert caught.value.code == "expression-too-long"
