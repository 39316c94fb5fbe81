"""The tables of a TOML file's text, or the line and character at which it is none.

Even a short file can keep a TOML parser busy for long: the size is limited, and so are the parts of a dotted key, whose cost grows with
their square.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from core.errors import InputError, Position

MAX_BYTES = 16_000
"""The largest file that is read."""
KEY_PARTS = 20
DEPTH = 40
"""The depth of brackets from which on a text that the parser cannot follow is said to be too deep."""
SHOWN = 300
"""Characters of the longest line that an error shows."""

DOTTED = re.compile(rf"""(?<![\w"'.-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{KEY_PARTS}}}""")
LONG_NUMBER = re.compile(r"[0-9](?:_?[0-9]){4000}")
PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")

REASONS = {
    "Invalid statement": "toml-statement",
    "Invalid initial character for a key part": "toml-statement",
    "Expected '=' after a key": "toml-statement",
    "Invalid value": "toml-value",
    "Unclosed": "toml-unclosed",
    "Unterminated string": "toml-unclosed",
    "Expected newline or end of document": "toml-rest",
    "Cannot overwrite a value": "toml-twice",
    "Duplicate inline table key": "toml-twice",
    "Cannot declare": "toml-twice",
    "Cannot mutate immutable namespace": "toml-twice",
}
"""How the parser's complaints begin, and our errors that say what is expected instead."""
WHOLE_LINES = ("Cannot overwrite a value", "Cannot declare")
"""What the parser says behind the line that it is about."""


def decode(data: bytes, *, file: str | None = None) -> str:
    """The text of a file's bytes; raises `InputError` where they are too many or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise InputError("file-too-large", at=Position(file=file), size=len(data), limit=MAX_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise InputError("not-utf8", at=_place(before, len(before), file), byte=f"0x{data[error.start]:02X}") from None


def read(text: str, *, file: str | None = None) -> dict[str, Any]:
    """The tables of a file's text; raises `InputError`, placed at the line and the character, where it is too long or no TOML."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise InputError("file-too-large", at=Position(file=file), size=size, limit=MAX_BYTES)
    text = text.removeprefix("\ufeff")  # as some editors begin a file
    if dotted := DOTTED.search(text):
        raise InputError("key-too-long", at=_place(text, dotted.start(), file), limit=KEY_PARTS)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(text, str(error), file) from None
    except RecursionError:
        raise InputError("brackets-too-deep", at=_place(text, _deep(text), file), limit=DEPTH) from None
    except ValueError:  # Python refuses to read whole numbers of thousands of digits
        digits = LONG_NUMBER.search(text)
        raise InputError("number-too-large", at=_place(text, digits.start() if digits else 0, file), found=_brief(digits)) from None


def _not_toml(text: str, message: str, file: str | None) -> InputError:
    """The parser's complaint, in our words where we have any, with its place taken out of them."""
    lines = text.split("\n")
    found = PLACE.search(message)
    line, column = (int(found["line"]), int(found["column"])) if found and found["line"] else (len(lines), len(lines[-1]) + 1)
    offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
    reason = PLACE.sub("", message).rstrip(".")
    code = next((code for beginning, code in REASONS.items() if reason.startswith(beginning)), "not-toml")
    if reason.startswith(WHOLE_LINES):
        offset = text.rfind("\n", 0, offset) + 1
    return InputError(code, at=_place(text, offset, file), reason=reason)


def _place(text: str, offset: int, file: str | None) -> Position:
    """The line of a character, counted from 1, and where it is in that line."""
    begin = text.rfind("\n", 0, offset) + 1
    line = text[begin:].partition("\n")[0].removesuffix("\r")
    shown = "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line) if len(line) <= SHOWN else None
    return Position(file=file, key=f"line {text.count(chr(10), 0, offset) + 1}", text=shown, character=offset - begin)


def _deep(text: str) -> int:
    """The bracket that opens more levels than are read, as far as can be told without reading."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEPTH:
            return bracket.start()
    return 0


def _brief(digits: re.Match[str] | None) -> str:
    return f"{digits[0][:10]}…" if digits else "…"
