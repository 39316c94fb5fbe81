"""Values as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping


def finite(value: float | None) -> float | None:
    """The value, or None where it is infinite or not a number."""
    return value if value is None or math.isfinite(value) else None


def to_json(value: object) -> str | None:
    """JSON, in which a number that is not finite is null; None for None."""
    return None if value is None else json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def plain(value: object) -> object:
    """The value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value
