"""An equation in pieces that a page can set as text, with indices and exponents, and that breaks where a line ends."""

from __future__ import annotations

import re
import unicodedata

from core.expressions import to_text
from core.problem.bound import parsed
from core.problem.problem import Problem

Piece = tuple[str, str]
"""A text and its style: `name`, `sub`, `sup`, or none."""

_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_PARTS = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9]*)(?:_(?P<below>[A-Za-z0-9_]+))?(?P<call>\()?"
    r"|\^(?P<power>[0-9]+|\((?P<inner>-?[0-9./a-z]+)\)|[A-Za-z])|(?P<times>\*)(?=(?P<digit>[0-9])?)|(?P<minus>-)|(?P<other>.)"
)


def equations(problem: Problem) -> list[list[Piece]]:
    """The problem's equations, each in pieces."""
    return [pieces(" = ".join(map(to_text, sides))) for sides in parsed(problem).equations]


def pieces(text: str) -> list[Piece]:
    """A text of the notation in pieces: `nu*u_xx^2` is ν u with xx below and 2 above."""
    found: list[Piece] = []
    for match in _PARTS.finditer(re.sub(r"lap\((\w+)\)", r"Δ\1", text)):
        for piece in _set(match):
            found += [(found.pop()[0] + piece[0], "")] if found and found[-1][1] == piece[1] == "" else [piece]
    return found


def letters(name: str) -> str:
    """A name as plain text, on a line: `omega0` is ω₀."""
    return "".join(text.translate(_BELOW) if style == "sub" else text for text, style in pieces(name))


def _set(match: re.Match[str]) -> list[Piece]:
    name, digits = re.fullmatch(r"(.*?)([0-9]*)", match["name"] or "").groups()  # type: ignore[union-attr]
    if match["call"] and match["name"] == "lap":
        return [("Δ(", "")]
    if name:
        below = ",".join(filter(None, (digits, match["below"])))
        plain = bool(match["call"]) and not below and len(name) > 1
        return [(_letter(name), "" if plain else "name"), *([(below, "sub")] if below else []), *([("(", "")] if match["call"] else [])]
    if match["power"]:
        return [((match["inner"] or match["power"]).replace("-", "−"), "sup")]
    if match["times"]:
        return [("·" if match["digit"] else "\u2009", "")]
    return [("−" if match["minus"] else match["other"], "")]


def _letter(name: str) -> str:
    """A Greek letter by its name; any other name as it is."""
    kind = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return name
