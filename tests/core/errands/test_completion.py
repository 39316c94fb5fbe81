"""Completion, by a real bash; the log's levels; and what `--help` says of choices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.problem.reading.reading import library

ROOT = Path(__file__).resolve().parents[3]


def completed(script: str, *words: str) -> list[str]:
    """What bash offers after these words, the last of which is being typed."""
    typed = " ".join(f"'{word}'" for word in ("tangente", *words))
    asked = f'{script}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _tangente; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=20).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_problems_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion"], "tangente") == 0
    script = capsys.readouterr().out
    assert completed(script, "so") == ["solve"]
    assert "--version" in completed(script, "--") and "--limit" in completed(script, "runs", "--")
    assert completed(script, "solve", "bur") == ["burgers"] and set(library()) <= set(completed(script, "seeds", ""))
    assert completed(script, "solve", "burgers", "--learn") == ["--learning-rate"]
    assert completed(script, "solve", "burgers", "--precision", "") == ["float32", "float64"]
    assert "ssbroyden" in completed(script, "solve", "burgers", "--optimiser", "s")


def test_help_names_the_words_that_options_take(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["solve", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "One of float32, float64." in said and "One of soft, partial, hard." in said


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out.startswith("Tangente ")


@pytest.mark.parametrize(("level", "shown"), [("info", ["INFO", "WARNING"]), ("", ["WARNING"]), ("loud", ["WARNING"]), ("error", [])])
def test_the_log_has_levels(level: str, shown: list[str]) -> None:
    code = "import logging; from core.errands import logs; logs.begin(); log = logging.getLogger('core.x'); log.info('a'); log.warning('b')"
    environment = {**os.environ, "TANGENTE_LOG": level}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert [line.split()[2] for line in done.stderr.splitlines()] == shown
