"""Hostile strings and files: by the grammar, by mutation of right and of bad input, and of random Unicode."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.bad_inputs import BAD, file

ROOT = Path(__file__).parent.parent
LENGTH = 20_000
"""Characters of the longest string: more than is read of a file."""
PAYLOAD = "__import__('os').system('true')"


class Generator:
    """Hostile strings from one seed."""

    TOKENS = (
        *("x", "t", "u", "v", "nu", "k", "D", "u_x", "u_xx", "u_xxt", "v_t", "pi", "e", "boundary", "lap", "omega0"),
        *("+", "-", "*", "/", "^", "**", "(", ")", ",", "=", " ", "0", "1", "2", "0.5", "1e3", ".5", "1e999", "9" * 40),
        *("sin(", "sqrt(", "max(", "atan2(", "D(", "lap(", "u(0, t)", "u(x, 0)", "u(boundary)", "u_x(1, t)", "log(", "abs("),
    )
    CODE = (
        *(PAYLOAD, "exec('1')", "eval('1')", "().__class__", "lambda: 1", "[x for x in t]", "open('f')", "{x}", "f'{x}'", "${x}", "`x`"),
        *(
            "x.real",
            "0x10",
            "1j",
            "1_0",
            "9**9**9",
            "import os",
            "print(x)",
            "x; t",
            "<script>",
            "\\frac{u}{x}",
            "%s%n",
            "../..",
            "\x1b[2J",
        ),
    )
    ALPHABETS = (
        (0x20, 0x7E),
        (0x00, 0x1F),
        (0x80, 0x24F),
        (0x370, 0x52F),
        (0x2000, 0x206F),
        (0x1D400, 0x1D7FF),
        (0xD800, 0xDFFF),
        (0, 0x10FFFF),
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        library = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "core" / "problem" / "library").glob("*.toml"))]
        self.files = [*(bad.text for bad in BAD.values() if len(bad.text) < LENGTH), *library, *[file()] * 200]
        self.texts = [match for text in self.files for match in re.findall(r'"((?:[^"\\]|\\.)+)"', text)]

    def strings(self, number: int) -> Iterator[tuple[str, str]]:
        """Pairs, `number` of them, of a target's name and a string for it."""
        for _ in range(number):
            name = self.random.choices(("parse", "parse_equation", "Experiment.from_toml", "mistakes"), (3, 3, 3, 1))[0]
            text = self.expression() if name.startswith("parse") else self.file()
            yield name, text[:LENGTH]

    def expression(self) -> str:
        kind = self.random.random()
        if kind < 0.15:
            return self.derived(self.random.randint(1, 7))
        if kind < 0.3:
            return self.statement()
        if kind < 0.5:
            return "".join(self.random.choices((*self.TOKENS, *self.CODE), k=self.random.randint(1, 60)))
        if kind < 0.85:
            return self.mutated(self.random.choice((*self.texts, *self.CODE, self.derived(5))))
        if kind < 0.95:
            return self.unicode(self.random.randint(0, 300))
        return self.random.choice((*self.TOKENS, *self.CODE)) * self.random.choice((10, 100, 400, 3_000))

    def file(self) -> str:
        kind = self.random.random()
        text = self.random.choice(self.files)
        if kind < 0.3:
            return self.mutated(text)
        if kind < 0.95:  # another text in quotes
            quoted = list(re.finditer(r'"((?:[^"\\\n]|\\.)*)"', text))
            if quoted:
                place = self.random.choice(quoted)
                return (
                    text[: place.start()]
                    + json.dumps(self.random.choice((self.expression, self.statement))(), ensure_ascii=False)
                    + text[place.end() :]
                )
        return self.unicode(self.random.randint(0, 2_000))

    def statement(self) -> str:
        """A right equation or condition, or nearly."""
        left = self.random.choice(("u_t", "u_xx", "u", "u(0, t)", "u(x, 0)", "u_x(1, t)", "u(boundary)", "u(k, t)", "D(u, x)", "lap(u)"))
        return f"{left} = {self.derived(self.random.randint(0, 5))}"

    def derived(self, depth: int) -> str:
        """A right expression, or nearly."""
        choice = self.random.random()
        if depth <= 0 or choice < 0.15:
            return self.random.choice((*self.TOKENS[:16], "1", "2.5", "1e-3"))
        if choice < 0.65:
            return f"{self.derived(depth - 1)}{self.random.choice('+-*/^')}{self.derived(depth - 1)}"
        if choice < 0.8:
            return f"({self.derived(depth - 1)})"
        function = self.random.choice(("sin", "exp", "log", "sqrt", "max", "atan2", "lap", "D", "u", "u_x", "v_t"))
        return f"{function}({', '.join(self.derived(depth - 2) for _ in range(self.random.randint(0, 3)))})"

    def mutated(self, text: str) -> str:
        for _ in range(self.random.randint(1, 6)):
            start, end = sorted(self.random.randint(0, len(text)) for _ in range(2))
            part = text[start:end]
            insert = self.random.choice((*self.TOKENS, *self.CODE, self.unicode(1), self.unicode(8), part, part[::-1], part.swapcase()))
            match self.random.randrange(5):
                case 0:
                    text = text[:start] + insert + text[start:]
                case 1:
                    text = text[:start] + insert + text[min(end, start + 5) :]
                case 2:
                    text = text[:start] + text[min(end, start + 5) :]
                case 3:
                    text = text[:end] + part * self.random.choice((1, 2, 50)) + text[end:]
                case 4:
                    other = self.random.choice(self.texts)
                    text = text[:start] + other[self.random.randint(0, len(other)) :] + text[end:]
            text = text[:LENGTH]
        return text

    def unicode(self, length: int) -> str:
        low, high = self.random.choice(self.ALPHABETS)
        return "".join(chr(self.random.randint(low, high)) for _ in range(length))
