"""What people write, spelled as the notation has it: `u''`, `d²u/dx²`, `2u`, `x²`, `−`, `·` and their like.

Each rule looks for what the grammar cannot read, so that a text which it takes is never changed, and changes it only where it can mean one
thing. What may mean several, such as `u'` of a function of x and t, or `1/2x`, is left as it is, for the grammar to point at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.expressions.functions import ARITY, CONSTANTS
from core.expressions.hints import IMAGINARY
from core.expressions.names import ALIASES, Names

Change = tuple[int, int, str]
"""Where a piece of the text begins and ends, and what stands there instead."""
Rule = Callable[[str, Names], Iterable[Change]]

SIGNS = {
    **dict.fromkeys("−–—‐‑﹣", "-"),
    **dict.fromkeys("×·⋅∙•∗", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **{"’": "'", "‘": "'", "′": "'", "″": "''", "‴": "'''", '"': "''"},
}
"""Signs that mean one thing."""
# What may have been meant by other characters that people paste. Letters of other alphabets that look like ours are named in the error:
# nobody should read an equation that says something else.
WRITE = {
    **SIGNS,
    **{"[": "(", "]": ")", "√": "sqrt", "∂": "D", "∆": "lap", ";": ",", "|": "abs"},
    **dict(zip("асеорхуѕіјАВСЕНКМОРТХ", "aceopxysijABCEHKMOPTX", strict=True)),
}
GREEK = {"ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "ϱ": "rho", "µ": "mu", "ς": "sigma"}
"""Letters that Unicode does not call small Greek letters, or calls otherwise."""
DOTS = {"\u0307": "t", "\u0308": "tt"}
"""Newton's dots above an unknown."""
ROUNDS = 5
"""How often the rules are gone through at most: what one changes another may read then."""
UNCLEAR = frozenset({"H", "step", "theta", "Delta", "diff"})
"""Names with another meaning elsewhere, which are asked about."""

_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_TOKEN = re.compile(r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|\S)")
_RAISED = re.compile(rf"(?P<base>{_NAME}|[^\s⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻])?(?P<power>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?P<next>[A-Za-z0-9]|\()?")
_BINDING = ("/", "^", "**", "√", "Δ", "∆", "∇")
"""Signs behind which a further factor may belong to what stands there, or to the whole."""
_UPRIGHT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_TOP = r"(?:∂|(?<![A-Za-z_])(?<![A-Za-z_][0-9])d)\s*(?:\^?\s*(?P<order>[1-9]))?\s*"
_DIFFERENTIAL = r"[d∂]\s*{letter}(?:\^?[1-9])?(?![A-Za-z0-9_^])"


@dataclass(frozen=True)
class Spelling:
    """A text in the spelling of the notation, and for each of its characters, and its end, where that comes from in the text as typed."""

    text: str
    origins: tuple[int, ...]

    def place(self, character: int) -> int:
        """Where in the typed text this character of `text` comes from."""
        return self.origins[min(character, len(self.text))]

    def changed(self, changes: Iterable[Change]) -> Spelling:
        """The spelling after changes, in their order; of two that overlap the first is made."""
        text, origins, done = "", list[int](), 0
        for start, end, new in sorted(changes, key=lambda change: change[:2]):
            if start < done:
                continue
            text += self.text[done:start] + new
            origin = self.origins[start - 1 if start == end and start else start]  # what is put in belongs to what it follows
            origins += [*self.origins[done:start], *[origin] * len(new)]
            done = end
        return Spelling(text + self.text[done:], (*origins, *self.origins[done:]))


def spelled(text: str, names: Names) -> Spelling:
    """The text in the spelling of the notation, as far as it can mean one thing only."""
    spelling = Spelling(text, tuple(range(len(text) + 1)))
    for _ in range(ROUNDS):
        before = spelling.text
        for rule in RULES:
            spelling = spelling.changed(rule(spelling.text, names))
        if spelling.text == before:
            break
    return spelling


def spelled_name(text: str) -> str:
    """A name, or several, in the letters of the notation: `ν` is `nu`, `ω₀` is `omega0`."""
    return Spelling(text, tuple(range(len(text) + 1))).changed(_characters(text, Names())).text


# Characters.


def greek(character: str) -> str | None:
    """The word for a small Greek letter; None for any other character."""
    found = re.fullmatch(r"GREEK SMALL LETTER (\w+)", unicodedata.name(character, ""))
    return found[1].lower().replace("lamda", "lambda") if found else GREEK.get(character)


