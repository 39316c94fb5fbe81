"""The database under the store: where it is, how it is opened, what a transaction promises, and what its errors mean.

SQLite runs in WAL mode: readers never wait. A write transaction begins with BEGIN IMMEDIATE, so that it waits for its turn at the start and
cannot fail half-way for want of a lock. A durable one is on the disk when it returns (synchronous=FULL); a quick one survives the end of
any process, and a power cut may take back the last of them, in order: the next durable one makes all before it durable too.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, insert, inspect, make_url

from core.errors import InputError, RunError, TangenteError
from core.store.tables.migrations import VERSION, upgrade
from core.store.tables.schema import SCHEMA, meta, metadata

_BUSY = 30.0  # seconds to wait for a lock
_POOL = 5  # connections kept
_OVERFLOW = 40  # more, as many as a server has threads
_LEVELS = {True: "FULL", False: "NORMAL"}


def default_url() -> str:
    """The store's URL or file where none is given: the environment variable TANGENTE_STORE, else a file in the user's data folder."""
    return os.environ.get("TANGENTE_STORE") or str(user_data_path("tangente", appauthor=False) / "runs.db")


def resolve(text: str) -> URL:
    """The URL that `text`, a URL or a file's path, stands for; of a file, absolute. Raises `InputError` where it is neither."""
    if "://" not in text:
        return _file(Path(text).expanduser())
    try:
        url = make_url(text)
    except (exc.ArgumentError, ValueError):
        raise InputError("store-bad-url", url=text) from None
    if url.get_backend_name() != "sqlite":
        return url
    if url.database in (None, "", ":memory:"):
        raise InputError("store-in-memory", url=text)
    if "uri" in url.query:
        return url
    return url.set(database=str(Path(str(url.database)).expanduser().absolute()))


def _file(path: Path) -> URL:
    return URL.create("sqlite", database=str(path.absolute()))


class Database:
    """Connections to one database, shared by the threads of this process; raises `InputError` or `RunError` for what its driver raises."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        self.name = str(url.database) if self.sqlite else url.render_as_string(hide_password=True)
        # Threads that wait here start the moment they may; SQLite's own waiting is by naps of up to 100 ms.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.sqlite else nullcontext()
        with self._worded(opening=True):
            self._engine = self._connect()
            self._writing = {durable: self._engine.execution_options(synchronous=level) for durable, level in _LEVELS.items()}
            try:
                self._open()
            except BaseException:
                self.close()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; with SQLite each statement sees the newest state."""
        with self._worded(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool) -> Iterator[Connection]:
        """A transaction, committed at the end and rolled back at an exception."""
        with self._worded(), self._turn, self._writing[durable].begin() as connection:
            yield connection

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    def _connect(self) -> Engine:
        if not self.sqlite:
            return create_engine(self.url, pool_pre_ping=True)
        Path(self.name).parent.mkdir(parents=True, exist_ok=True)
        timeout = {} if "timeout" in self.url.query else {"timeout": _BUSY}
        engine = create_engine(self.url, connect_args=timeout, pool_size=_POOL, max_overflow=_OVERFLOW)
        event.listen(engine, "connect", _own_transactions)
        event.listen(engine, "begin", _begin)
        return engine

    def _open(self) -> None:
        """Make the tables that are not there yet; nothing is written to a database that is not a store, or a newer one."""
        version = self._version()
        if version == SCHEMA:
            return
        if self.sqlite and version is None:
            self._to_wal()
        try:
            with self.write(durable=True) as connection:
                bring_about = upgrade if inspect(connection).has_table(meta.name) else _make  # another process may have been faster
                bring_about(connection)
        except TangenteError:
            if self._version() != SCHEMA:  # a database server lets two begin, and fails the slower one
                raise

    def _version(self) -> int | None:
        """The version of the store that is here, if any; raises `InputError` for one too new, or another program's tables of such names."""
        with self._engine.connect() as connection:
            taken = set(inspect(connection).get_table_names()) & set(metadata.tables)
            if not taken:
                return None
            columns = {column["name"] for column in inspect(connection).get_columns(meta.name)} if meta.name in taken else set()
            version = connection.scalar(VERSION) if columns == {"name", "value"} else None
        if version is None or not version.isdecimal():
            raise InputError("store-foreign", path=self.name)
        if int(version) > SCHEMA:
            raise InputError("store-too-new", path=self.name, found=int(version), known=SCHEMA)
        return int(version)

    def _to_wal(self) -> None:
        """Switch the file to WAL, which it then remembers; SQLite does not wait for others here, so this does."""
        patience = time.monotonic() + _BUSY
        while True:
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                return
            except exc.OperationalError as error:
                if _sqlite_name(error) != "SQLITE_BUSY" or time.monotonic() > patience:
                    raise
                time.sleep(0.02)

    @contextmanager
    def _worded(self, *, opening: bool = False) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise self._meaning(error, opening) from error
        except exc.TimeoutError as error:
            raise RunError("store-busy", path=self.name, reason=str(error)) from error
        except (exc.NoSuchModuleError, ImportError) as error:
            raise InputError("store-unusable", path=self.name, reason=str(error)) from error
        except OSError as error:
            raise InputError("store-unusable", path=self.name, reason=error.strerror or str(error)) from error

    def _meaning(self, error: exc.DBAPIError, opening: bool) -> TangenteError:
        given: dict[str, Any] = {"path": self.name, "reason": str(error.orig).strip()}
        name = _sqlite_name(error)
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")) or getattr(error.orig, "sqlstate", None) == "53100":
            return RunError("disk-full", **given)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return RunError("store-busy", **given)
        if name.startswith("SQLITE_NOTADB"):
            return InputError("not-a-store", **given)
        return InputError("store-unusable", **given) if opening else RunError("store-failed", **given)


def _make(connection: Connection) -> None:
    """Make all tables of a new store."""
    metadata.create_all(connection)
    connection.execute(insert(meta).values(name="schema", value=str(SCHEMA)))


def _sqlite_name(error: exc.DBAPIError) -> str:
    """SQLite's own name of an error, or an empty text."""
    return str(getattr(error.orig, "sqlite_errorname", ""))


def _own_transactions(connection: Any, record: object) -> None:
    """Keep Python's driver from beginning transactions by itself."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """Begin a write transaction with the durability that was asked for; reading needs none."""
    level = connection.get_execution_options().get("synchronous")
    if level is None:
        return
    if connection.info.get("synchronous") != level:
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
    connection.exec_driver_sql("BEGIN IMMEDIATE")
