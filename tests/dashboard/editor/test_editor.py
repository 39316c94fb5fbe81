"""The editor page as a visitor uses it, but for the typing, which needs a browser (`tests/browser/test_editor.py`)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import MESSAGES, RunError
from core.experiment.experiment import terms
from core.problem.problem import Problem
from core.problem.reading.reading import FOLDER, library, load, problem_from_toml
from core.references import Reference
from core.references.common.solution import Evidence
from core.store import RunStore
from dashboard.editor import form, previews
from dashboard.editor.draft import CELLS, TEXTS
from dashboard.problems import catalogue
from dashboard.server import references, visitor

ROOT = Path(__file__).resolve().parents[3]
ASSETS = ROOT / "dashboard" / "components" / "editor"
Open = Callable[..., AppTest]


class Solvers:
    """A cluster that solves nothing, and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def solve_reference(self, problem: Problem, values: object) -> None:
        self.asked.append(problem.title)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    made = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    monkeypatch.setenv("TANGENTE_STORE", made.url)
    return made


@pytest.fixture
def solvers(monkeypatch: pytest.MonkeyPatch) -> Solvers:
    made = Solvers()
    monkeypatch.setattr(references, "cluster", lambda: made)
    return made


@pytest.fixture
def opened(store: RunStore, solvers: Solvers) -> Open:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "editor.py"), default_timeout=30)
        for key, text in query.items():
            app.query_params[key] = text
        app.run()
        assert not app.exception
        return app

    return open_page


def given(app: AppTest, key: str = form.KEY) -> dict[str, Any]:
    """What a component is given."""
    (found,) = [part for part in app.get("bidi_component") if part.proto.id.endswith(f"-{key}")]
    data: dict[str, Any] = json.loads(found.proto.bytes)
    return data


def press(app: AppTest, name: str) -> None:
    app.button(name).click().run()
    assert not app.exception


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.warning, *app.error, *app.caption))


def upload(app: AppTest, content: str, name: str = "mine.toml") -> None:
    app.file_uploader[0].upload(name, content.encode(), "application/toml").run()
    assert not app.exception


def test_a_first_visit_offers_an_example_and_waits_for_the_browser(opened: Open) -> None:
    app = opened()
    data = given(app)
    assert data["opening"]["weak"] is True
    assert data["opening"]["draft"]["equations"]
    assert data["answer"] is None
    assert app.button("editor-solve").disabled


def test_the_example_is_right() -> None:
    problem_from_toml(form.example().toml())


@pytest.mark.parametrize("name", ["burgers", "damped-oscillator", "taylor-green", "poisson"])
def test_a_copy_of_a_library_problem_opens_with_its_recipe_and_previews(opened: Open, name: str) -> None:
    app = opened(copy=name)
    data = given(app)
    draft = data["opening"]["draft"]
    assert draft["title"] == f"Copy of {load(name).title}"
    assert {key: value for section in draft["recipe"].values() for key, value in section.items()} == load(name).recipe
    assert data["answer"]["marks"] == []
    assert json.loads(given(app, "editor-domain")["figure"])["data"]
    assert given(app, "editor-solution")["figure"] and re.search(
        r"estimated relative error .* · .* s|The exact solution, as it is stated\.", text(app)
    )
    assert "copy" not in app.query_params, "a reload must find the draft as it was left"


@pytest.mark.parametrize("name", library())
def test_the_previews_of_every_library_problem_can_be_drawn(opened: Open, name: str) -> None:
    app = opened(copy=name)
    assert given(app, "editor-domain")["figure"]
    others = [
        term for term in terms(load(name)) if not term.startswith(("equation", "data"))
    ]  # conditions, and what is continuous at steps
    assert len(given(app, "editor-domain")["legend"]) == len(others)


def test_save_puts_it_into_the_list_where_it_can_be_opened_and_deleted(opened: Open, store: RunStore) -> None:
    app = opened(copy="decay")
    assert "Not saved yet" in text(app)
    press(app, "editor-save")
    (saved,) = store.problems.of(visitor.LOCAL)
    assert "Saved in your list" in text(app)
    assert problem_from_toml(saved.text).title == f"Copy of {load('decay').title}"
    assert given(app)["answer"]["saved"] == saved.id
    press(app, "editor-save")
    assert len(store.problems.of(visitor.LOCAL)) == 1
    press(app, f"open-{saved.id}")
    assert given(app)["opening"]["saved"] == saved.id
    assert given(app)["opening"]["draft"]["title"] == f"Copy of {load('decay').title}"
    press(app, f"delete-{saved.id}")
    assert store.problems.of(visitor.LOCAL) == []


def test_ones_own_problem_opens_itself_and_anothers_as_a_copy(opened: Open, store: RunStore) -> None:
    source = (FOLDER / "decay.toml").read_text(encoding="utf-8")
    mine, theirs = store.problems.save(visitor.LOCAL, source), store.problems.save("someone", source)
    assert given(opened(open=mine.id))["opening"]["saved"] == mine.id
    copy = given(opened(open=theirs.id))["opening"]
    assert copy["saved"] is None and copy["draft"]["title"].startswith("Copy of")


