"""The way from each version of the store's layout to the next: statements of DDL, and the tables that came with it.

A store of any version ever released is brought to `SCHEMA` within one transaction, so that it stands at one version or the other. The
statements are plain SQL that SQLite and PostgreSQL both take. Tables that came with a version (`ADDED`) are made as they are today: a later
step that changes such a table must bear that its change is there already.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, text, update

from core.store.tables.schema import ADDED, SCHEMA, meta, metadata

STEPS: dict[int, tuple[str, ...]] = {
    3: ("DROP TABLE answers",),  # they can be computed again
    4: (
        "ALTER TABLE runs ADD COLUMN visitor VARCHAR",
        "ALTER TABLE runs ADD COLUMN parent VARCHAR",
        'ALTER TABLE runs ADD COLUMN "before" INTEGER NOT NULL DEFAULT 0',
    ),
}
"""The changes that each version brings to tables that are there, before those of `ADDED` are made."""
VERSION = select(meta.c.value).where(meta.c.name == "schema")


def upgrade(connection: Connection) -> None:
    """Bring a store to this version, step by step from its own; what it keeps stays, but for answers, which can be computed again."""
    version = int(connection.scalar(VERSION.with_for_update()) or SCHEMA)
    for later in range(version + 1, SCHEMA + 1):
        for step in STEPS.get(later, ()):
            connection.execute(text(step))
        metadata.create_all(connection, ADDED.get(later, ()))
        connection.execute(update(meta).where(meta.c.name == "schema").values(value=str(later)))
