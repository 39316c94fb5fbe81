"""The command line as a person uses it: real processes, a store of their own, exit codes and messages."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.experiment.experiment import HYPERPARAMETERS
from core.problem.reading.reading import library
from core.store import LEASE
from core.training.devices import labels

ROOT = Path(__file__).parents[2]
QUICK = ["--depth", "2", "--width", "8", "--points", "50", "--condition-points", "10"]


@pytest.fixture
def cli(tmp_path: Path):  # type: ignore[no-untyped-def]
    environment = {**os.environ, "TANGENTE_STORE": str(tmp_path / "runs.db"), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}

    def command(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "core", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    command.environment = environment  # type: ignore[attr-defined]
    return command


def test_solve_trains_keeps_and_shows(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", *QUICK, "--steps", "200", "--learning-rate", "1e-2", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["status"] == "done" and result["steps"] == 200 and result["device"] == "cpu"
    assert result["engine"] in ("jets", "native") and f" on cpu by the {result['engine']} engine\n" in done.stdout
    assert result["steps_per_second"] == pytest.approx(result["steps"] / result["seconds"])
    assert 0 < result["relative_l2"]["u"] < 1 and result["max_error"]["u"] > 0
    assert result["losses"].keys() == {"equation-1", "condition-1"} and result["experiment"]["problem"] == "decay"

    again = cli("solve", "decay", *QUICK, "--steps", "200", "--learning-rate", "1e-2", "--json", "again.json")
    assert "From the store" in again.stdout
    assert json.loads((tmp_path / "again.json").read_text()) == result

    assert result["run"] in cli("runs").stdout
    shown = cli("show", result["run"][:8])
    assert "decay" in shown.stdout and "learning_rate = 0.01" in shown.stdout
    assert f" on cpu by the {result['engine']} engine\n" in shown.stdout


def test_a_run_is_trained_on_by_its_name(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    cli("solve", "decay", *QUICK, "--steps", "30", "--optimiser", "adam", "--json", "first.json")
    first = json.loads((tmp_path / "first.json").read_text())
    done = cli("train-on", first["run"][:8], "--steps", "40", "--learning-rate", "2e-3", "--json", "second.json")
    assert done.returncode == 0, done.stderr
    second = json.loads((tmp_path / "second.json").read_text())
    assert (second["parent"], second["before"], second["steps"], first["parent"], first["before"]) == (first["run"], 30, 40, None, 0)
    assert second["loss"] < first["loss"] and second["key"] != first["key"]
    assert second["experiment"]["training"]["learning_rate"] == 2e-3 and second["experiment"]["training"]["points"] == 50
    again = cli("train-on", first["run"], "--steps", "40", "--learning-rate", "2e-3")
    assert "From the store" in again.stdout
    assert f"goes on from run {first['run']}, after 30 steps" in cli("show", second["run"]).stdout
    refused = cli("train-on", first["run"], "--depth", "3")
    assert refused.returncode == 2 and "depth is 2 there, and cannot become 3" in refused.stderr


def test_a_preset_says_what_is_left_out(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", "--preset", "watch", "--steps", "5", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["experiment"]["training"]["optimiser"] == "adam"
    refused = cli("solve", "decay", "--preset", "failing")
    assert refused.returncode == 2 and "no preset failing" in refused.stderr


def test_the_engine_that_is_asked_for_is_told(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", *QUICK, "--steps", "5", "--engine", "autograd")
    assert " on cpu by the autograd engine\n" in done.stdout, done.stderr


def test_solve_finds_the_reference_before_it_trains_and_tells(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "pendulum", *QUICK, "--steps", "5", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("classically") < done.stdout.index("Training")
    result = json.loads((tmp_path / "out.json").read_text())
    assert (
        result["reference"].keys() == {"method", "error", "seconds", "solutions", "nearest"}
        and result["reference"]["method"] == "initial-value"
    )
    assert 0 < result["reference"]["error"] < min(result["relative_l2"].values())
    assert "reference: initial-value" in done.stdout
    again = cli("solve", "pendulum", *QUICK, "--steps", "6", "--json", "again.json")
    assert "classically" not in again.stdout
    assert json.loads((tmp_path / "again.json").read_text())["reference"] == result["reference"]
    assert "reference: initial-value" in cli("show", result["run"]).stdout


def test_solve_says_why_there_is_no_reference(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.toml").write_text(
        '[problem]\ncoordinates = { t = [0, 1] }\nunknowns = ["u"]\nequations = ["u_t = -u"]\nconditions = ["u(0) = 1"]\n'
        'reference = "none"\n'
    )
    done = cli("solve", "mine.toml", *QUICK, "--steps", "5", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert "reference: none" in done.stdout and "no reference" in done.stdout
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["reference"] is None and result["relative_l2"] == {"u": None}


def test_a_file_states_an_experiment_and_flags_override_it(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.toml").write_text(
        """
        [problem]
        title = "Growth"
        coordinates = { t = [0, 1] }
        unknowns = ["u"]
        parameters = { k = 2 }
        equations = ["u_t = k*u"]
        conditions = ["u(0) = 1"]
        exact = { u = "exp(k*t)" }
        [network]
        depth = 2
        [training]
        steps = 7
        """
    )
    done = cli("solve", "mine.toml", *QUICK[2:], "--steps", "9", "--value", "k=1.5", "--weight", "condition=5", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    experiment = json.loads((tmp_path / "out.json").read_text())["experiment"]
    assert experiment["network"]["depth"] == 2 and experiment["training"]["steps"] == 9
    assert experiment["values"] == {"k": 1.5} and experiment["training"]["weights"]["condition-1"] == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["solve", "burger"], ["burger", "burgers"]),
        (["solve", "missing.toml"], ["missing.toml", "No such file"]),
        (["solve", "burgers", "--depth", "eleven"], ["network.depth", "eleven"]),
        (["solve", "burgers", "--learning-rate", "7"], ["learning_rate", "0.1", "7"]),
        (["solve", "burgers", "--value", "nu"], ["--value", "NAME=NUMBER"]),
        (["solve", "burgers", "--value", "mu=1"], ["mu", "nu"]),
        (["solve", "burgers", "--json", "no/such/folder.json"], ["folder"]),
        (["solve", "burgers", "--json", "."], ["folder"]),
        (["resume", "nothing"], ["nothing"]),
        (["solve"], ["usage"]),
        (["show", "nothing"], ["nothing"]),
        (["frobnicate"], ["frobnicate"]),
    ],
)
def test_bad_input_exits_with_2_and_says_where(cli, arguments: list[str], words: list[str]) -> None:  # type: ignore[no-untyped-def]
    done = cli(*arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_mistake_in_a_file_is_shown_at_its_character(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.toml").write_text(
        '[problem]\ncoordinates = { t = [0, 1] }\nunknowns = ["u"]\nequations = ["u_t = -v"]\nconditions = []\n'
    )
    done = cli("solve", "mine.toml")
    assert done.returncode == 2
    assert done.stderr.startswith("mine.toml, problem.equations") and "character 8" in done.stderr


def test_data_that_are_held_out_have_a_loss_and_the_step_whose_weights_are_kept(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "noisy-sine", "--validation", "0.3", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "out.json").read_text())
    found = result["validation"]
    assert 0 < found["best"] < found["step"] and 0 < found["loss"] < found["last"]
    assert f"of step {found['best']:,}, whose weights are kept" in done.stdout
    done = cli("solve", "decay", *QUICK, "--steps", "5", "--json", "out.json")
    assert json.loads((tmp_path / "out.json").read_text())["validation"] is None and "held out" not in done.stdout


def test_there_is_no_solution_while_a_constant_has_yet_to_be_found(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.toml").write_text(
        '[problem]\ncoordinates = { t = [0, 1] }\nunknowns = ["u"]\nestimate = { k = 1 }\nequations = ["u_t = -k*u"]\n'
        'conditions = ["u(0) = 1"]\ndata = { columns = ["t", "u"], rows = [[0.5, 0.3], [1, 0.1]] }\n'
    )
    done = cli("reference", "mine.toml", "--json", "out.json")
    assert done.returncode == 3 and "nobody knows the true value of k" in done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["code"] == "reference-estimate"


def test_a_diverging_run_exits_with_3_and_says_at_which_step(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.toml").write_text(
        '[problem]\ncoordinates = { t = [0, 1] }\nunknowns = ["u"]\nequations = ["u_t = log(u - 100)"]\nconditions = ["u(0) = 1"]\n'
    )
    done = cli("solve", "mine.toml", *QUICK, "--steps", "50", "--json", "out.json")
    assert done.returncode == 3 and "step 1" in done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["status"] == "diverged"


def test_a_missing_device_is_a_mistake_in_the_input(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", *QUICK, "--device", "cuda:15")
    assert done.returncode == 2 and "cuda:15" in done.stderr
    assert all(f"{name} ({label})" in done.stderr for name, label in labels().items())
    assert cli("runs").stdout == ""  # nothing was begun


@pytest.mark.skipif("cuda:0" in labels(), reason="there is one here")
def test_a_device_may_be_asked_for_by_its_kind(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", *QUICK, "--device", "cuda")
    assert done.returncode == 2 and done.stderr.startswith("There is no device cuda:0 here. The devices are: cpu (")


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_ctrl_c_keeps_what_was_done(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "solve", "burgers", "--steps", "100000", "--json", "out.json"],
        cwd=tmp_path,
        env=cli.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step ") and not line.startswith("step 0"):
            break
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    process.communicate(timeout=30)
    assert process.returncode == 130 and time.monotonic() - begun < 10
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["status"] == "stopped" and 0 < result["steps"] < 100_000
    assert "stopped" in cli("runs").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_run_whose_process_was_killed_is_seen_to_have_stopped(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    command = [sys.executable, "-m", "core", "solve", "burgers", "--steps", "100000"]
    process = subprocess.Popen(command, cwd=tmp_path, env=cli.environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step ") and not line.startswith("step 0"):
            break
    assert " running " in cli("runs").stdout
    process.kill()
    process.communicate(timeout=30)
    time.sleep(LEASE)
    listed = cli("runs").stdout
    assert " stopped " in listed and " running " not in listed
    assert "stopped: " in cli("show", listed.split()[0]).stdout


def test_what_is_built_in_is_not_told_as_trained(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("solve", "decay", *QUICK, "--steps", "5", "--constraints", "hard")
    assert done.returncode == 0 and "condition-1 built in" in done.stdout and "equation-1 built in" not in done.stdout


def test_problems_lists_the_library_without_importing_torch(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("problems")
    assert done.returncode == 0 and [line.split()[0] for line in done.stdout.splitlines()] == list(library())
    code = "import sys; from core.__main__ import main; main(['problems']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_every_hyperparameter_is_a_flag(cli) -> None:  # type: ignore[no-untyped-def]
    shown = cli("solve", "--help").stdout
    for name in HYPERPARAMETERS:
        assert "--" + name.replace("_", "-") in shown


def test_a_worker_needs_a_store_that_its_scheduler_reaches(cli) -> None:  # type: ignore[no-untyped-def]
    done = cli("worker", "tcp://10.0.0.1:8786")
    assert done.returncode == 2 and "postgresql" in done.stderr
