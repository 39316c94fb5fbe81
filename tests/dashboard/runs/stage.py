"""A page with the buttons of a run and nothing else, in the hands of several visitors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.experiment import Experiment
from core.store import Run, RunStore
from dashboard.runs import actions, working

PAGE = """
import streamlit as st
from core.experiment.making import experiment_from_json
from dashboard.runs import actions, working

experiment = experiment_from_json(st.session_state["experiment"])
run = actions.current(experiment)
allowed = actions.enabled(run)
origin = actions.origin(experiment, run)
buttons = {
    "toggle": (actions.toggle, (experiment, run)),
    "step": (actions.one_step, (experiment, run)),
    "stop": (actions.stop, (run,)),
    "over": (actions.start_over, ()),
    "on": (actions.train_on, (origin, experiment)),
    "forget": (actions.forget, (run,)),
}
for name, (action, args) in buttons.items():
    usable = name in allowed or (name == "on" and origin is not None)
    st.button(name, name, on_click=action, args=args, disabled=not usable)
st.text(run.id if run else "none")
if trouble := actions.trouble():
    st.error(trouble)
"""
"""The script of such a page; the session's `experiment` are its settings."""


class Visitor:
    """A visitor with one page."""

    def __init__(self, name: str, store: RunStore, be: Callable[[str], None]) -> None:
        self.name = name
        self._store, self._be = store, be
        self.app = AppTest.from_string(PAGE, default_timeout=20)

    def open(self, experiment: Experiment, **query: str) -> Visitor:
        """Open the page anew, as a reload does, at these settings and this address."""
        self.app = AppTest.from_string(PAGE, default_timeout=20)
        for key, value in query.items():
            self.app.query_params[key] = value
        return self.set(experiment)

    def reload(self) -> Visitor:
        """Load the page again: only the address is as it was."""
        text = self.app.session_state["experiment"]
        address: Mapping[str, str | list[str]] = dict(self.app.query_params)
        self.app = AppTest.from_string(PAGE, default_timeout=20)
        for key, value in address.items():
            self.app.query_params[key] = value
        self.app.session_state["experiment"] = text
        return self.look()

    def set(self, experiment: Experiment) -> Visitor:
        """Have other settings on the page."""
        self.app.session_state["experiment"] = experiment.to_json()
        return self.look()

    def look(self) -> Visitor:
        """Run the page's script."""
        self._be(self.name)
        self.app.run()
        assert not self.app.exception
        return self

    def press(self, name: str) -> Visitor:
        """Click a button that is enabled."""
        assert not self.app.button(name).disabled, f"{name} is greyed"
        self._be(self.name)
        self.app.button(name).click().run()
        assert not self.app.exception
        return self

    @property
    def enabled(self) -> set[str]:
        return {str(button.key) for button in self.app.button if not button.disabled}

    @property
    def run(self) -> Run | None:
        """The run on the page, as it stands now."""
        shown = self.app.text[0].value
        return None if shown == "none" else self._store.get(shown)

    @property
    def shown(self) -> Run:
        assert self.run is not None
        return self.run


def visitors(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Visitor]:
    """What makes a visitor of a name: no test has a browser that keeps cookies."""

    def be(name: str) -> None:
        for module in (actions, working):
            monkeypatch.setattr(module, "visitor", lambda: name)

    return lambda name: Visitor(name, store, be)
