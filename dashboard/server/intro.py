"""The film that welcomes a visitor: of the problem with which the page opens, trained as it is set there; shipped with the app.

`python -m benchmarks.intro` makes it anew. It is one answer of the films' route whose first piece, number 0, holds the losses.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PROBLEM = "damped-oscillator"
"""The problem with which the page opens."""
FILE = Path(__file__).with_name("intro.film")


@cache
def film() -> bytes:
    """The film."""
    return FILE.read_bytes()


@cache
def digest() -> str:
    """The digest that tells one film from another."""
    return hashlib.sha256(film()).hexdigest()[:16]
