"""What holds for every test: no test touches the runs that a person keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store of its own, also for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANGENTE_STORE", f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.db'}")
        patch.delenv("TANGENTE_SCHEDULER", raising=False)
        yield
