"""Tangente as a library: the examples of docs/api.md, run as they stand there, and what a result holds."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tangente
from core.domain.domain import Interval

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split("\n")[2])
def test_every_example_of_the_documentation_runs(example: str, tmp_path: Path) -> None:
    example = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{example}"
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_the_documentation_names_all_there_is() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    fields = [field.name for field in dataclasses.fields(tangente.Result)]
    assert [name for name in fields if f"`{name}`" not in text] == []
    assert [name for name in tangente.__all__ if name != "__version__" and name not in text] == []


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tangente.Result:
    store = tangente.RunStore(str(tmp_path_factory.mktemp("api") / "runs.db"))
    return tangente.solve("heat", optimiser="adam", steps=30, depth=2, width=8, patience=None, store=store)


def test_a_result_holds_the_run(result: tangente.Result) -> None:
    assert result.steps == 30 and result.seconds > 0
    assert result.losses.keys() == set(result.experiment.terms)
    assert {len(values) for values in result.losses.values()} == {31}  # of the untrained network, and after each step
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.steps = 1  # type: ignore[misc]


def test_its_errors_are_those_of_its_fields(result: tangente.Result) -> None:
    network, reference = result.fields["u"], result.reference["u"]
    assert network.shape == reference.shape == tuple(len(axis) for axis in result.axes.values())
    distance = np.linalg.norm(network - reference) / np.linalg.norm(reference)
    assert result.relative_l2["u"] == pytest.approx(float(distance), rel=1e-3)


def test_its_network_gives_its_fields(result: tangente.Result) -> None:
    x, t = result.axes.values()
    values = result.at(x=x[:, None], t=t)["u"]
    assert values == pytest.approx(result.fields["u"], abs=1e-5)
    with pytest.raises(TypeError, match="the coordinates are x, t"):
        result.at(y=1)


def test_its_figure_holds_what_it_draws(result: tangente.Result) -> None:
    network, reference, error = (np.asarray(trace.z) for trace in result.figure().data)
    assert np.array_equal(network, result.fields["u"]) and np.allclose(10.0**error, np.abs(network - reference))
    assert {trace.name for trace in result.figure().data} == {None} and np.array_equal(result.figure().data[0].x, result.axes["t"])


def test_three_coordinates_are_cut_halfway_through_the_time() -> None:
    grid = np.random.default_rng(0).random((3, 4, 5))
    axes = {name: np.arange(size, dtype=float) for name, size in zip("xyt", grid.shape, strict=True)}
    coordinates = tuple(Interval(name, axis[0], axis[-1]) for name, axis in axes.items())
    (trace,) = tangente.result.drawing.figure(coordinates, axes, {"u": grid}, {}).data
    assert np.array_equal(np.asarray(trace.z), grid[..., 2]) and trace.transpose
    assert (trace.zmin, trace.zmax) == (-grid.max(), grid.max())


def test_curves_lie_on_the_reference_where_there_is_one() -> None:
    axis = np.linspace(0, 1, 5)
    coordinates, field = (Interval("t", 0.0, 1.0),), {"u": axis**2}
    band, line = tangente.result.drawing.figure(coordinates, {"t": axis}, field, {"u": axis}).data
    assert np.array_equal(band.y, axis) and np.array_equal(line.y, axis**2) and np.array_equal(line.x, axis)
    (alone,) = tangente.result.drawing.figure(coordinates, {"t": axis}, field, {}).data
    assert np.array_equal(alone.y, axis**2)


def test_what_the_store_has_is_not_trained_again(tmp_path: Path) -> None:
    asked = tangente.experiment("decay", optimiser="adam", steps=3)
    first, second = (tangente.solve(asked, store=str(tmp_path / "runs.db")) for _ in range(2))
    assert first.run == second.run != tangente.solve(asked, store=str(tmp_path / "runs.db"), again=True).run


def test_an_experiment_file_may_be_changed(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('problem = "decay"\n[training]\nsteps = 40\nseed = 3\n')
    made = tangente.experiment(file, steps=50)
    assert (made.steps, made.seed, made.problem.name) == (50, 3, "decay")
    varied = tangente.experiment(made, values={"lambda": 1.5}, seed=4)
    assert (varied.steps, varied.seed, dict(varied.values)["lambda"]) == (50, 4, 1.5)


@pytest.mark.parametrize("stated", ["decay", {"equations": []}, "no-such-problem", "missing.toml"])
def test_mistakes_are_told_before_anything_is_trained(stated: object) -> None:
    with pytest.raises(tangente.InputError):
        tangente.experiment(stated, steps=3, colour="red")  # type: ignore[arg-type]


def test_a_training_that_diverges_raises(tmp_path: Path) -> None:
    grows = {
        "coordinates": {"t": [0, 1]},
        "unknowns": ["u"],
        "equations": ["u_t = exp(1000*u^2)"],
        "conditions": ["u(0) = 1"],
        "reference": "none",
    }
    with pytest.raises(tangente.RunError, match="step"):
        tangente.solve(grows, optimiser="adam", precision="float32", steps=20, store=str(tmp_path / "runs.db"))


def test_importing_it_loads_no_torch() -> None:
    code = "import sys, tangente; tangente.experiment('burgers', steps=3); sys.exit(bool({'torch', 'plotly'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_another_package_named_core_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").touch()
    code = f"import core, sys; sys.path.append({str(ROOT)!r}); import tangente"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "another is loaded already" in done.stderr
    code = f"import sys; sys.path.append({str(ROOT)!r}); import tangente; print(tangente.library())"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)


def test_a_preset_says_what_is_left_out() -> None:
    watch = tangente.experiment("decay", preset="watch", depth=2)
    assert (watch.optimiser, watch.depth, tangente.experiment("decay").optimiser) == ("adam", 2, "levenberg-marquardt")
    with pytest.raises(tangente.InputError, match="watch"):
        tangente.experiment("decay", preset="wach")
