"""The tables of every version of the store that was ever released, as they were then: a copy that no later change may touch."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Connection, Double, Integer, LargeBinary, MetaData, String, Table, Text, insert


def tables(version: int) -> MetaData:
    """All tables of a store of that version."""
    made = MetaData()
    _first(made)
    if version >= 2:
        _second(made, evidence=version >= 3)
    if version >= 4:
        _fourth(made)
    return made


def make(connection: Connection, version: int) -> MetaData:
    """Make an empty store of that version."""
    made = tables(version)
    made.create_all(connection)
    connection.execute(insert(made.tables["meta"]).values(name="schema", value=str(version)))
    return made


def _first(made: MetaData) -> None:
    Table("meta", made, Column("name", String, primary_key=True), Column("value", String, nullable=False))
    Table(
        "runs",
        made,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("key", String, nullable=False, index=True),
        Column("status", String, nullable=False, index=True),
        Column("interactive", Boolean, nullable=False),
        Column("step", Integer, nullable=False),
        Column("seconds", Double, nullable=False),
        Column("steps", Integer),
        Column("device", String),
        Column("engine", String),
        Column("created", Double, nullable=False),
        Column("started", Double),
        Column("finished", Double),
        Column("pause_at", Integer),
        Column("stop", Boolean, nullable=False),
        Column("resumed", Boolean, nullable=False),
        Column("watched_until", Double, nullable=False),
        Column("token", Integer, nullable=False),
        Column("owner", String),
        Column("leased_until", Double),
        Column("loss", Double),
        Column("losses", Text),
        Column("relative_l2", Text),
        Column("max_error", Text),
        Column("estimates", Text),
        Column("error", Text),
        Column("experiment", Text, nullable=False),
    )
    Table(
        "losses",
        made,
        Column("run", String, primary_key=True),
        Column("first", Integer, primary_key=True),
        Column("rows", Integer, nullable=False),
        Column("terms", Integer, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    Table("snapshots", made, *_of_a_step(), Column("data", LargeBinary, nullable=False))
    Table(
        "checkpoints",
        made,
        *_of_a_step(),
        Column("seconds", Double, nullable=False),
        Column("sha256", String, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    Table(
        "frames",
        made,
        Column("run", String, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    Table(
        "workers",
        made,
        Column("worker", String, primary_key=True),
        Column("seen", Double, nullable=False),
        Column("devices", Text, nullable=False),
    )


def _fourth(made: MetaData) -> None:
    for column in (Column("visitor", String), Column("parent", String), Column("before", Integer, nullable=False, server_default="0")):
        made.tables["runs"].append_column(column)
    Table(
        "moments",
        made,
        Column("run", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("step", Integer, nullable=False),
        Column("change", Double),
        Column("size", Integer, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )


def _of_a_step() -> tuple[Column[str], Column[int]]:
    return Column("run", String, primary_key=True), Column("step", Integer, primary_key=True)


def _second(made: MetaData, *, evidence: bool) -> None:
    Table(
        "answers",
        made,
        Column("key", String, primary_key=True),
        Column("created", Double, nullable=False),
        Column("size", Integer, nullable=False),
        Column("sha256", String, nullable=False),
        Column("failure", Text),
        Column("method", String),
        Column("error", Double),
        Column("seconds", Double),
        Column("shape", String),
        *([Column("evidence", Text)] if evidence else []),
        Column("data", LargeBinary),
    )
    Table(
        "questions",
        made,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("key", String, nullable=False, unique=True),
        Column("asked", Double, nullable=False),
        Column("problem", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("owner", String),
        Column("leased_until", Double),
    )
    Table(
        "saved_problems",
        made,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("visitor", String, nullable=False, index=True),
        Column("changed", Double, nullable=False),
        Column("text", Text, nullable=False),
    )
