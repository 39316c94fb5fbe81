"""What people write elsewhere and the notation writes otherwise, or cannot say at all: which error tells them so.

A hint is the code of a message and its values.
"""

from __future__ import annotations

import re

from core.expressions.names import Names

Hint = tuple[str, dict[str, str]]

WORDS = {
    **dict.fromkeys(("if", "ifelse", "where", "piecewise", "Piecewise", "cases", "select"), "write-cases"),
    **dict.fromkeys(("floor", "ceil", "ceiling", "round", "trunc", "mod", "fmod"), "write-staircase"),
    **dict.fromkeys(("delta", "dirac", "Dirac", "DiracDelta", "dirac_delta", "diracdelta"), "write-pulse"),
    "d": "write-leibniz",
    **dict.fromkeys(("int", "Int", "integral", "Integral", "integrate", "quad"), "write-integral"),
    **dict.fromkeys(("i", "j", "I", "Re", "Im", "real", "imag", "conj", "complex"), "write-complex"),
    **dict.fromkeys(("besselj", "bessely", "besseli", "besselk", "jv", "yv", "iv", "kv", "jn", "yn"), "write-bessel"),
}
IMAGINARY = ("i", "j", "I")
ALONE = (*IMAGINARY, "if")
"""Words that say something without a bracket behind them too; the others are names like any, such as Re for Reynolds."""
LONGEST = 30
_POWERS = {"": 1, "²": 2, "³": 3, "⁴": 4, **{str(number): number for number in range(1, 10)}}
_LEIBNIZ = re.compile(
    r"[d∂]\^?[1-9²³⁴]?\s*\*?\s*(?P<unknown>[A-Za-z]\w*)?(?:\([^()]*\))?\s*/\s*\(?\s*(?P<below>(?:[d∂]\s*[A-Za-z]\^?[1-9²³⁴]?\s*\*?\s*)+)\)?",
    re.ASCII,
)
_BELOW = re.compile(r"[d∂]\s*([A-Za-z])\^?([1-9²³⁴]?)")
_QUOTED = re.compile(r"\w|[({\[][^'\"]*[)}\]]['\"]")
"""A letter, or a bracket that a quotation mark follows, behind a prime: it opens a quotation."""
_PRIMED = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(['’′‘]+|[″‴])", re.ASCII)


def of_word(word: str, called: bool, text: str, start: int, names: Names) -> Hint | None:
    """What to say of an unknown word of `text`; `called`: a bracket follows it."""
    found = leibniz(text, start, names)
    if found:
        return found
    code = WORDS.get(word) if called or word in ALONE else None
    return (code, _values(word, names)) if code else None


def of_character(character: str, text: str, place: int, names: Names) -> tuple[Hint, int] | None:
    """What to say of a character without meaning, and where the mistake begins."""
    if character in "<>≤≥":
        return ("write-cases", _values(character, names)), place
    if character == "∂":
        found = leibniz(text, place, names)
        return (found, place) if found else None
    for match in _PRIMED.finditer(text):
        if not match.start(2) <= place < match.end() or _QUOTED.match(text, match.end()):
            continue  # elsewhere, or a quotation
        if not names.coordinates:
            return ("prime-without-coordinate", {"found": match[0][:LONGEST]}), match.start()
        if match[1] not in names.unknowns:
            known = {"found": match[0][:LONGEST], "name": match[1][:LONGEST], "known": ", ".join(names.unknowns)}
            return ("prime-of-none", known), match.start()
        times = {"″": 2, "‴": 3}.get(match[2], len(match[2]))
        near = f"{match[1]}_{names.coordinates[0] * times}"
        return ("write-derivative", {"found": match[0][:LONGEST], "near": near[:LONGEST]}), match.start()
    return None


def leibniz(text: str, start: int, names: Names) -> Hint | None:
    """What to say of `du/dt`, `d2u/dx2`, `∂u/∂t` or `d/dx` that begins there."""
    match = _LEIBNIZ.match(text, start)
    if not match:
        return None
    unknown, letters = match["unknown"], "".join(letter * _POWERS[power] for letter, power in _BELOW.findall(match["below"]))
    if not all(letter in names.coordinates for letter in letters) or (unknown and unknown not in names.unknowns):
        return None
    near = f"{unknown}_{letters}" if unknown else f"D(…, {', '.join(letters)})"
    return "write-derivative", {"found": match[0].strip()[:LONGEST], "near": near[:LONGEST]}


def imaginary(word: str, names: Names) -> Hint | None:
    """What to say of a letter directly behind a number, as in `1j`."""
    return ("write-complex", _values(word, names)) if word in IMAGINARY and names.value(word) is None else None


def _values(word: str, names: Names) -> dict[str, str]:
    """What the examples of the messages are made of: names of the problem, and one that is free."""
    letter = names.coordinates[0] if names.coordinates else "x"
    rest = "".join(f", {name}" for name in names.coordinates[1:])
    unknown = names.unknowns[0] if names.unknowns else "u"
    return {"name": word, "letter": letter, "rest": rest, "unknown": unknown, "free": free(names)}


def free(names: Names) -> str:
    """A name for one more unknown."""
    taken = {*names.coordinates, *names.unknowns, *names.parameters}
    return next(name for name in ("N", "S", "w", "W", "aux", *(f"aux{number}" for number in range(100))) if name not in taken)
