"""The classical solution alone, by the command line: real processes, exit codes, files."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]

BRATU = ("x = [0, 1]", ["u"], ["u_xx + 2*exp(u) = 0"], ["u(0) = 0", "u(1) = 0"])
CLAIRAUT = ("x = [1, 5]", ["y"], ["x*y_x + y_x^2 = y"], ["y(1) = 2"])
WELL = ("x = [0, 1]", ["p"], ["p_xx/2 + pi^2/2*p = 0"], ["p(0) = 0", "p(1) = 0"])
NEUMANN = ("x = [0, 1], y = [0, 1]", ["u"], ["-lap(u) = 1"], ["u_x(0, y) = 0", "u_x(1, y) = 0", "u_y(x, 0) = 0", "u_y(x, 1) = 0"])
BACKWARDS = ("x = [0, 1], t = [0, 0.1]", ["u"], ["u_t = u_xx"], ["u(x, 0.1) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"])
FED = ("x = [0, 1], t = [0, 1]", ["u"], ["u_t = u_xx"], ["u(x, 0) = x", "u(0, t) = 0", "u_x(1, t) = 1000*u(1, t)"])
STEEP = ("x = [0, 1]", ["u"], ["u_xx + 4*exp(u) = 0"], ["u(0) = 0", "u(1) = 0"])
HEAT = ("x = [0, 1], t = [0, 1]", ["u"], ["u_t = 0.4*u_xx"], ["u(x, 0) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"])

Stated = tuple[str, list[str], list[str], list[str]]


class Command(Protocol):
    def __call__(self, stated: Stated | str, *arguments: str) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def reference(tmp_path: Path) -> Command:
    """The command for a problem of the library, or one that is stated in a file."""

    def command(stated: Stated | str, *arguments: str) -> subprocess.CompletedProcess[str]:
        name = stated if isinstance(stated, str) else "mine.toml"
        if not isinstance(stated, str):
            coordinates, unknowns, equations, conditions = stated
            lists = {"unknowns": unknowns, "equations": equations, "conditions": conditions}
            lines = ["[problem]", f"coordinates = {{ {coordinates} }}", *(f"{key} = {json.dumps(value)}" for key, value in lists.items())]
            (tmp_path / name).write_text("\n".join(lines) + "\n")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TANGENTE_STORE": str(tmp_path / "runs.db")}
        asked = [sys.executable, "-m", "core", "reference", name, *arguments]
        return subprocess.run(asked, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    return command


def test_a_value_at_a_point_comes_with_its_error_and_nothing_is_interpolated(reference: Command, tmp_path: Path) -> None:
    done = reference("duffing", "--at", "t = 1.2345", "--json", "at.json")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "at.json").read_text())
    assert result.keys() == {"method", "error", "seconds", "evidence", "at", "values", "solutions"}
    assert (result["method"], result["at"]) == ("initial-value", {"t": 1.2345}) and 0 < result["error"] < 1e-9 and result["seconds"] > 0
    assert result["evidence"].keys() == {"points", "second"} and result["solutions"] == [{"values": result["values"]}]
    assert f"u(1.2345) = {result['values']['u']:.12g}" in done.stdout
    grid = reference("duffing", "--csv", "grid.csv")
    assert grid.returncode == 0, grid.stderr
    with (tmp_path / "grid.csv").open() as file:
        rows = np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    coarse = np.interp(1.2345, rows[:, 0], rows[:, 1])
    assert 1e-9 < abs(coarse - result["values"]["u"]) < 1e-4  # what lines between the grid's points would give


def test_a_field_at_a_point_of_its_grid(reference: Command, tmp_path: Path) -> None:
    done = reference(HEAT, "--at", "t=0.6, x=0.123", "--json", "at.json", "--csv", "grid.csv")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "at.json").read_text())
    assert result["values"]["u"] == pytest.approx(math.exp(-0.4 * math.pi**2 * 0.6) * math.sin(0.123 * math.pi), rel=1e-9)
    with (tmp_path / "grid.csv").open() as file:
        header, *rows = list(csv.reader(file))
    assert header == ["x", "t", "u"] and len(rows) == 102 * 101
    assert next(row[:2] for row in rows if row[0] == "0.123" and float(row[1]) == pytest.approx(0.6)) == ["0.123", "0.6"]


def test_without_a_point_there_are_no_values(reference: Command, tmp_path: Path) -> None:
    done = reference("burgers", "--value", "nu=0.05", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["values"] == {"u": None}


@pytest.mark.parametrize(
    ("stated", "point", "values"),
    [
        pytest.param(BRATU, "x=0.5", [0.328952421, 2.895531265], id="bratu"),
        pytest.param(CLAIRAUT, "x=3", [-2.0, 4.0], id="clairaut"),
    ],
)
def test_each_of_several_solutions_is_given(reference: Command, tmp_path: Path, stated: Stated, point: str, values: list[float]) -> None:
    done = reference(stated, "--at", point, "--json", "out.json", "--csv", "out.csv")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out.json").read_text())
    (unknown,) = stated[1]
    assert sorted(solution["values"][unknown] for solution in result["solutions"]) == pytest.approx(values, abs=1e-8)
    assert "2 solutions" in done.stdout and "solution 2: " in done.stdout
    with (tmp_path / "out.csv").open() as file:
        header, *rows = list(csv.reader(file))
    assert header == ["x", unknown, "solution"] and {row[2] for row in rows} == {"1", "2"}


@pytest.mark.parametrize(
    ("stated", "code", "words"),
    [
        pytest.param(WELL, "reference-family", ["family", "c*sin(pi*x)"], id="a family"),
        pytest.param(NEUMANN, "reference-contradiction", ["no solution", "any constant c", "equations[1]"], id="none"),
        pytest.param(BACKWARDS, "reference-backward", ["backwards", "t = 0.1", "ill-posed"], id="backwards"),
        pytest.param(FED, "reference-feeds-itself", ["x = 1", "exp(1e+06 t)"], id="an end that feeds itself"),
        pytest.param(
            *(STEEP, "reference-none-found", ["No solution was found", "there may be none"]),
            id="none was found",
            marks=pytest.mark.timed,  # how many ways are tried depends on how long each takes
        ),
    ],
)
def test_where_there_is_none_to_give_the_reason_is_told(
    reference: Command, tmp_path: Path, stated: Stated, code: str, words: list[str]
) -> None:
    done = reference(stated, "--json", "out.json")
    assert done.returncode == 3 and "Traceback" not in done.stderr
    result = json.loads((tmp_path / "out.json").read_text())
    assert (result["code"], result["solutions"], result["values"]) == (code, [], None)
    assert result["reason"] in done.stderr
    for word in words:
        assert word in result["reason"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "x=0.5"], ["--at", "t=NUMBER"]),
        (["--at", "x=0.5, t=1, t=1"], ["--at", "character 13"]),
        (["--at", "x=0.5, s=1"], ["x=NUMBER, t=NUMBER"]),
        (["--at", "x=half, t=1"], ["character 3", "x=NUMBER"]),
        (["--at", "x=nan, t=1"], ["outside the domain"]),
        (["--at", "x=1.5, t=1"], ["x=1.5", "between 0 and 1"]),
        (["--at", ""], ["x=NUMBER"]),
        (["--json", "."], ["This is a folder"]),
        (["--csv", "no/such/folder.csv"], ["folder.csv", "There is no folder"]),
        (["--value", "q=1"], ["q"]),
    ],
)
def test_mistakes_exit_with_2_before_anything_is_solved(reference: Command, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    done = reference("heat", *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr and not done.stdout
    for word in words:
        assert word in done.stderr


def test_a_file_that_cannot_be_written_twice_is_not_made_in_vain(reference: Command, tmp_path: Path) -> None:
    done = reference("heat", "--json", "new.json", "--csv", "no/such/folder.csv")
    assert done.returncode == 2 and not (tmp_path / "new.json").exists()
