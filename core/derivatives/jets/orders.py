"""The derivatives that a jet holds, and how they combine: by Faà di Bruno's formula for φ(z(x)), and Leibniz's for f(x)·g(x).

A derivative is named by its letters in coordinate order, as in `core/expressions`: "" is the function itself, "xxt" its third derivative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, product
from math import comb, prod

from core.expressions import Combination, Derivative

Parts = tuple[tuple[str, float], ...]
"""A sum of derivatives, by their letters, each times a number."""
VALUE: Parts = (("", 1.0),)
"""The function itself."""


@dataclass(frozen=True)
class Composed:
    """One term of a derivative of φ(z): times · φ⁽ᵒʳᵈᵉʳ⁾(z) · Π of the streams `factors` of z."""

    order: int
    times: float
    factors: tuple[int, ...]


@dataclass(frozen=True)
class Multiplied:
    """One term of a derivative of f·g: times · (stream `first` of f) · (stream `second` of g)."""

    times: float
    first: int
    second: int


@dataclass(frozen=True)
class Streams:
    """What a jet holds: derivatives, or sums of them, the function itself first; a sum stands for its parts, which are not there.

    `composed` and `multiplied` are, for each, the terms of that of φ(z) and of f·g; those of the function itself are none and one. The
    first of `composed` is φ′(z) times the stream itself.
    """

    held: tuple[Parts, ...]
    composed: tuple[tuple[Composed, ...], ...]
    multiplied: tuple[tuple[Multiplied, ...], ...]

    @property
    def order(self) -> int:
        """The highest of a derivative."""
        return max(len(by) for parts in self.held for by, _ in parts)

    @property
    def further(self) -> list[tuple[int, Composed]]:
        """The terms with φ″ and higher derivatives, each with its stream; beside them each stream is φ′ times itself."""
        return [(stream, term) for stream, terms in enumerate(self.composed) for term in terms if term.order > 1]

    @property
    def short(self) -> bool:
        """Whether no term has more than φ″, and such terms are fewer than the streams: tanh then needs only its own values."""
        return self.order <= 2 and len(self.further) < len(self.held)


def parts(item: Derivative | Combination) -> Parts:
    """What is asked for of an unknown."""
    return item.parts if isinstance(item, Combination) else ((item.by, 1.0),)


@lru_cache(maxsize=256)
def streams(wanted: frozenset[Parts]) -> Streams:
    """The streams of jets that hold what is wanted, and all that it builds on."""
    needed = {((inner, 1.0),) for item in wanted for by, _ in item for inner, _, _ in splits(by) if len(item) == 1 or inner != by}
    held = tuple(sorted(needed | wanted | {VALUE}, key=lambda item: (max(len(by) for by, _ in item), item)))
    number = {item: index for index, item in enumerate(held)}

    def single(by: str) -> int:
        return number[((by, 1.0),)]

    def composed(item: Parts) -> tuple[Composed, ...]:
        further = [(factor * times, groups) for by, factor in item for groups, times in partitions(by).items() if len(groups) > 1]
        whole = [Composed(1, 1.0, (number[item],))] if item != VALUE else []
        return (*whole, *(Composed(len(groups), times, tuple(map(single, groups))) for times, groups in further))

    def multiplied(item: Parts) -> tuple[Multiplied, ...]:
        if item == VALUE:
            return (Multiplied(1.0, 0, 0),)
        whole = [Multiplied(1.0, 0, number[item]), Multiplied(1.0, number[item], 0)]
        shared = [(factor * times, inner, outer) for by, factor in item for inner, outer, times in splits(by) if inner and outer]
        return (*whole, *(Multiplied(times, single(inner), single(outer)) for times, inner, outer in shared))

    return Streams(held, tuple(map(composed, held)), tuple(map(multiplied, held)))


def partitions(by: str) -> dict[tuple[str, ...], int]:
    """Every way to part a derivative's letters into groups, and how often it occurs: xxt → (xxt) 1, (x, xt) 2, (t, xx) 1, (t, x, x) 1.

    They are the terms of the formula of Faà di Bruno for several variables, by M. Hardy, "Combinatorics of partial derivatives",
    Electron. J. Combin. 13 (2006) R1. None for no letters.
    """
    found: Counter[tuple[str, ...]] = Counter()
    for groups in _groupings(tuple(range(len(by)))):
        if groups:
            found[tuple(sorted("".join(by[place] for place in group) for group in groups))] += 1
    return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))


def _groupings(places: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every partition of a set."""
    if not places:
        yield ()
        return
    first, rest = places[0], places[1:]
    for groups in _groupings(rest):
        yield ((first,), *groups)
        for index, group in enumerate(groups):
            yield (*groups[:index], (first, *group), *groups[index + 1 :])


def splits(by: str) -> Iterator[tuple[str, str, int]]:
    """Every way to share a derivative's letters between two factors, and how often it occurs: xx → ("", xx, 1), (x, x, 2), (xx, "", 1)."""
    orders = [(letter, len(list(group))) for letter, group in groupby(by)]
    for counts in product(*(range(order + 1) for _, order in orders)):
        inner = "".join(letter * count for (letter, _), count in zip(orders, counts, strict=True))
        outer = "".join(letter * (order - count) for (letter, order), count in zip(orders, counts, strict=True))
        yield inner, outer, prod(comb(order, count) for (_, order), count in zip(orders, counts, strict=True))
