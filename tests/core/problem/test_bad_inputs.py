"""Bad problem files and equations: each is refused at once, at its file, key and character, with what was expected; nothing is executed."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from core.__main__ import main
from core.errors import MESSAGES, InputError
from core.experiment.making import experiment_from_toml, experiment_of
from core.files import toml
from core.problem.reading.reading import problem_from_toml
from tests.bad_inputs import BAD, C1, C2, E1, file

LIMIT = 0.05
"""Seconds after which an answer is late."""
PATIENCE = 10
"""Times that limit on a machine that does other things as well; what it takes is written behind each test, see `--durations`."""

EXECUTED = ("exec", "compile", "open", "import")
STARTED = ("subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "socket.", "ctypes.", "pickle.")
"""Events of Python's audit hooks that no text may cause."""


def refused(text: str) -> tuple[InputError, float]:
    """The error that a file's text gives, and the median of the seconds that this takes."""
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        with pytest.raises(InputError) as caught:
            experiment_from_toml(text, file="mine.toml")
        seconds.append(time.perf_counter() - begun)
    return caught.value, median(seconds)


def test_the_corpus_is_large() -> None:
    assert len(BAD) >= 150
    assert {bad.code for bad in BAD.values()} <= set(MESSAGES)
    experiment_from_toml(file())


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_at_once_and_at_its_place(name: str, record_property: Any) -> None:
    bad = BAD[name]
    error, seconds = refused(bad.text)
    record_property("milliseconds", round(1e3 * seconds, 2))
    assert (error.code, error.at.file, error.at.key, error.at.character) == (bad.code, "mine.toml", bad.key, bad.character)
    assert re.search(bad.says, error.message)
    assert seconds < LIMIT * PATIENCE
    lines = str(error).split("\n")
    assert lines[0].startswith("mine.toml")
    assert all(line.replace("\t", "").isprintable() for line in lines)
    assert len(str(error)) < 3_000
    if bad.character is not None and len(lines) == 3:
        assert lines[2] == "  " + " " * bad.character + "^"


def test_what_was_typed_is_kept_in_the_error() -> None:
    for name, bad in BAD.items():
        error, _ = refused(bad.text)
        if bad.character is not None and bad.key in (E1, C1, C2) and error.code != "expression-too-long":
            assert error.at.text is not None, name
            typed = json.loads('"' + error.at.text.replace("\ufffd", "?").replace('"', '\\"') + '"', strict=False)
            assert bad.character <= len(typed)


def test_nothing_is_executed() -> None:
    """Python's own report of what runs, opens and starts."""
    events: list[str] = []
    watching = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and (event in EXECUTED or event.startswith(STARTED)):
            events.append(f"{event} {arguments!r:.80}")

    sys.addaudithook(hook)
    for bad in BAD.values():
        watching = True
        with pytest.raises(InputError):
            experiment_from_toml(bad.text)
        watching = False
    assert events == []


@pytest.mark.parametrize("code", sorted({bad.code for bad in BAD.values()}))
def test_the_command_line_ends_with_2(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = next(bad for bad in BAD.values() if bad.code == code)
    path = tmp_path / "mine.toml"
    path.write_bytes(bad.text.encode())
    assert main(["solve", str(path), "--steps", "1", "--store", str(tmp_path / "runs.db")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(str(path))
    assert bad.key is None or bad.key in said
    assert re.search(bad.says, said)


@pytest.mark.parametrize(
    ("data", "code", "key", "character"),
    [
        (b"[problem]\ntitle = \"caf\xe9\"\n", "not-utf8", "line 2", 12),
        (b"\xff\xfe[\0p\0", "not-utf8", "line 1", 0),
        (b"\x7fELF\x02\x01\x01\0", "toml-statement", "line 1", 0),
        ("é".encode() * 10_000, "file-too-large", None, None),
        (b"x" * 16_001, "file-too-large", None, None),
    ],
)  # fmt: skip
def test_files_that_are_no_text_are_refused(
    data: bytes, code: str, key: str | None, character: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError) as caught:
        toml.read(toml.decode(data, file="mine.toml"), file="mine.toml")
    assert (caught.value.code, caught.value.at.key, caught.value.at.character) == (code, key, character)
    path = tmp_path / "mine.toml"
    path.write_bytes(data)
    assert main(["solve", str(path), "--steps", "1", "--store", str(tmp_path / "runs.db")]) == 2
    assert capsys.readouterr().err.startswith(str(path))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (tmp_path, tmp_path / "none.toml", f"{tmp_path}/a\0b.toml", f"{tmp_path}/{'x' * 5_000}.toml"):
        assert main(["solve", str(name), "--store", str(tmp_path / "runs.db")]) == 2
        assert capsys.readouterr().err.replace("\n", "").isprintable()


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    assert problem_from_toml("\ufeff" + file())


def test_missing_conditions_only_warn() -> None:
    experiment = experiment_from_toml(file(conditions="[]"))
    assert [warning for warning in experiment.warnings if "condition" in warning.code]


def test_a_recipe_with_wrong_types_is_refused() -> None:
    for line in ("weights = 3", 'weights = { condition = "x" }', 'weights = ["condition"]', "depth = []", "steps = {}"):
        problem = problem_from_toml(file(f"[training]\n{line}\n"))
        with pytest.raises(InputError):
            experiment_of(problem)