def _characters(text: str, names: Names) -> Iterator[Change]:
    """Signs, letters and spaces that are not ASCII; a name in Greek letters ends where others begin."""
    for place, character in enumerate(text):
        word = greek(character)
        if word:
            behind = re.search(rf"{_NAME}(?<!_)$", text[:place]) or (place and greek(text[place - 1]))
            ahead = re.match("[A-Za-z]", text[place + 1 :])
            yield place, place + 1, f"{' ' if behind else ''}{word}{' ' if ahead else ''}"
        elif (new := _ascii(character)) is not None:
            yield place, place + 1, new


def _ascii(character: str) -> str | None:
    """What is written for a character that has one meaning; None where it stays."""
    if character in SIGNS:
        return SIGNS[character]
    if unicodedata.category(character) == "Zs":
        return " "
    name = unicodedata.name(character, "")
    if name.startswith("SUBSCRIPT ") and unicodedata.normalize("NFKC", character).isdecimal():
        return unicodedata.normalize("NFKC", character)
    split = unicodedata.normalize("NFD", character)
    return split if len(split) == 2 and split[0].isascii() and split[1] in DOTS else None


def _powers(text: str, names: Names) -> Iterator[Change]:
    """Raised digits: `u²v` is `u^2*v`, and `∂²u` stays a derivative."""
    for match in _RAISED.finditer(text):
        digits, base = match["power"].translate(_UPRIGHT), match["base"] or ""
        own = base in ("d", *ARITY, *(f"d{letter}" for letter in names.coordinates)) and names.value(base) is None
        alone = own or base in ("∂", "∇") or text[: match.start()].endswith("∂") or _ends_below(text[: match.start("power")], names)
        power = digits if digits.isdecimal() else f"({digits})"
        yield *match.span("power"), f"^{power}{'*' if match['next'] and not alone else ''}"


def _ends_below(text: str, names: Names) -> bool:
    """Whether the factor with which a text ends divides, is an exponent, or stands under a root."""
    tokens = list(_TOKEN.finditer(text))
    return bool(tokens) and _divides(tokens, len(tokens) - 1, names)


def _braces(text: str, names: Names) -> Iterator[Change]:
    """Braces: `u_{xx}` is `u_xx`, others are brackets; `u^{(2)}` may be a derivative."""
    if re.search(r"\^\s*\{\s*\(\s*[0-9]+\s*\)\s*\}", text):
        return
    below = {place for match in re.finditer(r"_(\{)[A-Za-z0-9]+(\})", text) for place in (match.start(1), match.start(2))}
    for place, character in enumerate(text):
        if character in "{}":
            yield place, place + 1, "" if place in below else "()"[character == "}"]