def test_a_saved_problem_that_no_longer_parses_opens_and_is_marked(opened: Open, store: RunStore) -> None:
    source = (FOLDER / "decay.toml").read_text(encoding="utf-8").replace("u_t = ", "u_t = ? ")
    saved = store.problems.save(visitor.LOCAL, source)
    app = opened(open=saved.id)
    (mark,) = given(app)["answer"]["marks"]
    assert (mark["field"], mark["start"]) == ("equations", 6)
    assert app.button("editor-solve").disabled
    assert app.button(f"solve-{saved.id}").disabled
    assert "1 mistake to mend" in text(app)


def test_what_the_address_asks_for_and_is_not_there_is_told(opened: Open) -> None:
    assert "did you mean burgers" in opened(copy="burger").warning[0].value
    assert opened(open="A" * 16).warning


def test_a_file_is_opened_with_its_settings_and_values(opened: Open) -> None:
    app = opened()
    upload(app, (FOLDER / "burgers.toml").read_text(encoding="utf-8") + "\n[values]\nnu = 0.05\n")
    draft = given(app)["opening"]["draft"]
    assert draft["parameters"] == [["nu", "0.05", "0.002", "0.1"]]
    assert draft["recipe"]["network"]["frequency"] == load("burgers").recipe["frequency"]
    assert not app.warning


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("depth 3", ("mine.toml",)),
        (
            "[problem]\ncoordinates = {t = [0, 1]}\nunknowns = ['u']\nequations = ['u_t = ?']",
            ("mine.toml, problem.equations[1], character 7",),
        ),
        ("[problem]\n" + "#" * 20_000, ("mine.toml", "20010", "16000")),
        ("title = 3", ("mine.toml, problem",)),
    ],
)
def test_a_mistaken_file_says_file_key_and_character(opened: Open, content: str, words: tuple[str, ...]) -> None:
    app = opened()
    upload(app, content)
    told = "\n".join(warning.value for warning in app.warning).replace("\\", "")
    assert all(word in told for word in words), told


def test_a_file_that_names_a_library_problem_opens_a_copy_with_the_files_settings(opened: Open) -> None:
    app = opened()
    upload(app, 'problem = "burgers"\n[values]\nnu = 0.05\n[network]\ndepth = 7\n')
    draft = given(app)["opening"]["draft"]
    assert draft["equations"] == "u_t + u*u_x = nu*u_xx"
    assert draft["parameters"][0][1] == "0.05"
    assert draft["recipe"]["network"]["depth"] == 7


def test_the_browser_is_told_which_solution_to_wait_for(opened: Open, solvers: Solvers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews.classical, "known", lambda *_: None)
    waiting = given(opened(copy="duffing"), "editor-solution")
    assert waiting["figure"] is None and "being computed" in waiting["hint"]
    problem, values = references.recall(waiting["awaits"])
    assert (problem.equations, values, solvers.asked) == (load("duffing").equations, {}, [])


def test_why_there_is_no_classical_solution_is_said(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews.classical, "known", lambda *_: RunError("reference-too-slow", limit="20"))
    data = given(opened(copy="duffing"), "editor-solution")
    assert data["figure"] is None and data["awaits"] is None
    assert data["hint"] == MESSAGES["reference-too-slow"].format(limit="20")


def test_of_several_solutions_each_can_be_looked_at(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    heights = (1.0, 2.0, 3.0)
    first, *others = (np.full((401, 1), height) for height in heights)
    found = Reference("collocation", first, 1e-9, 0.1, Evidence(second="finer"), tuple(others))
    monkeypatch.setattr(previews.classical, "known", lambda *_: found)
    app = opened(copy="poisson-1d")
    assert "3 solutions" in text(app) and "checked with a finer solution" in text(app)
    for number, height in enumerate(heights, 1):
        app.segmented_control("editor-branch").set_value(number).run()
        curve = json.loads(given(app, "editor-solution")["figure"])["data"][0]["y"]
        assert np.frombuffer(base64.b64decode(curve["bdata"]), np.float32) == pytest.approx(height)


def test_warnings_are_shown_and_do_not_keep_from_solving(opened: Open, store: RunStore) -> None:
    source = (FOLDER / "heat.toml").read_text(encoding="utf-8").split("[network]")[0] + '[network]\nactivation = "relu"\n'
    saved = store.problems.save(visitor.LOCAL, source)
    app = opened(open=saved.id)
    assert any("relu" in warning.value for warning in app.warning)
    assert not app.button("editor-solve").disabled


def test_a_title_is_shown_as_it_was_typed(opened: Open, store: RunStore) -> None:
    source = (FOLDER / "decay.toml").read_text(encoding="utf-8").replace(load("decay").title, "[click](http://x) **b**")
    store.problems.save(visitor.LOCAL, source)
    assert r"**\[click\]\(http://x\) \*\*b\*\***" in text(opened())


# The form's script.


def test_every_field_of_a_draft_is_a_field_of_the_form() -> None:
    assert {field["name"] for field in form._fields()} == {*TEXTS, *CELLS}
    assert {field["name"]: len(field["cells"]) for field in form._fields() if field["kind"] == "rows"} == {
        key: len(cells) for key, cells in CELLS.items()
    }


def test_the_script_writes_no_markup_and_runs_no_text() -> None:
    script = "\n".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


def test_every_word_that_the_script_asks_for_is_given() -> None:
    script = "\n".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    assert set(re.findall(r"\btexts\.(\w+)", script)) == set(form._texts())


def test_the_catalogue_lists_what_the_editor_saves(store: RunStore) -> None:
    id = catalogue.save(form.example().toml())
    assert catalogue.find(id).title == form.example().title
