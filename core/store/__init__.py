"""Where pages and workers meet: pages write wishes and read results, workers read wishes and write results."""

from __future__ import annotations

from core.store.database import Database, default_url, resolve
from core.store.for_pages import ForPages
from core.store.for_workers import ForWorkers
from core.store.problems import Problems, SavedProblem
from core.store.records import HEARTBEAT, LEASE, OVER, SILENCE, Device, Lease, Run, Wishes
from core.store.references import Question, References

__all__ = [
    "HEARTBEAT",
    "LEASE",
    "OVER",
    "SILENCE",
    "Device",
    "Lease",
    "Question",
    "Run",
    "RunStore",
    "SavedProblem",
    "Wishes",
    "default_url",
]


class RunStore(ForPages, ForWorkers):
    """Runs and all that is known of them; safe to share between processes, threads and, on a database server, machines.

    Beside the runs it holds `references`, what classical solvers found, and `problems`, those that visitors have saved.

    `url` is any URL of SQLAlchemy's or an SQLite file's path. Raises `InputError` where there is no store to be had. Every method raises
    `RunError` where the disk is full, or the database is busy for too long or lost.
    """

    def __init__(self, url: str | None = None) -> None:
        database = Database(resolve(url or default_url()))
        ForPages.__init__(self, database)
        ForWorkers.__init__(self, database)
        self.references = References(database)
        self.problems = Problems(database)

    @property
    def url(self) -> str:
        """The store's URL, in full, for another process to open it."""
        return self._database.url.render_as_string(hide_password=False)

    @property
    def shared(self) -> bool:
        """Whether other machines can reach the store."""
        return not self._database.sqlite

    def close(self) -> None:
        """Close the connections that are not in use; they are opened again when needed."""
        self._database.close()
