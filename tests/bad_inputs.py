"""Bad problem files: what each must be told. The tests hold them against this, and the fuzzers begin with them."""

from __future__ import annotations

import json
from dataclasses import dataclass

GOOD = {
    "coordinates": "{ x = [0, 1], t = [0, 2] }",
    "unknowns": '["u"]',
    "parameters": "{ k = 0.5 }",
    "equations": '["u_t = k*u_xx"]',
    "conditions": '["u(x, 0) = sin(pi*x)", "u(boundary) = 0"]',
}


def file(more: str = "", /, **changes: str | None) -> str:
    """A right problem file with keys changed or left out (None), and more lines behind."""
    keys = {**GOOD, **changes}
    return "[problem]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None) + more


def equation(text: str) -> str:
    return file(equations=json.dumps([text], ensure_ascii=False))


def conditions(*texts: str) -> str:
    return file(conditions=json.dumps(texts, ensure_ascii=False))


@dataclass(frozen=True)
class Bad:
    """A text, and the error that it must give. `place` is its key, behind `problem` where it begins with a dot;
    `says` matches the message.
    """

    text: str
    code: str
    place: str | None
    character: int | None
    says: str

    @property
    def key(self) -> str | None:
        return f"problem{self.place}" if self.place and self.place.startswith(".") else self.place


E1 = ".equations[1]"
C1, C2 = ".conditions[1]", ".conditions[2]"
FIRST_LINE, LAST_LINE = "line 1", "line 7"

