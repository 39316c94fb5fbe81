"""A visitor's file of data in the editor: what is said of it, and what becomes of the draft."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import InputError
from core.experiment.making import experiment_from_toml, experiment_of
from core.problem.measurements.data import Measurements
from core.store import RunStore
from dashboard.editor import form, opening
from dashboard.editor.draft import Draft
from dashboard.problems import catalogue
from tests.dashboard.editor.test_editor import Open, given, opened, press, solvers, store, text

__all__ = ["opened", "solvers", "store"]

CUP = "# Cooling of a cup\nx [s];T (°C)\n0;81,5\n1;74,25\n2;68\n5;62,75\n"


def bring(app: AppTest, content: str | bytes, name: str = "cup.csv") -> None:
    data = content if isinstance(content, bytes) else content.encode()
    app.file_uploader[1].upload(name, data, "text/csv").run()
    assert not app.exception


def draft(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = given(app)["opening"]["draft"]
    return found


def test_a_file_becomes_the_data_of_the_draft_and_widens_its_domain(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    bring(app, CUP)
    said = text(app)
    for words in ("semicolons", "decimal commas", "UTF-8", "2 columns", "4 rows", "names in line 2", "Left out: line 1", "°C", "81,5"):
        assert words in said
    assert "x = 0 … 5" in said
    press(app, "data-widen")
    state = draft(app)
    assert state["coordinates"] == [["x", "0", "5"]] and state["rest"]["data"]["name"] == "cup.csv"
    problem = catalogue.find(catalogue.save(Draft.from_state(state).toml()))
    assert isinstance(problem.data, Measurements) and problem.data.rows == ((0, 81.5), (1, 74.25), (2, 68), (5, 62.75))
    assert experiment_of(problem).rows == 4
    assert given(app)["answer"]["marks"] == []


def test_a_draft_that_is_downloaded_has_its_rows_and_can_be_read_elsewhere(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    bring(app, CUP)
    press(app, "data-widen")
    whole = opening.with_rows(Draft.from_state(draft(app))).toml()
    found = experiment_from_toml(whole).problem.data
    assert isinstance(found, Measurements) and found.rows == ((0, 81.5), (1, 74.25), (2, 68), (5, 62.75))


def test_data_that_no_file_holds_are_told(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    random = np.random.default_rng(0).uniform(0, 3, (20_000, 2))
    bring(app, "x,u\n" + "\n".join(f"{x:.15g},{u:.15g}" for x, u in random) + "\n")
    press(app, "data-use")
    with pytest.raises(InputError) as caught:
        opening.with_rows(Draft.from_state(draft(app)))
    assert caught.value.code == "data-not-in-a-file" and "cup.csv" in caught.value.message


def test_each_name_has_a_column_of_its_own_at_first_and_none_may_have_two(opened: Open, store: RunStore) -> None:
    app = opened(copy="inverse-decay")
    bring(app, "time [s];T [°C];note\n0;80,5;a\n1;75,25;b\n2;70,5;c\n")
    columns = {box.label: box for box in app.selectbox if box.label.startswith("Column of")}
    assert [box.value for box in columns.values()] == [0, 1]  # T is no t
    columns["Column of u"].set_value(0).run()
    assert "cannot be both" in "\n".join(error.value for error in app.error)
    assert not [button for button in app.button if button.key in ("data-use", "data-widen")]


def test_another_file_has_other_choices(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    bring(app, "PK\x03;what\nis;this\n", "bad.csv")
    bring(app, "x,u\n0,1\n1,2\n", "ok.csv")
    assert [box.value for box in app.selectbox if box.label.startswith("Column of")] == [0, 1]


def test_data_can_be_removed(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    press(app, "data-remove")
    assert "data" not in draft(app)["rest"]


def test_rows_that_cannot_be_read_are_told_at_their_place_and_the_others_are_used(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    bring(app, "x;u\n0;1,5\n1;warm\n2;2,5\n2,5;\n3;3,5\n")
    said = text(app)
    assert "cup.csv, line 3, column u, character 3" in said and "line 5, column u" in said
    press(app, "data-use")
    problem = catalogue.find(catalogue.save(Draft.from_state(draft(app)).toml()))
    assert isinstance(problem.data, Measurements) and problem.data.count == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "must be text"),
        (b"", "no table of numbers"),
        ("x;u\n0;1,500\n1;2,250\n", "thousands"),
        (b"x,u\n" + b"0,1\n" * 200_001, "200001"),
    ],
    ids=["a picture", "nothing", "two readings", "too many rows"],
)
def test_what_is_no_table_is_refused_and_the_draft_stays(opened: Open, store: RunStore, content: str | bytes, words: str) -> None:
    app = opened(copy="noisy-sine")
    before = draft(app)
    bring(app, content)
    assert words in text(app) and draft(app) == before


def test_the_store_keeps_the_same_data_once(store: RunStore) -> None:
    first, again = (store.problems.keep_data(b"the same") for _ in range(2))
    assert first == again and store.problems.data(first) == b"the same"


def test_a_draft_of_ten_thousand_rows_stays_small(opened: Open, store: RunStore) -> None:
    app = opened(copy="noisy-sine")
    x = np.linspace(0, 3, 10_000)
    bring(app, "x,u\n" + "".join(f"{a:.6f},{b:.6f}\n" for a, b in zip(x, np.sin(x), strict=True)))
    press(app, "data-use")
    assert len(Draft.from_state(draft(app)).toml()) < 2000
    assert form.KEY == "editor"
