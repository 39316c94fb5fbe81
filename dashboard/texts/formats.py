"""Numbers and times as a visitor reads them: two significant digits, thousands apart, times in words."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import SupportsFloat

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_scientific

from core.errors import MESSAGES, TangenteError
from dashboard.texts import LANGUAGE, _

BLANK = "&nbsp;"
"""Markdown that keeps a line's place."""

_LOCALE = Locale.parse(LANGUAGE)
_MARKS = re.compile(r"[\\`*_{}\[\]()#!|<>~$&^]|:(?=[A-Za-z])")  # what has a meaning in the midst of a line; a backslash takes it away


def plain(text: str) -> str:
    """What somebody typed, in Markdown that shows just that: no link, picture, colour or formula of theirs."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def in_markdown(error: TangenteError) -> str:
    """What went wrong, as Markdown: what somebody typed, in an address or a file, stays what it is there too."""
    texts = {name: str(value) for name, value in error.values.items()}
    outside = {name: plain(text) for name, text in texts.items()}
    inside = {name: text.replace("`", "'") for name, text in texts.items()}  # of backticks
    parts = _(MESSAGES[error.code]).split("`")
    return "`".join(part.format(**(inside if number % 2 else outside)) for number, part in enumerate(parts))


def count(number: int) -> str:
    """A whole number, its thousands apart: 2,000."""
    return format_decimal(number, locale=_LOCALE)


def told(value: object) -> str:
    """A setting's value: 2,000, 0.003, tanh; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return count(value) if isinstance(value, int) else f"{value:.4g}"


def number(value: float) -> str:
    """A measured number in two significant digits: 0.012, 430, 3.1e−6."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}".replace("-", "−")
    rounded = float(f"{value:.1e}")
    if not 1e-3 <= abs(rounded) < 1e6:
        text = format_scientific(rounded, format="0.0E0", locale=_LOCALE).replace("E", "e")
    else:
        text = format_decimal(rounded, format="#,##0" if abs(rounded) >= 10 else "@@", locale=_LOCALE)
    return text.replace("-", "−")


def precise(value: SupportsFloat) -> str:
    """A number that was found, in at most five significant digits: 2, 9.8066, 12,346, 3.1416e−6."""
    found = float(value)
    if found == 0 or not math.isfinite(found):
        text = f"{found:g}"
    elif 1e-3 <= abs(found) < 1e6:
        text = format_decimal(float(f"{found:.4e}"), format="#,##0.########", locale=_LOCALE)
    else:
        text = format_scientific(found, format="0.####E0", locale=_LOCALE).replace("E", "e")
    return text.replace("-", "−")


def percent(part: float) -> str:
    """A part of one, in two significant digits: 27%, 0.30%."""
    return _("{number}%").format(number=number(100 * part))


def duration(seconds: float) -> str:
    """How long something took: 0.4 s, 9 s, 2 min 5 s, 3 h 20 min."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return _("{seconds} s").format(seconds=number(seconds) if seconds < 9.95 else rest)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{hours} h {minutes} min").format(hours=count(minutes // 60), minutes=minutes % 60)


def ago(seconds: float) -> str:
    """How long since: “3 minutes ago”."""
    if seconds < 5:
        return _("just now")
    return format_timedelta(-timedelta(seconds=seconds), add_direction=True, locale=_LOCALE, threshold=0.95)
