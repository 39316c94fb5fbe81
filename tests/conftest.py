"""What holds for every test: no test touches the runs that a person keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import SLOW

BROWSER = Path(__file__).parent / "browser"
"""The folder whose tests all need a browser."""
GROUPS = ("browser", "processes", "timed")
"""Marks whose tests run one after another, in one of pytest's own processes: they share a server, or count what a machine does.

`python3 -m tests` leaves them the machine for themselves.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow",
        nargs="?",
        const="all",
        choices=("all", "few"),
        help="run the tests that are marked slow, too, and properties on all their examples; few: on as many as without",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell the tests, as they are read, how many examples are asked for."""
    chosen = config.getoption("--slow")
    if chosen:
        os.environ[SLOW] = chosen
    else:
        os.environ.pop(SLOW, None)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skipped = pytest.mark.skip(reason="slow: python3 -m tests --slow")
    for item in items:
        if BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
        heavy = item.get_closest_marker("network") and config.getoption("--slow") != "all"
        if heavy or (item.get_closest_marker("slow") and not config.getoption("--slow")):
            item.add_marker(skipped)
        for name in GROUPS:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store of its own, also for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANGENTE_STORE", f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.db'}")
        patch.delenv("TANGENTE_SCHEDULER", raising=False)
        yield
