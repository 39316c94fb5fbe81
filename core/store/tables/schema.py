"""The store's tables, and the version of their layout.

Blobs stand last in their rows, so that SQLite finds the columns before them without reading them. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA = 5
"""A number that goes up with every change that an older Tangente could not read; `core/store/tables/migrations.py` says how it follows."""

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),  # "schema"
    Column("value", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # the order of creation, which clocks do not tell
    Column("id", String, nullable=False, unique=True),
    Column("key", String, nullable=False, index=True),
    Column("status", String, nullable=False, index=True),
    Column("interactive", Boolean, nullable=False),
    Column("step", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("steps", Integer),
    Column("device", String),
    Column("engine", String),
    Column("visitor", String),  # who asked for it; null: a program
    # the run that it goes on from, and the steps of all ancestors before its own step 0
    Column("parent", String),
    Column("before", Integer, nullable=False, server_default="0"),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    # what the pages wish
    Column("pause_at", Integer),
    Column("stop", Boolean, nullable=False),
    Column("resumed", Boolean, nullable=False),  # while it still ran: a pause that is on its way must not hold
    Column("watched_until", Double, nullable=False),  # of before, when a worker drew for those who look
    # who works on it
    Column("token", Integer, nullable=False),
    Column("owner", String),
    Column("leased_until", Double),
    # what came out, JSON where it has more than one value
    Column("loss", Double),
    Column("losses", Text),
    Column("relative_l2", Text),
    Column("max_error", Text),
    Column("estimates", Text),
    Column("error", Text),
    Column("experiment", Text, nullable=False),
)

losses = Table(
    "losses",
    metadata,
    Column("run", String, primary_key=True),
    Column("first", Integer, primary_key=True),  # the step of the first row
    Column("rows", Integer, nullable=False),
    Column("terms", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),  # (rows, terms), float32, little-endian
)

moments = Table(
    "moments",
    metadata,
    Column("run", String, primary_key=True),
    Column("number", Integer, primary_key=True),  # in the order of writing
    Column("step", Integer, nullable=False),
    Column("change", Double),  # since the moment before, a share of the picture's range
    Column("size", Integer, nullable=False),  # bytes
    Column("data", LargeBinary, nullable=False),
)

snapshots = Table(  # of runs of before: what they have in place of moments
    "snapshots",
    metadata,
    Column("run", String, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run", String, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("seconds", Double, nullable=False),
    Column("sha256", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

frames = Table(
    "frames",
    metadata,
    Column("run", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("worker", String, primary_key=True),
    Column("seen", Double, nullable=False),
    Column("devices", Text, nullable=False),  # JSON: name → label
)

answers = Table(
    "answers",
    metadata,
    Column("key", String, primary_key=True),  # of a problem and its parameters' values, see core.store.classical
    Column("created", Double, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String, nullable=False),
    Column("failure", Text),  # JSON: why there is no solution; else the solution:
    Column("method", String),
    Column("error", Double),
    Column("seconds", Double),
    Column("shape", String),  # JSON: of one solution
    Column("evidence", Text),  # JSON: what the error rests on
    Column("data", LargeBinary),  # float64, little-endian: one solution after another
)

questions = Table(
    "questions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),  # of the answer that is wanted
    Column("asked", Double, nullable=False),
    Column("problem", Text, nullable=False),  # JSON
    Column("attempts", Integer, nullable=False),
    Column("owner", String),
    Column("leased_until", Double),
)

saved_problems = Table(
    "saved_problems",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("visitor", String, nullable=False, index=True),
    Column("changed", Double, nullable=False),
    Column("text", Text, nullable=False),  # TOML
)

data_sets = Table(
    "data_sets",
    metadata,
    Column("digest", String, primary_key=True),  # a sha256, in hex
    Column("created", Double, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

ADDED = {2: (answers, questions, saved_problems), 3: (answers,), 4: (moments,), 5: (data_sets,)}
"""The tables that came with each version, or came anew after `STEPS` in `core/store/tables/migrations.py` had dropped them."""

PARTS = (losses, moments, snapshots, checkpoints, frames)
"""The tables whose rows belong to one run each, by the column `run`."""
