"""The offer to install what is missing, on the page, with a real errand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.why_pytorch.frameworks import catalogue, installing
from dashboard.server import batches
from dashboard.why_pytorch import others


def page() -> None:
    from dashboard.why_pytorch import others

    others.show()


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The offer, on a machine that has no other framework and no index to install from."""
    monkeypatch.setattr(catalogue, "find_spec", lambda package: None)
    monkeypatch.setenv(installing.VARIABLE, str(tmp_path / "others"))
    for name, value in {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    yield AppTest.from_function(page).run()
    batches.close()


def test_one_click_begins_the_installation_and_its_failure_is_told(offered: AppTest) -> None:
    (button,) = offered.button
    running = button.click().run()
    assert "being installed" in running.info[0].value and not running.button
    batch = batches.newest(others.KIND)
    assert batch is not None
    batch.wait(120)
    ended = running.run()
    assert "could not be installed" in ended.error[0].value and len(ended.button) == 1


def test_where_nothing_is_missing_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "find_spec", lambda package: True)
    assert not AppTest.from_function(page).run().button