def _decimal_commas(text: str, names: Names) -> Iterator[Change]:
    """Decimal commas, outside of all brackets; `1,000` may be a thousand."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            before, after = re.search(r"(?<![\w.,])[0-9]+$", text[:place]), re.match(r"[0-9]+(?![0-9.,])", text[place + 1 :])
            if before and after and (len(after[0]) != 3 or before[0] == "0"):
                yield place, place + 1, "."


# Derivatives.


def _quotients(text: str, names: Names) -> Iterator[Change]:
    """Derivatives after Leibniz: `d²u/dx²` and `∂/∂x(u²)`, where their orders agree."""
    if not names.coordinates or any(names.value(word) is not None for word in ("d", *(f"d{letter}" for letter in names.coordinates))):
        return
    one = _DIFFERENTIAL.format(letter=f"[{''.join(names.coordinates)}]")
    below = rf"\s*/\s*(?P<below>\(\s*{one}(?:\s*\*?\s*{one})*\s*\)|{one}(?:\s*{one})*)"
    for match in re.finditer(rf"{_TOP}\*?\s*(?P<name>{_NAME})(?P<place>\([^()]*\))?{below}", text):
        letters = _letters(match)
        if letters and (new := _derived(match["name"], letters, names)):
            behind = " " if re.search(r"\w$", text[: match.start()]) and match[0][0] == "∂" else ""
            yield *match.span(), behind + new + (match["place"] or "")
    for match in re.finditer(rf"{_TOP}{below}\s*(?=\()", text):
        close = closing(text, match.end())
        if (letters := _letters(match)) and close and not _raised_at(text, close + 1):
            yield from ((match.start(), match.end(), "D"), (close, close, _along(letters)))
    for match in re.finditer(rf"{_TOP}(?=\()", text):
        close = closing(text, match.end())
        end = re.compile(below).match(text, close + 1) if close else None
        letters = _letters(end, match["order"]) if end else ""
        if close and end and letters:
            yield from ((match.start(), match.end(), "D"), (close, end.end(), f"{_along(letters)})"))


def _letters(match: re.Match[str], order: str | None = None) -> str:
    """The coordinates below, each as often as it is differentiated by; empty where the order above is another."""
    found = re.findall(r"[d∂]\s*([A-Za-z])(?:\^?([1-9]))?", match["below"])
    letters = "".join(letter * int(times or 1) for letter, times in found)
    above = order if "order" not in match.re.groupindex else match["order"]
    return letters if len(letters) == int(above or 1) else ""


def _derived(name: str, letters: str, names: Names) -> str | None:
    """A derivative by its name in the notation; None where the text may mean something else."""
    if names.value(f"d{name}") is not None:
        return None
    derivative = names.derivative(name)
    if derivative is not None:
        return f"{derivative.unknown}_{derivative.by}{letters}"
    return f"D({name}{_along(letters)})" if name in names.parameters else None


def _along(letters: str) -> str:
    """The coordinates behind the operand of D(…)."""
    counted = {letter: letters.count(letter) for letter in letters}
    return "".join(f", {letter}" + (f", {times}" if times > 1 else "") for letter, times in counted.items())


def _primes(text: str, names: Names) -> Iterator[Change]:
    """Primes, where there is one coordinate, and dots, where there is time."""
    for match in re.finditer(rf"(?P<name>{_NAME})(?P<marks>'+|[{''.join(DOTS)}])", text):
        marks, one = match["marks"], len(names.coordinates) == 1
        letters = names.coordinates[0] * len(marks) if one and "'" in marks else DOTS.get(marks, "") if "t" in names.coordinates else ""
        derivative = names.derivative(match["name"])
        if derivative is not None and letters:
            yield *match.span(), f"{derivative.unknown}_{derivative.by}{letters}"


def _arguments(text: str, names: Names) -> Iterator[Change]:
    """All coordinates in another order: `u(t, x)` is u."""
    for match in re.finditer(rf"({_NAME})\s*(\(([A-Za-z\s,]*)\))", text):
        given = tuple(word.strip() for word in match[3].split(","))
        if given != names.coordinates and sorted(given) == sorted(names.coordinates) and names.derivative(match[1]) is not None:
            yield *match.span(2), ""


# Functions.


def _functions(text: str, names: Names) -> Iterator[Change]:
    """Functions under other names, and signs for them: `ln(x)`, `√x`, `|x|`, `Δu`."""
    for match in re.finditer(rf"(?<![A-Za-z0-9_])({_NAME})(?=\s*\()", text):
        if match[1] in ALIASES and match[1] not in UNCLEAR and names.value(match[1]) is None:
            yield *match.span(1), ALIASES[match[1]]
    for match in re.finditer(rf"(?P<sign>√|[∆Δ]|∇\s*\^\s*2)\s*(?P<operand>\(|(?:{_NAME}|[0-9.]+)(?![A-Za-z0-9_.]|\s*\())", text):
        close = closing(text, match.end() - 1) if match["operand"] == "(" else match.end() - 1
        if close is not None and _raised_at(text, close + 1):
            continue  # of the operand, or of the whole
        name = (" " if re.search(r"\w$", text[: match.start()]) else "") + ("sqrt" if match["sign"] == "√" else "lap")
        yield *match.span(), f"{name}(" if match["operand"] == "(" else f"{name}({match['operand']})"


def _bars(text: str, names: Names) -> Iterator[Change]:
    """Absolute values, `|u| + |v|`, where each bar can only open or only close one, and none stands within another."""
    bars = [place for place, character in enumerate(text) if character == "|"]
    opens = [text[:place].rstrip()[-1:] in ("", *"+-*/^(,=") for place in bars]
    if opens == [True, False] * (len(bars) // 2):
        yield from ((place, place + 1, "abs(" if opening else ")") for place, opening in zip(bars, opens, strict=True))


def _raised_functions(text: str, names: Names) -> Iterator[Change]:
    """Powers between a function and its argument: `sin^2(x)` is `sin(x)^2`."""
    for match in re.finditer(rf"(?<![A-Za-z0-9_])({_NAME})\s*(?P<power>(?:\^|\*\*)\s*[0-9]+)\s*(?=\()", text):
        close = closing(text, match.end())
        if match[1] in ARITY and names.value(match[1]) is None and close and not _raised_at(text, close + 1):
            yield from ((match.start("power"), match.end(), ""), (close + 1, close + 1, match["power"]))


def _raised_at(text: str, place: int) -> bool:
    """Whether a power stands at a place of a text."""
    return bool(re.match(r"\s*(?:\^|\*\*)", text[place:]))


# Products.


def _products(text: str, names: Names) -> Iterator[Change]:
    """Products without their sign: `2u`, `(x + 1)(x - 1)`, `nu u_xx`, `x(1 - x)`; behind `/` and `^` they may mean two things."""
    tokens = list(_TOKEN.finditer(text))
    for number, (left, right) in enumerate(pairwise(tokens)):
        if _multiplied(tokens, number, left, right, names) and not _divides(tokens, number, names):
            yield left.end(), right.start(), "*"


def _multiplied(tokens: Sequence[re.Match[str]], number: int, left: re.Match[str], right: re.Match[str], names: Names) -> bool:
    """Whether what stands behind `left` can only be a further factor."""
    if right.lastgroup != "name" and right[0] != "(":
        return False
    match left.lastgroup:
        case "number":
            return _counted(left, right, tokens[number + 2 : number + 3], names)
        case "name":
            return _named(tokens, number, names) if right[0] == "(" else _is_value(left[0], names) and _is_factor(tokens, number + 1, names)
    return left[0] == ")" and (right[0] == "(" or not right[0].startswith("_"))


def _counted(left: re.Match[str], right: re.Match[str], after: Sequence[re.Match[str]], names: Names) -> bool:
    """Whether a number counts what stands behind it; `0x10`, `2i` and half an exponent, `2e`, do not."""
    word = right[0]
    if word.startswith("_") or (left[0] == "0" and word != "(") or (word in IMAGINARY and names.value(word) is None):
        return False
    return word.lower() != "e" or left.end() < right.start() or bool(after and after[0][0] in ("^", "**"))


def _named(tokens: Sequence[re.Match[str]], number: int, names: Names) -> bool:
    """Whether a name is multiplied with the bracket behind it: it is no function, and what stands there is no place."""
    name, inside = tokens[number][0], tokens[number + 2 : _closed(tokens, number + 1)]
    if any(token[0] == "," for token in inside) or not inside or name == "D":
        return False
    if names.derivative(name) is not None:
        return any(token.lastgroup == "name" and names.derivative(token[0]) is not None for token in inside)
    place = len(inside) == 1 and (inside[0].lastgroup == "number" or inside[0][0] in names.coordinates)
    return name in CONSTANTS or (names.value(name) is not None and not place)


def _is_value(word: str, names: Names) -> bool:
    return names.value(word) is not None


def _is_factor(tokens: Sequence[re.Match[str]], number: int, names: Names) -> bool:
    """Whether a word means something: a value, or a function with its bracket."""
    word = tokens[number][0]
    called = number + 1 < len(tokens) and tokens[number + 1][0] == "("
    return _is_value(word, names) or (called and word in (*ARITY, "D", "lap"))


def _divides(tokens: Sequence[re.Match[str]], number: int, names: Names) -> bool:
    """Whether the factor that ends there divides, or is an exponent."""
    while number >= 0:
        if tokens[number][0] == ")":
            number = _opened(tokens, number)
        before = tokens[number - 1] if number > 0 else None
        if before is not None and before[0] in "+-" and number > 1 and tokens[number - 2][0] in ("/", "^", "**"):
            return True  # a sign of the exponent, not of what stands behind it
        if before is None or (before.lastgroup == "sign" and before[0] not in (*_BINDING, ")")):
            return False
        if before[0] in _BINDING:
            return True
        number -= 1
    return False


def _closed(tokens: Sequence[re.Match[str]], number: int) -> int:
    """The bracket that closes the one at `number`; the end where none does."""
    depth = 0
    for place in range(number, len(tokens)):
        depth += (tokens[place][0] == "(") - (tokens[place][0] == ")")
        if not depth:
            return place
    return len(tokens)


def _opened(tokens: Sequence[re.Match[str]], number: int) -> int:
    """The bracket that the one at `number` closes; the first token where there is none."""
    depth = 0
    for place in range(number, -1, -1):
        depth += (tokens[place][0] == ")") - (tokens[place][0] == "(")
        if not depth:
            return place
    return 0


def closing(text: str, opening: int) -> int | None:
    """The place of the bracket that closes the one at `opening`, if one does."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return None


RULES: tuple[Rule, ...] = (
    *(_characters, _powers, _braces, _decimal_commas),
    *(_quotients, _primes, _arguments),
    *(_functions, _bars, _raised_functions, _products),
)
