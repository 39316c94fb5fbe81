"""Who looks at which run."""

from __future__ import annotations

import time

import pytest
from starlette.datastructures import Headers

from dashboard.server import watchers
from dashboard.server.visitor import COOKIE, LOCAL, sender


def test_whoever_asks_for_a_run_counts_as_looking_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    watchers.saw("a run", "ada")
    assert watchers.watched("a run") and watchers.watched("a run", but="bob")
    assert not watchers.watched("a run", but="ada") and not watchers.watched("another run")
    now += watchers.LASTS + 0.1
    assert not watchers.watched("a run")


def test_a_request_tells_its_visitor() -> None:
    name = "x" * 22
    assert sender(Headers({"cookie": f"{COOKIE}={name}"})) == name
    assert sender(Headers({"cookie": f"{COOKIE}=no name of ours"})) == sender(Headers({})) == LOCAL
