"""The problems there are: the library's by name, the visitors' own by an id, each visitor's list apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import InputError
from core.problem.reading.reading import FOLDER, library, problem_from_toml
from core.store import RunStore
from dashboard.problems import catalogue
from dashboard.server import visitor

TEXT = """
[problem]
title = "Mine"
coordinates = { t = [0, "2*pi"] }
unknowns = ["u"]
equations = ["u_t = -u"]
conditions = ["u(0) = 1"]

[network]
depth = 5
"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.setenv("TANGENTE_STORE", url)
    return RunStore(url)


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(InputError) as found:
        yield
    assert found.value.code == code


def come(visits: pytest.MonkeyPatch, name: str) -> None:
    visits.setattr(catalogue, "visitor", lambda: name)


def test_every_library_problem_is_found_by_its_name() -> None:
    for name in library():
        assert catalogue.find(name).name == name
        assert catalogue.source(name) == (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert {problem.name for problem in catalogue.library_problems()} == set(library())


def test_what_is_saved_is_found_by_its_id_as_it_was_written() -> None:
    id = catalogue.save(TEXT)
    found = catalogue.find(id)
    assert (found.name, found.title, found.recipe["depth"]) == ("", "Mine", 5)
    assert catalogue.source(id) == TEXT
    assert catalogue.title(id) == "Mine"
    assert [entry.id for entry in catalogue.own()] == [id]


def test_lists_are_apart_and_whoever_has_the_id_may_read(visits: pytest.MonkeyPatch) -> None:
    come(visits, "a")
    id = catalogue.save(TEXT)
    come(visits, "b")
    assert catalogue.own() == []
    assert catalogue.find(id).title == "Mine"
    assert not catalogue.mine(id)
    with refused("unknown-saved-problem"):
        catalogue.delete(id)


def test_another_visitors_problem_is_saved_as_ones_own_and_stays_as_it_was(visits: pytest.MonkeyPatch) -> None:
    come(visits, "a")
    id = catalogue.save(TEXT)
    come(visits, "b")
    other = catalogue.save(TEXT.replace("Mine", "Taken"), id)
    assert other != id
    assert catalogue.title(id) == "Mine"


def test_saving_again_changes_ones_own_and_the_same_text_is_not_kept_twice() -> None:
    id = catalogue.save(TEXT)
    assert catalogue.save(TEXT) == id
    assert catalogue.save(TEXT.replace("Mine", "Changed"), id) == id
    assert [entry.title for entry in catalogue.own()] == ["Changed"]


def test_what_can_no_longer_be_read_is_listed_and_refused_elsewhere(store: RunStore) -> None:
    saved = store.problems.save(visitor.LOCAL, TEXT.replace("u_t = -u", "u_t = -u +"))
    (entry,) = catalogue.own()
    assert (entry.id, entry.title, entry.problem) == (saved.id, "Mine", None)
    assert entry.error is not None and entry.error.code == "operand-missing"
    assert "u_t = -u +" in catalogue.source(saved.id)
    with refused("operand-missing"):
        catalogue.find(saved.id)


def test_a_recipe_that_no_longer_holds_counts_as_mistaken(store: RunStore) -> None:
    store.problems.save(visitor.LOCAL, TEXT.replace("depth = 5", "depth = 50"))
    (entry,) = catalogue.own()
    assert entry.error is not None and entry.error.at.key == "network.depth"


def test_a_deleted_problem_is_gone() -> None:
    id = catalogue.save(TEXT)
    catalogue.delete(id)
    assert catalogue.own() == []
    with refused("unknown-saved-problem"):
        catalogue.find(id)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("burger", "unknown-problem-near"),
        ("kuramoto-sivashinski", "unknown-problem-near"),
        ("zzz", "unknown-problem"),
        ("", "unknown-problem"),
    ],
)
def test_a_slip_names_the_nearest(key: str, code: str) -> None:
    with refused(code):
        catalogue.find(key)


def test_titles_are_told_apart() -> None:
    assert catalogue.told_apart(["a", "b", "a", "a", "a 2"]) == ["a", "b", "a 2", "a 3", "a 2 2"]


def test_what_a_visitor_typed_is_shown_as_it_was_typed() -> None:
    problem = problem_from_toml(TEXT)
    assert catalogue.said(problem, "[x](http://y) *z* $a$ :red[b] `c`") == r"\[x\]\(http://y\) \*z\* \$a\$ \:red\[b\] \`c\`"
    assert catalogue.said(catalogue.find("burgers"), "Burgers' equation") == "Burgers' equation"