BAD: dict[str, Bad] = {
    # Files.
    "an empty file": Bad("", "no-problem", "problem", None, r'problem = "NAME".* or a \[problem\] table'),
    "only blanks": Bad(" \n\n\t\n", "no-problem", "problem", None, r"needs a problem"),
    "a megabyte": Bad("# " + "x" * 1_000_000, "file-too-large", None, None, r"at most 16000"),
    "a dotted key of 40 kB": Bad("a." * 20_000 + "a = 1", "file-too-large", None, None, r"at most 16000"),
    "a dotted key of 16 kB": Bad("a." * 7_990 + "a = 1", "key-too-long", FIRST_LINE, 0, r"20 parts at most"),
    "a dotted key in quotes": Bad('"a" . ' * 2_500 + "a = 1", "key-too-long", FIRST_LINE, 0, r"20 parts"),
    "a dotted key in braces": Bad("x = { " + "a." * 7_000 + "a = 1 }", "key-too-long", FIRST_LINE, 6, r"20 parts"),
    "a dotted section": Bad("\n[" + "a." * 7_000 + "a]", "key-too-long", "line 2", 1, r"20 parts"),
    "NUL": Bad(file("\0"), "toml-statement", LAST_LINE, 0, r"a \[section\], a key = value"),
    "NUL in a text": Bad('[problem]\ntitle = "a\0b"', "not-toml", "line 2", 10, r"Illegal character"),
    "a key twice": Bad(file('unknowns = ["v"]\n'), "toml-twice", LAST_LINE, 0, r"second time"),
    "a key twice in braces": Bad(file(parameters="{ k = 1, k = 2 }"), "toml-twice", "line 4", 27, r"second time"),
    "a section twice": Bad(file("[problem]\n"), "toml-twice", LAST_LINE, 0, r"second time"),
    "a section that is not closed": Bad("[problem\n", "not-toml", FIRST_LINE, 8, r"Expected '\]'"),
    "a list that is not closed": Bad('[problem]\nunknowns = ["u",\n', "toml-value", "line 3", 0, r"A value is needed"),
    "a text that is not closed": Bad('[problem]\ntitle = "u', "toml-unclosed", "line 2", 10, r"before this is closed"),
    "no value": Bad("[problem]\nunknowns =\n", "toml-value", "line 2", 10, r"A value is needed"),
    "a text without quotes": Bad("[problem]\nunknowns = [u]\n", "toml-value", "line 2", 12, r'a text in "quotes"'),
    "a number and more": Bad("[problem]\nunknowns = 1 u\n", "toml-rest", "line 2", 13, r"The line must end here"),
    "5,000 brackets in a file": Bad("x = " + "[" * 5_000, "brackets-too-deep", FIRST_LINE, 44, r"40 deep at most"),
    "3,000 braces in a file": Bad("x = " + "{a=" * 3_000, "brackets-too-deep", FIRST_LINE, 124, r"40 deep at most"),
    "5,000 digits in a file": Bad("x = " + "9" * 5_000, "number-too-large", FIRST_LINE, 4, r"9999999999… is too large"),
    "a Python script": Bad("import os\nos.system('true')\n", "toml-statement", FIRST_LINE, 7, r"key = value"),
    "JSON": Bad('{"problem": {}}', "toml-statement", FIRST_LINE, 0, r"key = value"),
    "HTML": Bad("<!DOCTYPE html>", "toml-statement", FIRST_LINE, 0, r"key = value"),
    "no problem": Bad("[network]\ndepth = 3\n", "no-problem", "problem", None, r"needs a problem"),
    "a number for a problem": Bad("problem = 3\n", "no-problem", "problem", None, r"needs a problem"),
    "several problems": Bad("[[problem]]\n[[problem]]\n", "no-problem", "problem", None, r"needs a problem"),
    "a problem of another folder": Bad('problem = "../heat"\n', "unknown-problem-near", "problem", None, r"did you mean heat"),
    "a section of another name": Bad(file("[netwrk]\n"), "unknown-section-near", "netwrk", None, r"did you mean network"),
    # What programs do with text.
    "an import": Bad(equation("u_t = __import__('os').system('true')"), "unknown-name", E1, 6, r"`__import__` is not known"),
    "an attribute": Bad(equation("u_t = u.real"), "bad-character", E1, 7, r"FULL STOP"),
    "the class of nothing": Bad(equation("u_t = ().__class__.__bases__[0]"), "bad-character", E1, 8, r"FULL STOP"),
    "a lambda": Bad(equation("u_t = (lambda: 1)()"), "bad-character", E1, 13, r"COLON"),
    "a comprehension": Bad(equation("u_t = [x for x in t]"), "bad-character-near", E1, 6, r"did you mean `\(`"),
    "eval": Bad(equation("u_t = eval(x)"), "unknown-name", E1, 6, r"`eval` is not known"),
    "open": Bad(equation("u_t = open('/dev/null')"), "unknown-name", E1, 6, r"`open` is not known"),
    "a formatted text": Bad(equation("u_t = f'{x}'"), "bad-character", E1, 7, r"APOSTROPHE"),
    "an assignment": Bad(equation("u_t = (x := 1)"), "bad-character", E1, 9, r"COLON"),
    "a statement": Bad(equation("u_t = u; x"), "bad-character-near", E1, 7, r"did you mean `,`"),
    "a comment": Bad(equation("u_t = u # x"), "bad-character", E1, 8, r"NUMBER SIGN"),
    # Numbers and sizes.
    "a tower": Bad(equation("u_t = 9**9**9"), "too-large", E1, 7, r"too large to be computed"),
    "1e999": Bad(equation("u_t = 1e999"), "number-too-large", E1, 6, r"1e999 is too large"),
    "5,000 digits": Bad(equation("u_t = " + "9" * 5_000), "expression-too-long", E1, 500, r"500 characters at most"),
    "480 digits": Bad(equation("u_t = " + "9" * 480), "number-too-large", E1, 6, r"is too large"),
    "10,000 minus signs": Bad(equation("u_t = " + "-" * 10_000 + "u"), "expression-too-long", E1, 500, r"500 characters"),
    "400 minus signs": Bad(equation("u_t = " + "-" * 400 + "u"), "too-deep", E1, 46, r"more than 40 deep"),
    "5,000 brackets": Bad(equation("u_t = " + "(" * 5_000 + "u"), "expression-too-long", E1, 500, r"500 characters"),
    "200 brackets": Bad(equation("u_t = " + "(" * 200 + "u" + ")" * 200), "too-deep", E1, 46, r"more than 40 deep"),
    "too many parts": Bad(equation("u_t = " + "+".join("u" * 150)), "too-many-parts", E1, 206, r"split it"),
    "definitions that double": Bad(
        file(definitions='{ a = "x*t + sin(x)", b = "a*a*a*a*a", c = "b*b*b*b*b", d = "c*c*c*c*c", f = "d*d*d*d*d*d" }',
             equations='["u_t = f*u"]'), "grows-too-large", ".definitions.f", None, r"more than 5000 parts",
    ),
    "a derivative that grows": Bad(
        equation(f"u_t = D({'sin(' * 35}x*u{')' * 35}, x, 4)"), "grows-too-large", E1, None, r"more than 2000 parts"
    ),
    "derivatives that grow together": Bad(
        file(equations=json.dumps([f"u_t = D({'sin(' * 35}{n}*x*u{')' * 35}, x, 2)" for n in range(1, 20)])),
        "problem-too-large", ".equations[13]", None, r"up to here .* 5000 parts",
    ),
    "hexadecimal": Bad(equation("u_t = 0x10*u"), "operator-missing", E1, 7, r"operator before `x10`"),
    "imaginary": Bad(equation("u_t = 1j*u"), "write-complex", E1, 6, r"two unknowns, its real and its imaginary part"),
    "digits in groups": Bad(equation("u_t = 1_000*u"), "operator-missing", E1, 7, r"operator before `_000`"),
    "a division by zero": Bad(equation("u_t = u/0"), "division-by-zero", E1, 7, r"divides by zero"),
    "a root of minus one": Bad(equation("u_t = sqrt(-1)*u"), "not-real", E1, 6, r"no real value"),
    "a hidden division by zero": Bad(equation("u_t = u/(k - 0.5)"), "division-by-zero", E1, None, r"divides by zero"),
    # Characters.
    "NUL in an equation": Bad(file(equations='["u_t = u\\u0000"]'), "bad-character", E1, 7, r"U\+0000"),
    "letters from right to left": Bad(equation("u_t = u\u202e + x"), "bad-character", E1, 7, r"RIGHT-TO-LEFT OVERRIDE"),
    "a space of no width": Bad(equation("u_t = u\u200b"), "bad-character", E1, 7, r"ZERO WIDTH SPACE"),
    "a Cyrillic x": Bad(equation("u_t = \u0445*u"), "bad-character-near", E1, 6, r"CYRILLIC .* did you mean `x`"),
    "a wide letter": Bad(equation("u_t = \uff55"), "bad-character-near", E1, 6, r"did you mean `u`"),
    "a command to the terminal": Bad(equation("u_t = u\x1b[2J"), "bad-character", E1, 7, r"U\+001B"),
    # Equations.
    "no =": Bad(equation("u_t - u"), "equals-missing", E1, 7, r"two sides"),
    "two =": Bad(equation("u_t = u = 0"), "equals-twice", E1, 8, r"this is the second"),
    "==": Bad(equation("u_t == u"), "equals-twice", E1, 5, r"this is the second"),
    "nothing": Bad(equation(""), "operand-missing", E1, 0, r"Expected a number, a name"),
    "no right side": Bad(equation("u_t ="), "operand-missing", E1, 5, r"Expected a number, a name"),
    "sin()": Bad(equation("u_t = sin()"), "wrong-arity", E1, 6, r"must be 1, but is 0"),
    "sin(x, x)": Bad(equation("u_t = sin(x, x)"), "wrong-arity", E1, 6, r"must be 1, but is 2"),
    "sin x": Bad(equation("u_t = sin x"), "brackets-missing", E1, 6, r"`sin\(…\)`"),
    "a product without a sign behind a fraction": Bad(equation("u_t = 1/2u"), "operator-missing", E1, 9, r"`2\*u`"),
    "a bracket that is not closed": Bad(equation("u_t = (u + 1"), "bracket-not-closed", E1, 6, r"never closed"),
    "an unknown name": Bad(equation("u_t = foo*u"), "unknown-name", E1, 6, r"`foo` is not known"),
    "a misspelt derivative": Bad(equation("u_t = k*uxx"), "unknown-name-near", E1, 8, r"did you mean `u_xx`"),
    "a derivative along nothing": Bad(equation("u_t = u_xz"), "no-coordinate", E1, 9, r"`z` is not a coordinate"),
    "order 5": Bad(equation("u_xxxxx = 0"), "order-too-high", E1, 0, r"highest order is 4"),
    "order 5 by D": Bad(equation("u_t = D(u_xxx, x, 2)"), "order-too-high", E1, 6, r"highest order is 4"),
    "order 6 by lap": Bad(equation("u_t = lap(lap(lap(u)))"), "order-too-high", E1, 6, r"highest order is 4"),
    "no unknown": Bad(equation("x = t"), "equation-without-unknown", E1, None, r"must contain an unknown"),
    "a value at a place": Bad(equation("u_t = x*u(0, t)"), "equation-with-place", E1, 8, r"write u instead"),
    "the same twice": Bad(file(equations='["u_t = u", "u_t = (u)"]'), "said-twice", ".equations[2]", None, r"equations\[1\]"),
    "21 equations": Bad(file(equations=json.dumps([f"u_t = {n}*u" for n in range(21)])), "too-many", ".equations", None, r"20 entries"),
    "equations as one text": Bad(file(equations='"u_t = u"'), "not-a-list", ".equations", None, r"a list of texts"),
    "an equation in a list": Bad(file(equations='[["u_t = u"]]'), "not-a-text", E1, None, r"a text in quotes"),
    "equations as a table": Bad(file(equations='{ a = "u_t = u" }'), "not-a-list", ".equations", None, r"a list of texts"),
    "no equations": Bad(file(equations=None), "missing-key", "problem", None, r"key equations is missing"),
    # Parameters and definitions.
    "a derivative in a parameter": Bad(file(parameters='{ k = "u_x" }'), "unknown-name", ".parameters.k", 0, r"`u_x` is not known"),
    "a parameter named as a derivative": Bad(file(parameters="{ u_x = 1 }"), "name-reserved", ".parameters.u_x", None, r"choose another"),
    "a word for a parameter": Bad(file(parameters='{ k = "one" }'), "unknown-name", ".parameters.k", 0, r"`one`"),
    "NaN for a parameter": Bad(file(parameters="{ k = nan }"), "not-a-usable-number", ".parameters.k", None, r"finite number .* got nan"),
    "true for a parameter": Bad(file(parameters="{ k = true }"), "not-a-usable-number", ".parameters.k", None, r"got true"),
    "a date for a parameter": Bad(file(parameters="{ k = 1979-05-27 }"), "not-a-usable-number", ".parameters.k", None, r"got 1979-05-27"),
    "a list for a parameter": Bad(file(parameters="{ k = [1, [2]] }"), "not-a-usable-number", ".parameters.k", None, r"got \[1, \[…\]\]"),
    "a value outside its range": Bad(
        file(parameters="{ k = { value = 3, low = 0, high = 1 } }"), "empty-range", ".parameters.k", None, r"low <= value <= high"
    ),
    "a misspelt end": Bad(file(parameters="{ k = { value = 3, lo = 0 } }"), "unknown-key-near", ".parameters.k.lo", None, r"mean low"),
    "a definition by itself": Bad(file(definitions='{ w = "w + 1" }'), "unknown-name", ".definitions.w", 0, r"`w` is not known"),
    "a definition by a later one": Bad(file(definitions='{ a = "2*b", b = "1" }'), "unknown-name", ".definitions.a", 2, r"`b`"),
    "a definition that is a number": Bad(file(definitions="{ w = 1 }"), "not-a-text", ".definitions.w", None, r"a text in quotes"),
    # Coordinates.
    "a reversed interval": Bad(file(coordinates="{ x = [1, 0], t = [0, 2] }"), "empty-interval", ".coordinates.x", None, r"less than"),
    "an empty interval": Bad(file(coordinates="{ x = [1, 1], t = [0, 2] }"), "empty-interval", ".coordinates.x", None, r"got \[1, 1\]"),
    "NaN for an end": Bad(file(coordinates="{ x = [0, nan], t = [0, 2] }"), "not-a-usable-number", ".coordinates.x[2]", None, r"got nan"),
    "an infinite interval": Bad(
        file(coordinates="{ x = [-inf, inf], t = [0, 2] }"), "not-a-usable-number", ".coordinates.x[1]", None, r"got -inf"
    ),
    "1e999 for an end": Bad(
        file(coordinates='{ x = [0, "1e999"], t = [0, 2] }'), "number-too-large", ".coordinates.x[2]", 0, r"too large"
    ),
    "an expression with an unknown for an end": Bad(
        file(coordinates='{ x = [0, "2*u"], t = [0, 2] }'), "unknown-name", ".coordinates.x[2]", 2, r"`u` is not known"
    ),
    "one end": Bad(file(coordinates="{ x = [0], t = [0, 2] }"), "not-an-interval", ".coordinates.x", None, r"\[low, high\]"),
    "a text for an interval": Bad(file(coordinates='{ x = "01", t = [0, 2] }'), "not-an-interval", ".coordinates.x", None, r"got 01"),
    "lists in lists": Bad(file(coordinates="{ x = [[[[[[[[0]]]]]]]], t = [0, 2] }"), "not-an-interval", ".coordinates.x", None, r"\[…\]"),
    "a list of coordinates": Bad(file(coordinates="[0, 1]"), "not-a-table", ".coordinates", None, r"a table"),
    "no coordinates": Bad(file(coordinates="{}"), "empty", ".coordinates", None, r"at least one"),
    "four coordinates": Bad(
        file(coordinates="{ x = [0, 1], y = [0, 1], z = [0, 1], t = [0, 1] }"),
        "too-many-coordinates", ".coordinates", None, r"3 coordinates at most",
    ),
    "a coordinate of two letters": Bad(file(coordinates="{ xx = [0, 1] }"), "not-a-letter", ".coordinates.xx", None, r"single letter"),
    "a Cyrillic coordinate": Bad(file(coordinates='{ "\u0445" = [0, 1] }'), "not-a-name", ".coordinates.\u0445", None, r"letters, digits"),
    "e for a coordinate": Bad(file(coordinates="{ e = [0, 1] }"), "name-reserved", ".coordinates.e", None, r"choose another"),
    # Unknowns.
    "an unknown without an equation": Bad(file(unknowns='["u", "v"]'), "unused-unknown", ".unknowns[2]", None, r"No equation contains"),
    "an unknown twice": Bad(file(unknowns='["u", "u"]'), "name-twice", ".unknowns[2]", None, r"given twice"),
    "an unknown that is a coordinate": Bad(file(unknowns='["x"]'), "name-twice", ".unknowns[1]", None, r"given twice"),
    "an unknown that is a function": Bad(file(unknowns='["sin"]'), "name-reserved", ".unknowns[1]", None, r"choose another"),
    "an unknown of underscores": Bad(file(unknowns='["__class__"]'), "not-a-name", ".unknowns[1]", None, r"beginning with a letter"),
    "a number for an unknown": Bad(file(unknowns="[1]"), "not-a-text", ".unknowns[1]", None, r"a text in quotes"),
    "no unknowns": Bad(file(unknowns="[]"), "empty", ".unknowns", None, r"at least one"),
    # Conditions.
    "a place after the end": Bad(conditions("u(0, t) = 0", "1 = u(x, 3)"), "outside-domain", C2, 4, r"between 0 and 2, but is 3"),
    "a place before the beginning": Bad(conditions("u(-0.1, t) = 0"), "outside-domain", C1, 0, r"between 0 and 1, but is -0.1"),
    "a place by a parameter": Bad(conditions("x + u(3*k, t) = 0"), "outside-domain", C1, 4, r"but is 1.5"),
    "two values": Bad(conditions("u(0, t) = 0", "u(0, t) = 1"), "contradiction", C2, None, r"`u\(0, t\) = 0` \(conditions\[1\]\)"),
    "two values, scaled": Bad(conditions("u(0, t) = 1", "2*u(0, t) = 1"), "contradiction", C2, None, r"gives another value"),
    "two functions": Bad(conditions("u(x, 0) = x", "u(x, 0) = 1"), "contradiction", C2, None, r"gives another value"),
    "another value on the boundary": Bad(conditions("u(boundary) = 0", "u(0, t) = 1"), "contradiction", C2, None, r"gives another value"),
    "a slope that does not fit": Bad(conditions("u(x, 0) = x", "u_x(x, 0) = 2"), "contradiction", C2, None, r"gives another value"),
    "what never holds": Bad(conditions("u(0, t) = u(0, t) + 1"), "never-holds", C1, None, r"never hold"),
    "the same condition twice": Bad(conditions("u(0, t) = 0", "u(0, t) = 0"), "said-twice", C2, None, r"conditions\[1\]"),
    "no place": Bad(conditions("3*u = 0"), "condition-without-place", C1, 2, r"write u\(x, 0\)"),
    "every place": Bad(conditions("u_x(x, t) = 0"), "condition-without-place", C1, 0, r"write u_x\(x, 0\)"),
    "too few places": Bad(conditions("u(0) = 0"), "wrong-place", C1, 0, r"must be 2 \(x, t\), but is 1"),
    "too many places": Bad(conditions("u(0, t, 1) = 0"), "wrong-place", C1, 0, r"must be 2 \(x, t\), but is 3"),
    "a place that varies": Bad(conditions("u(2*x, 0) = 0"), "place-varies", C1, 2, r"`x` itself or a constant"),
    "places in another order": Bad(conditions("u(t, 0) = 0"), "place-varies", C1, 2, r"`x` itself or a constant"),
    "no common edge": Bad(conditions("u(0, t) = u(x, 0)"), "no-common-edge", C1, None, r"share no place"),
    "a coordinate with two values": Bad(conditions("u(0, t) = u(1, t) + x"), "ambiguous-coordinate", C1, 20, r"cannot stand alone"),
    "a condition without an unknown": Bad(conditions("x = 0"), "condition-without-unknown", C1, None, r"must contain an unknown"),
    "conditions as one text": Bad(file(conditions='"u(0, t) = 0"'), "not-a-list", ".conditions", None, r"a list of texts"),
    "a number for a condition": Bad(file(conditions="[1]"), "not-a-text", C1, None, r"a text in quotes"),
    "41 conditions": Bad(conditions(*[f"u(x, 0) = {n}" for n in range(41)]), "too-many", ".conditions", None, r"40 entries"),
    # The other keys.
    "a misspelt key": Bad(file('equation = ["u_t = u"]\n'), "unknown-key-near", ".equation", None, r"did you mean equations"),
    "a key of 15,000 letters": Bad(file("a" * 15_000 + " = 1\n"), "unknown-key", "." + "a" * 59 + "…", None, r"There is no key"),
    "a number for a title": Bad(file("title = 3\n"), "not-a-text", ".title", None, r"a text in quotes"),
    "a long title": Bad(file(f'title = "{"x" * 200}"\n'), "too-long", ".title", None, r"100 characters"),
    "a method that there is not": Bad(file('reference = "fem"\n'), "not-a-choice", ".reference", None, r"one of auto, none"),
    "a list for a method": Bad(file('reference = ["auto"]\n'), "not-a-choice-near", ".reference", None, r"one of auto, none"),
    "a promise below zero": Bad(file("promise = -1\n"), "not-a-promise", ".promise", None, r"above zero"),
    "an exact solution of another unknown": Bad(file('exact = { v = "x" }\n'), "exact-incomplete", ".exact", None, r"each unknown"),
    "an exact solution by itself": Bad(file('exact = { u = "2*u" }\n'), "unknown-name", ".exact.u", 2, r"`u` is not known"),
    "an exact reference without a solution": Bad(file('reference = "exact"\n'), "exact-missing", ".reference", None, r"`exact` states it"),
    "a domain": Bad(file('domain = "disk(0, 0, 1)"\n'), "unsupported-domain", ".domain", None, r"Leave `domain` out"),
    "a number for a network": Bad("network = 3\n" + file(), "not-a-table", "network", None, r"a table"),
    "a depth of 1,000": Bad(file("[network]\ndepth = 1000\n"), "out-of-range", "network.depth", None, r"between 1 and 10"),
    "a word for a depth": Bad(file('[network]\ndepth = "deep"\n'), "not-an-integer", "network.depth", None, r"a whole number"),
    "a misspelt setting": Bad(
        file("[training]\nlearning_rat = 1\n"), "unknown-hyperparameter-near", "training.learning_rat", None, r"did you mean learning_rate"
    ),
    "NaN for a rate": Bad(file("[training]\nlearning_rate = nan\n"), "not-a-number", "training.learning_rate", None, r"but got nan"),
    "a number for weights": Bad(file("[training]\nweights = 3\n"), "not-a-table", "training.weights", None, r"a table"),
    "a word for a weight": Bad(
        file('[training]\nweights = { condition = "x" }\n'), "not-a-number", "training.weights.condition", None, r"a number, but got"
    ),
    "a value of no parameter": Bad(file("[values]\nq = 1\n"), "unknown-parameter", "values.q", None, r"parameters are: k"),
    "NaN for a value": Bad(file("[values]\nk = nan\n"), "not-a-usable-number", "values.k", None, r"finite number"),
    "a list of values": Bad("values = [1]\n" + file(), "not-a-table", "values", None, r"a table"),
}  # fmt: skip
