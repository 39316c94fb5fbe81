"""Text → tree: tokeniser and Pratt parser of the notation, with limits that keep every text cheap.

    sum      = product  { ("+" | "-") product }
    product  = signed   { ("*" | "/") signed }
    signed   = ("-" | "+") signed | power
    power    = operand  [ ("^" | "**") signed ]
    operand  = number | name | "(" sum ")" | function "(" sum { "," sum } ")" | "lap" "(" sum ")"
             | "D" "(" sum "," coordinate [ "," number ] { "," coordinate [ "," number ] } ")"
             | derivative "(" ( "boundary" | place { "," place } ) ")"

After V. R. Pratt, Top down operator precedence, POPL 1973.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from core.errors import InputError, Position
from core.expressions import hints
from core.expressions.algebra import ORDER
from core.expressions.functions import ARITY, compute
from core.expressions.names import BOUNDARY, OPERATIONS, Names
from core.expressions.spelling import WRITE, Spelling, greek, spelled
from core.expressions.tree import (
    At,
    Binary,
    Call,
    Coordinate,
    Derivative,
    Differential,
    Expression,
    Laplacian,
    Leaf,
    Number,
    Parameter,
    Unary,
    walk,
)
from core.expressions.writing import BINDING, MINUS

T = TypeVar("T")
CHARACTERS = 500
NODES = 200
DEPTH = 40

TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|[-+*/^(),=])|(?P<end>\Z))",
    re.ASCII,
)


def write_instead(character: str, name: str) -> str | None:
    """What may have been meant by a character, given its Unicode name too."""
    if word := WRITE.get(character) or greek(character):
        return word
    plain = unicodedata.normalize("NFKC", character).strip()
    if plain == character or not (plain.isascii() and plain.isprintable() and plain):
        return None
    return f"^{plain}" if name.startswith("SUPERSCRIPT") else plain


@dataclass(frozen=True)
class Token:
    """A word of the text: its kind (number, name, sign, end), what it says and where it begins."""

    kind: str
    text: str
    start: int

    @property
    def brief(self) -> str:
        return self.text if len(self.text) <= 30 else self.text[:29] + "…"

    @property
    def begins_operand(self) -> bool:
        return self.kind in ("number", "name") or self.text == "("


@dataclass(frozen=True)
class Part:
    """A piece of the tree with what the parser must know of it: its value if it is constant, and the order of its derivatives."""

    node: Expression
    start: int
    value: float | None = None
    order: int = 0


class Parser:
    """One text on its way to a tree, in the spelling of the notation where that is given.

    `number` counts the nodes made so far, `depth` is how deep in the text we are, `leaves` are those made so far and where each begins.
    """

    def __init__(self, text: str, names: Names, spelling: Spelling | None = None) -> None:
        self.names = names
        self.spelling = spelling
        self.shown = _printable(text)
        read = text if spelling is None else spelling.text
        self.read = _printable(read)
        if len(read) > CHARACTERS:
            raise self.error("expression-too-long", CHARACTERS, limit=CHARACTERS)
        self.tokens = self.tokenise(read)
        self.number = 0
        self.depth = 0
        self.leaves: list[tuple[int, Leaf]] = []
        self.previous = Token("end", "", 0)
        self.token = next(self.tokens)

    def place(self, character: int) -> int:
        """Where a character that is read stands in the text as it was typed."""
        return character if self.spelling is None else self.spelling.place(character)

    def error(self, code: str, at: int, /, **values: object) -> InputError:
        return InputError(code, at=Position(text=self.shown, character=self.place(at)), **values)

    def tokenise(self, text: str) -> Iterator[Token]:
        place = 0
        while True:
            match = TOKEN.match(text, place)
            if match is None:
                raise self.bad_character(text, place)
            kind = match.lastgroup or "end"
            yield Token(kind, match[kind], match.start(kind))
            place = match.end()

    def bad_character(self, text: str, place: int) -> InputError:
        place += len(text[place:]) - len(text[place:].lstrip(" \t\r\n"))
        character = text[place]
        if hint := hints.of_character(character, text, place, self.names):
            (code, values), start = hint
            return self.error(code, start, **values)
        name = unicodedata.name(character, "")
        number = f"U+{ord(character):04X}"
        shown = f"{character} ({number} {name})" if name and character.isprintable() else f"{number} {name}".strip()
        near = write_instead(character, name)
        if subscript := re.match(r"_\{([A-Za-z]+)\}", text[max(place - 1, 0) :]):
            near = f"_{subscript[1]}"
        return self.error("bad-character-near" if near else "bad-character", place, character=shown, near=near)

    def advance(self) -> Token:
        self.previous, self.token = self.token, next(self.tokens)
        return self.previous

    def take(self, text: str) -> bool:
        if self.token.kind == "sign" and self.token.text == text:
            self.advance()
            return True
        return False

    # Making nodes: each is counted, and its constant value is computed at once, so that an error points at its operator.

    def made(self, node: Expression, at: Token, parts: tuple[Part, ...] = (), *, operation: str = "", order: int = 0) -> Part:
        self.number += 1
        if self.number > NODES:
            raise self.error("too-many-parts", at.start, limit=NODES)
        if isinstance(node, Leaf):
            self.leaves.append((at.start, node))
        order += max((part.order for part in parts), default=0)
        if order > ORDER:
            raise self.error("order-too-high", at.start, name=at.brief, order=order, limit=ORDER)
        values = [part.value for part in parts if part.value is not None]
        value = node.value if isinstance(node, Number) else None
        if operation and len(values) == len(parts):
            value = self.computed(operation, at, *values)
        elif operation == "/" and parts[1].value == 0:
            raise self.error("division-by-zero", at.start, expression="…/0")
        return Part(node, min([at.start, *(part.start for part in parts)]), value, order)

    def computed(self, operation: str, at: Token, *values: float) -> float:
        try:
            return compute(operation, *values)
        except InputError as error:
            raise self.error(error.code, at.start, **error.values) from None

    # The grammar.

    def sum(self, least: int = 0) -> Part:
        """An expression whose operators bind at least as tightly as `least`."""
        self.depth += 1
        if self.depth > DEPTH:
            raise self.error("too-deep", self.token.start, limit=DEPTH)
        left = self.operand()
        while self.token.kind == "sign" and BINDING.get(op := self.token.text.replace("**", "^"), -1) >= least:
            at = self.advance()
            right = self.sum(BINDING[op] if op == "^" else BINDING[op] + 1)
            left = self.made(Binary(op, left.node, right.node), at, (left, right), operation=op)
        self.depth -= 1
        return left

    def operand(self) -> Part:
        at = self.advance()
        match at.kind, at.text:
            case "number", digits:
                return self.literal(at, float(digits))
            case "name", _:
                return self.applied(at) if self.token.text == "(" else self.named(at)
            case "sign", "(":
                inner = self.sum()
                self.close(at)
                return inner
            case "sign", "+":
                return self.sum(MINUS)
            case "sign", "-":
                return self.negated(at)
            case "end", _:
                raise self.error("operand-missing", at.start)
        raise self.error("operand-expected", at.start, found=at.brief)

    def literal(self, at: Token, value: float) -> Part:
        if value == float("inf"):
            raise self.error("number-too-large", at.start, found=at.brief)
        return self.made(Number(value), at)

    def negated(self, at: Token) -> Part:
        operand = self.sum(MINUS)
        if isinstance(operand.node, Number):
            return Part(Number(-operand.node.value), at.start, -operand.node.value)
        value = None if operand.value is None else -operand.value
        part = self.made(Unary("-", operand.node), at, (operand,))
        return Part(part.node, part.start, value, part.order)

    def close(self, opened: Token) -> None:
        if self.take(")"):
            return
        if self.token.kind == "end":
            raise self.error("bracket-not-closed", opened.start)
        raise self.unexpected("closing-expected")

    def unexpected(self, code: str) -> InputError:
        if self.token.begins_operand:
            adjacent = self.previous.kind == "number" and self.token.start == self.previous.start + len(self.previous.text)
            if adjacent and (hint := hints.imaginary(self.token.text, self.names)):
                return self.error(hint[0], self.previous.start, **hint[1])
            near = f"{self.previous.brief}*{self.token.brief}"
            return self.error("operator-missing", self.token.start, found=self.token.brief, near=near)
        return self.error(code, self.token.start, found=self.token.brief)

    def named(self, at: Token) -> Part:
        """A name that stands alone."""
        value = self.names.value(at.text)
        if value is not None:
            return self.made(value, at, order=len(value.by) if isinstance(value, Derivative) else 0)
        if at.text in ARITY or at.text in OPERATIONS:
            raise self.error("brackets-missing", at.start, name=at.text)
        if at.text == BOUNDARY:
            raise self.error("boundary-alone", at.start)
        raise self.unknown(at)

    def unknown(self, at: Token) -> InputError:
        """What is wrong with a name that means nothing."""
        head, _, letters = at.text.rpartition("_")
        if head in self.names.parameters + self.names.coordinates and letters:
            return self.error("no-unknown", at.start, name=head, derivative=at.brief, unknowns=", ".join(self.names.unknowns))
        if head in self.names.unknowns:
            for offset, letter in enumerate(letters, len(head) + 1):
                if letter not in self.names.coordinates:
                    coordinates = ", ".join(self.names.coordinates)
                    return self.error("no-coordinate", at.start + offset, name=letter, derivative=at.brief, coordinates=coordinates)
        if hint := hints.of_word(at.brief, self.token.text == "(", self.read, at.start, self.names):
            return self.error(hint[0], at.start, **hint[1])
        near = self.names.near(at.text)
        return self.error("unknown-name-near" if near else "unknown-name", at.start, name=at.brief, near=near)

    def applied(self, at: Token) -> Part:
        """A name with an open bracket behind it."""
        derivative = self.names.derivative(at.text)
        if derivative is not None:
            return self.evaluation(at, derivative)
        if at.text == "D":
            return self.differential(at)
        if at.text == "lap":
            (operand,) = self.arguments(at, 1)
            return self.made(Laplacian(operand.node), at, (operand,), order=2)
        if self.names.value(at.text) is not None:
            raise self.error("not-a-function", at.start, name=at.brief)
        if at.text in ARITY:
            arguments = self.arguments(at, ARITY[at.text])
            return self.made(Call(at.text, tuple(part.node for part in arguments)), at, arguments, operation=at.text)
        raise self.unknown(at)

    def arguments(self, at: Token, number: int) -> tuple[Part, ...]:
        parts = self.listed(self.advance())
        if len(parts) != number:
            raise self.error("wrong-arity", at.start, name=at.brief, expected=number, got=len(parts))
        return parts

    def listed(self, opened: Token) -> tuple[Part, ...]:
        """Expressions between commas, up to the bracket that closes the opened one."""
        parts: list[Part] = []
        if self.token.text != ")":
            parts.append(self.sum())
            while self.take(","):
                parts.append(self.sum())
        self.close(opened)
        return tuple(parts)

    def differential(self, at: Token) -> Part:
        opened = self.advance()
        operand = self.sum()
        letters: list[str] = []
        while self.take(","):
            if letters and len(letters[-1]) == 1 and self.token.kind == "number":
                letters[-1] *= self.order()
            else:
                letters.append(self.coordinate())
        self.close(opened)
        if not letters:
            raise self.error("differential-incomplete", at.start)
        by = "".join(sorted("".join(letters), key=self.names.coordinates.index))
        return self.made(Differential(operand.node, by), at, (operand,), order=len(by))

    def coordinate(self) -> str:
        if self.token.text not in self.names.coordinates:
            raise self.error("coordinate-expected", self.token.start, coordinates=", ".join(self.names.coordinates))
        return self.advance().text

    def order(self) -> int:
        at = self.advance()
        if at.text not in {str(order) for order in range(1, ORDER + 1)}:
            raise self.error("order-expected", at.start, found=at.brief, limit=ORDER)
        return int(at.text)

    def evaluation(self, at: Token, derivative: Derivative) -> Part:
        free: tuple[Expression, ...] = tuple(map(Coordinate, self.names.coordinates))
        order = len(derivative.by)
        opened = self.advance()
        if self.token.text == BOUNDARY:
            self.advance()
            self.close(opened)
            return self.made(At(derivative, free), at, order=order)
        before = len(self.leaves)
        places = self.listed(opened)
        del self.leaves[before:]  # the evaluation is one leaf
        if len(places) != len(free):
            coordinates = ", ".join(self.names.coordinates)
            raise self.error("wrong-place", at.start, name=at.brief, expected=len(free), coordinates=coordinates, got=len(places))
        for coordinate, part in zip(self.names.coordinates, places, strict=True):
            if self.shifted(part.node, Coordinate(coordinate)):
                raise self.error("write-delay", part.start, name=at.brief, coordinate=coordinate)
            if part.node != Coordinate(coordinate) and not self.fixed(part.node):
                raise self.error("place-varies", part.start, coordinate=coordinate, name=at.brief)
        arguments = tuple(part.node for part in places)
        # u(x, t), all coordinates in order, is u itself.
        return self.made(derivative if arguments == free else At(derivative, arguments), at, order=order)

    @classmethod
    def shifted(cls, tree: Expression, coordinate: Coordinate) -> bool:
        """Whether the tree is the coordinate and something constant, as in a delay."""
        match tree:
            case Binary("+" | "-", left, right):
                return (left == coordinate and cls.fixed(right)) or (right == coordinate and cls.fixed(left))
        return False

    @staticmethod
    def fixed(tree: Expression) -> bool:
        return all(isinstance(node, Number | Parameter | Unary | Binary | Call) for node in walk(tree))

    def end(self) -> None:
        if self.token.text == ")":
            raise self.error("bracket-not-opened", self.token.start)
        if self.token.text == "=":
            raise self.error("equals-unexpected", self.token.start)
        if self.token.kind != "end":
            raise self.unexpected("operator-expected")


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\t\n" else "\ufffd" for c in text[:CHARACTERS])


def parse(text: str, names: Names) -> Expression:
    """The tree of an expression; raises `InputError` that points at the first character that is wrong."""
    return _read(_whole, text, names)


def parse_equation(text: str, names: Names) -> tuple[Expression, Expression]:
    """The trees of the two sides of an equation, with exactly one `=` between them; raises `InputError` as `parse` does."""
    return _read(_sides, text, names)


def leaves_of(text: str, names: Names) -> tuple[tuple[int, Leaf], ...]:
    """The leaves of an expression or equation, in their order, each with the character at which it begins; raises as `parse` does."""
    return _read(_leaves, text, names)


def _read(read: Callable[[Parser], T], text: str, names: Names) -> T:
    """What `read` makes of the text, or, where the grammar does not take that, of the text in the spelling of the notation."""
    try:
        return read(Parser(text, names))
    except InputError:
        spelling = spelled(text[: CHARACTERS + 1], names)
        if spelling.text == text or len(text) > CHARACTERS:
            raise
    return read(Parser(text, names, spelling))


def _whole(parser: Parser) -> Expression:
    part = parser.sum()
    parser.end()
    return part.node


def _leaves(parser: Parser) -> tuple[tuple[int, Leaf], ...]:
    parser.sum()
    if parser.take("="):
        parser.sum()
    parser.end()
    return tuple((parser.place(start), leaf) for start, leaf in parser.leaves)


def _sides(parser: Parser) -> tuple[Expression, Expression]:
    left = parser.sum()
    if parser.token.kind == "end":
        raise parser.error("equals-missing", parser.token.start)
    if parser.token.text != "=":
        parser.end()
    parser.advance()
    if parser.token.text == "=":
        raise parser.error("equals-twice", parser.token.start)
    right = parser.sum()
    if parser.token.text == "=":
        raise parser.error("equals-twice", parser.token.start)
    parser.end()
    return left.node, right.node
