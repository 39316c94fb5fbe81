"""Where in a statement's text the part lies that an error is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from core.errors import InputError, Position
from core.expressions import Expression, Names, leaves_of, substitute, to_text

ABOUT_A_LEAF = (
    *("equation-with-place", "equation-with-boundary", "condition-without-place", "outside-domain", "place-varies"),
    *("ambiguous-coordinate", "definition-with-place", "definition-without-place"),
)
"""Errors whose value `name` is a leaf, written out with numbers for its parameters."""


@contextmanager
def pointed(text: str, names: Names, values: Mapping[str, Expression]) -> Iterator[None]:
    """Errors raised inside that are about a leaf of the statement point at its first character; `values` replaced its parameters."""
    try:
        yield
    except InputError as error:
        if error.code not in ABOUT_A_LEAF or error.at.character is not None:
            raise
        places = (start for start, leaf in leaves_of(text, names) if to_text(substitute(leaf, values)) == error.values["name"])
        at = Position(error.at.file, error.at.key, text, next(places, None))
        raise InputError(error.code, at=at, **error.values) from None
