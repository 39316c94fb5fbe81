"""The message catalogue: complete, up to date, and not bypassed."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.errors import MESSAGES, InputError
from dashboard.texts import _, ngettext, worded
from dashboard.texts.extraction import ROOT, TEMPLATE, extracted, languages
from dashboard.texts.formats import ago, count, duration, in_markdown, number, plain, precise

TOOLS = ("core", "dashboard", "pages")
SHOWN = {
    *("badge", "button", "caption", "checkbox", "download_button", "error", "expander", "exception", "file_uploader", "header", "info"),
    *("link_button", "markdown", "metric", "multiselect", "number_input", "page_link", "pills", "popover", "progress", "radio"),
    *(
        "segmented_control",
        "select_slider",
        "selectbox",
        "slider",
        "spinner",
        "status",
        "subheader",
        "success",
        "tabs",
        "text",
        "text_area",
    ),
    *("text_input", "title", "toast", "toggle", "warning", "write"),
}
"""Commands of Streamlit whose first argument a visitor reads."""
READ = {"label", "help", "caption", "captions", "placeholder", "body", "text", "alt", "title", "page_title"}
"""Keyword arguments that a visitor reads, of whatever command."""
INTERFACE = sorted([*(ROOT / "pages").glob("*.py"), *(path for path in (ROOT / "dashboard").glob("*.py") if path.name != "__main__.py")])


def messages(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def test_the_template_is_up_to_date() -> None:
    with TEMPLATE.open("rb") as file:
        assert messages(read_po(file)) == messages(extracted()), "run: python -m dashboard.texts"


@pytest.mark.parametrize("path", languages(), ids=lambda path: path.parent.parent.name)
def test_every_catalogue_is_up_to_date(path: Path) -> None:
    with path.open("rb") as file:
        assert messages(read_po(file)) == messages(extracted()), "run: python -m dashboard.texts"


def test_labels_errors_and_problems_are_extracted() -> None:
    known = messages(extracted())
    assert {"Learning rate", MESSAGES["out-of-range"], "Burgers' equation", ("{number} step", "{number} steps")} <= known


def literals(source: str) -> list[str]:
    """The texts that a module shows without `_`: constants and f-strings with letters in them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            shown = node.args[:1] if node.func.attr in SHOWN else []
            shown += [word.value for word in node.keywords if word.arg in READ]
            found += [ast.unparse(part) for argument in shown for part in parts(argument) if bypasses(part)]
    return found


def parts(argument: ast.expr) -> list[ast.expr]:
    """The expressions an argument may turn out to be, or is made of."""
    if isinstance(argument, ast.IfExp):
        return [*parts(argument.body), *parts(argument.orelse)]
    if isinstance(argument, ast.BinOp):
        return [*parts(argument.left), *parts(argument.right)]
    if isinstance(argument, ast.List | ast.Tuple):
        return [part for element in argument.elts for part in parts(element)]
    return [argument]


def bypasses(part: ast.expr) -> bool:
    constants = part.values if isinstance(part, ast.JoinedStr) else [part]
    words = [node.value for node in constants if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return any(character.isalpha() for word in words for character in word if not word.startswith(":material/"))


@pytest.mark.parametrize("path", INTERFACE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_bypasses_the_catalogue(path: Path) -> None:
    assert literals(path.read_text(encoding="utf-8")) == []


def test_a_text_that_bypasses_the_catalogue_is_found() -> None:
    source = """
st.button("Train")
column.title(f"Hello {name}")
st.metric(_("Loss"), "3", help="How far")
st.markdown("a" if short else _("b"))
st.radio(_("Device"), names, captions=["one", reasons[0]])
st.button(_("Fine"), key="train", icon=":material/play_arrow:")
st.caption(f"{number} · {other}")
"""
    assert literals(source) == ["'Train'", "f'Hello {name}'", "'How far'", "'a'", "'one'"]


def test_english_messages_are_their_own_keys() -> None:
    assert _("Depth") == "Depth"
    assert _("") == ""
    assert ngettext("{number} step", "{number} steps", 1) == "{number} step"
    assert ngettext("{number} step", "{number} steps", 2) == "{number} steps"


def test_errors_are_worded_with_their_values() -> None:
    error = InputError("out-of-range", name="depth", low=1, high=10, value=99)
    assert worded(error) == "depth must lie between 1 and 10, but got 99."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123, "0.012"),
        (1.0, "1.0"),
        (9.96, "10"),
        (430.2, "430"),
        (1234.5, "1,200"),
        (3.14e-6, "3.1e−6"),
        (9.99e-4, "0.0010"),
        (9.94e-4, "9.9e−4"),
        (2.5e7, "2.5e7"),
        (-0.5, "−0.50"),
        (-3e-7, "−3.0e−7"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_numbers_have_two_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2"), (9.80665, "9.8066"), (-0.000412344, "−4.1234e−4"), (123456.7, "123,460"), (1.5e8, "1.5e8"), (0.0, "0"), (math.inf, "inf")],
)
def test_what_was_found_has_five_digits_at_most(value: float, text: str) -> None:
    assert precise(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.43, "0.43 s"),
        (9.2, "9.2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.7, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.8, "1 h 0 min"),
        (12000, "3 h 20 min"),
    ],
)
def test_durations_are_in_words(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_counts_and_times_ago() -> None:
    assert count(200_000) == "200,000"
    assert [ago(seconds) for seconds in (1, 180, 90_000)] == ["just now", "3 minutes ago", "1 day ago"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a plain title, 2.5 of 10-20 (50%)", r"a plain title, 2.5 of 10-20 \(50%\)"),
        ("[click](http://x)", r"\[click\]\(http://x\)"),
        ("![](x) <b> $a$ `c` *d* _e_ ~f~", r"\!\[\]\(x\) \<b\> \$a\$ \`c\` \*d\* \_e\_ \~f\~"),
        (":red[x] :material/home: cuda:0", r"\:red\[x\] \:material/home: cuda:0"),
        ("two\n\n# lines", r"two \# lines"),
    ],
)
def test_what_somebody_typed_is_no_markdown(typed: str, shown: str) -> None:
    assert plain(typed) == shown


def test_an_error_shows_what_was_typed_as_it_was_typed() -> None:
    assert in_markdown(InputError("unknown-problem-near", name="[x](y)", near="burgers")).startswith(r"There is no problem \[x\]\(y\) in")
    assert in_markdown(InputError("unknown-name-near", name="a_b", near="a*b")) == "`a_b` is not known here; did you mean `a*b`?"
