"""What holds for every test: no test touches the runs that a person keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

GROUPS = ("browser", "processes")
"""Marks whose tests run one after another, in one of pytest's own processes: they share a server, or count what a machine does."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow") and "slow" not in config.option.markexpr:
            item.add_marker(pytest.mark.skip("slow: run by -m slow"))
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
