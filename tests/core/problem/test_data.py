"""CSV files of measurements: read whole, or refused at the line, column and character of the first mistake."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
import tomli_w
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.domain.domain import Interval
from core.errors import InputError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json, experiment_from_table, experiment_from_toml
from core.files.sheet import MAX_BYTES, MAX_ROWS
from core.loss.losses import Losses
from core.network.building import build
from core.problem.measurements.data import read
from core.training.training import train

AXES = (Interval("x", 0.0, 1.0), Interval("t", 0.0, 2.0))
UNKNOWNS = ("u", "v")


def rows(text: str | bytes, *, unknowns: tuple[str, ...] = UNKNOWNS) -> tuple[tuple[float, ...], ...]:
    return read(text if isinstance(text, bytes) else text.encode(), AXES, unknowns, file="m.csv").rows


@pytest.mark.parametrize(
    "text",
    [
        "x,t,u\n0.5,1,3\n1,2,-4e-3\n",
        "x;t;u\n0.5;1;3\n1;2;-4e-3",
        "x\tt\tu\r\n0.5\t1\t3\r\n\r\n1\t2\t-4e-3\r\n",
        "u, t, x\n3, 1, 0.5\n-0.004, 2, 1\n",
        '\ufeff"x","t","u"\n"0.5","1","3"\n1,2,-.004\n',
    ],
)
def test_separators_quotes_order_and_line_ends_make_no_difference(text: str) -> None:
    assert rows(text) == ((0.5, 1.0, 3.0), (1.0, 2.0, -0.004))


def test_unknowns_that_were_not_measured_are_left_out() -> None:
    found = read(b"v,x,t\n7,0,0\n", AXES, UNKNOWNS, file="m.csv")
    assert (found.unknowns, found.rows) == (("v",), ((0.0, 0.0, 7.0),))


BAD = {
    "empty": (b"", "data-no-table", None, None),
    "header alone": (b"x,t,u\n", "data-empty", None, None),
    "other letters": (b"x,t,u\n\xff\xfe,1,2\n", "data-not-a-number", "line 2, column x", 0),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "data-not-text", None, None),
    "words": (b"x,t,u\n0.5,1,warm\n", "data-not-a-number", "line 2, column u", 6),
    "NaN": (b"x,t,u\n0.5,1,2\n0.5, 1, NaN\n", "data-not-a-number", "line 3, column u", 8),
    "infinity": (b"x,t,u\n0.5,1,-inf\n", "data-not-a-number", "line 2, column u", 6),
    "too large": (b"x,t,u\n0.5,1,1e999\n", "data-not-a-number", "line 2, column u", 6),
    "nothing": (b"x,t,u\n0.5,,2\n", "data-not-a-number", "line 2, column t", 4),
    "hexadecimal": (b"x,t,u\n0x1,1,2\n", "data-not-a-number", "line 2, column x", 0),
    "underscores": (b"x,t,u\n0,1,1_0\n", "data-not-a-number", "line 2, column u", 4),
    "other digits": ("x,t,u\n0,1,٣\n".encode(), "data-not-a-number", "line 2, column u", 4),
    "both decimal signs": (b"x;t;u\n0,5;1.5;2\n", "data-thousands", "line 2, column 1", 0),
    "thousands or decimals": (b"x;t;u\n1;1,500;2\n", "data-thousands", "line 2, column 2", 2),
    "thousands": (b'x,t,u\n0,1,"1,500"\n', "data-thousands", "line 2, column u", None),
    "a formula": (b"x,t,u\n0,1,=SUM(A1)\n", "data-not-a-number", "line 2, column u", 4),
    "code": (b"x,t,u\n0,1,__import__('os')\n", "data-not-a-number", "line 2, column u", 4),
    "NUL": (b"x,t,u\n0,1,\x002\n", "data-not-a-number", "line 2, column u", 4),
    "no header": (b"0,1,2\n0,1,2\n", "data-no-header", "line 1, column 1", 0),
    "wrong column": (b"x,t,w\n0,1,2\n", "data-unknown-column", "line 1, column 3", 4),
    "nearly a column": (b"x,t,U\n0,1,2\n", "data-unknown-column-near", "line 1, column 3", 4),
    "column twice": (b"x,t,u,u\n0,1,2,3\n", "data-column-twice", "line 1, column 4", 6),
    "coordinate missing": (b"x,u\n0,1\n", "data-column-missing", "line 1", None),
    "unknown missing": (b"x,t\n0,1\n", "data-column-missing", "line 1", None),
    "short line": (b"x,t,u\n0,1,2\n0,1\n", "data-row-length", "line 3", None),
    "long line": (b"x,t,u\n0,1,2,3\n", "data-row-length", "line 2", None),
    "outside": (b"x,t,u\n0.5,1,2\n1.5,1,2\n", "data-outside-domain", "line 3, column x", 0),
    "too many rows": (b"x,t,u\n" + b"0,1,2\n" * (MAX_ROWS + 1), "data-too-long", None, None),
    "ten million rows": (b"x,t,u\n" + b"0,1,2\n" * 10_000_000, "data-too-large", None, None),
    "one endless line": (b"x,t,u\n" + b"0," * 499_000, "data-row-length", "line 2", None),
    "an open quote": (b'x,t,u\n0,1,"2\n', "", None, None),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_at_its_mistake_and_at_once(name: str) -> None:
    data, code, key, character = BAD[name]
    durations = []
    for _ in range(3):
        begun = time.perf_counter()
        if code:
            with pytest.raises(InputError) as caught:
                rows(data)
        else:
            assert rows(data) == ((0.0, 1.0, 2.0),)
        durations.append(time.perf_counter() - begun)
    assert min(durations) < 0.5  # it takes a tenth of that; the machine may be busy
    if code:
        at = caught.value.at
        assert (caught.value.code, at.file, at.key, at.character) == (code, "m.csv", key, character)
        assert len(str(caught.value)) < 600


@given(st.binary(max_size=300) | st.text(alphabet="xtuv01.,;\t\n\"'eE-+ ", max_size=120).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        rows(data)
    except InputError as error:
        assert str(error)


@pytest.mark.timed
def test_the_largest_file_is_quick() -> None:
    data = b"x,t,u\n" + b"0.123456789,1.23456789,-0.987654321\n" * 100_000
    assert len(data) < MAX_BYTES
    durations = []
    for _ in range(3):
        begun = time.perf_counter()
        assert len(rows(data)) == 100_000
        durations.append(time.perf_counter() - begun)
    assert min(durations) < 2.0  # it takes a quarter of that; the machine may be busy


DECAY = {
    "coordinates": {"t": [0, 1]},
    "unknowns": ["u", "v"],
    "equations": ["u_t = -u", "v_t = v"],
    "conditions": ["v(0) = 1"],
    "data": {"file": "m.csv"},
}


def stated(data: bytes = b"t,u\n0,2\n1,0.7357588823428847\n", **more: object) -> Experiment:
    return experiment_from_table({"problem": DECAY, **more}, file="experiment.toml", files={"m.csv": data}.__getitem__)


def test_data_are_a_loss_term_of_their_own() -> None:
    experiment = stated(training={"weights": {"data": 5}, "precision": "float64", "engine": "autograd"})
    assert experiment.weights[-1] == ("data", 5.0)
    losses = Losses(experiment, torch.device("cpu"))

    class Exact(torch.nn.Module):
        def forward(self, points: torch.Tensor) -> torch.Tensor:
            return torch.cat([2 * torch.exp(-points) + 0.1, torch.exp(points)], dim=1)

    terms = losses.terms(Exact(), losses.draws.at_step(0))
    assert terms[-1].item() == pytest.approx(0.01)
    assert terms[-2].item() == pytest.approx(0)


def test_data_keep_their_place_behind_hard_constraints() -> None:
    table = {**DECAY, "conditions": ["u(0) = 2", "v(0) = 1"]}
    experiment = experiment_from_table({"problem": table, "network": {"constraints": "hard"}}, files={"m.csv": b"t,u\n0,3\n"}.__getitem__)
    losses = Losses(experiment, torch.device("cpu"))
    terms = losses.terms(build(experiment, torch.device("cpu")), losses.draws.at_step(0))
    assert terms[2:].tolist() == pytest.approx([0, 0, 1])


def test_data_belong_to_the_key_and_come_back_from_the_store() -> None:
    experiment = stated()
    again = experiment_from_json(experiment.to_json())
    assert again.key == experiment.key
    assert again.problem.data == experiment.problem.data
    assert experiment_from_toml(experiment.to_toml()).key == experiment.key
    assert stated(b"t,u\n0,2\n1,0.8\n").key != experiment.key


@pytest.mark.slow
def test_training_follows_the_data_where_no_condition_fixes_the_solution() -> None:
    experiment = stated(network={"width": 16}, training={"steps": 800, "learning_rate": 1e-2, "points": 50})
    *_, last = train(experiment)
    assert last.network(torch.tensor([[0.5]]))[0, 0].item() == pytest.approx(2 * math.exp(-0.5), abs=0.05)


def test_a_mistake_in_a_data_file_is_placed_in_that_file() -> None:
    with pytest.raises(InputError) as caught:
        stated(b"t,u\n0,2\n1,warm\n")
    assert (caught.value.code, caught.value.at.file, caught.value.at.key) == ("data-not-a-number", "m.csv", "line 3, column u")


def test_the_command_line_reads_data_from_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "e.toml").write_text(tomli_w.dumps({"problem": DECAY, "training": {"steps": 3, "points": 10}}))
    arguments = ["solve", str(tmp_path / "e.toml"), "--store", str(tmp_path / "runs.db")]
    assert main(arguments) == 2
    assert "m.csv" in capsys.readouterr().err
    (tmp_path / "m.csv").write_text("t,u\n0,2\n0.5,oops\n")
    assert main(arguments) == 2
    assert "line 3, column u" in capsys.readouterr().err
    (tmp_path / "m.csv").write_text("t,u\n0,2\n0.5,1.2\n")
    assert main(arguments) == 0
