"""Equations set as text."""

from __future__ import annotations

import pytest

from core.expressions import to_text
from core.problem.bound import parsed
from core.problem.reading.reading import library, load
from dashboard.problems import formula


def shown(text: str) -> str:
    marks = {"sub": "_[{}]", "sup": "^[{}]"}
    return "".join(marks.get(style, "{}").format(piece) for piece, style in formula.pieces(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u_t + u*u_x = nu*u_xx", "u_[t] + u\u2009u_[x] = ν\u2009u_[xx]"),
        ("y1_t = -omega0^2*y2", "y_[1,t] = −ω_[0]^[2]\u2009y_[2]"),
        ("lap(u) = 2*3 + sin(lambda*x)", "Δu = 2·3 + sin(λ\u2009x)"),
        ("lap(lap(psi))/Re", "Δ(Δψ)/Re"),
        ("x^(-2) + e^(x + 1)", "x^[−2] + e^(x + 1)"),
    ],
)
def test_names_indices_and_powers_are_set(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("name", library())
def test_no_letter_or_digit_of_an_equation_is_lost(name: str) -> None:
    written = [" = ".join(map(to_text, sides)) for sides in parsed(load(name)).equations]
    for text, pieces in zip(written, formula.equations(load(name)), strict=True):
        digits = [character for character in text if character.isdigit()]
        assert [character for piece, _ in pieces for character in piece if character.isdigit()] == digits


@pytest.mark.parametrize(("name", "written"), [("omega0", "ω₀"), ("delta", "δ"), ("Lambda12", "Λ₁₂"), ("k", "k"), ("rate", "rate")])
def test_a_name_is_written_as_on_paper(name: str, written: str) -> None:
    assert formula.letters(name) == written
