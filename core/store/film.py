"""A run's film: its moments, numbered in the order in which they were written.

A viewer asks for those after the last that it has. A moment that is written again has a new number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Subquery, delete, func, insert, literal, select, union_all, update

from core.store.moments import Moment, of_frame
from core.store.tables.schema import frames, moments, runs, snapshots

MB = 1_000_000
LARGEST = 20 * MB
"""Bytes of a run's film."""
_KEPT = LARGEST * 95 // 100
"""Bytes that a film is thinned to once it has more than `LARGEST`, so that this does not happen at every moment."""

Numbered = tuple[int, int, bytes]
"""A moment's number, its step and its bytes."""


def newest_number(connection: Connection, run_id: str) -> int:
    """The largest number of a run's moments; 0 where it has none."""
    return connection.scalar(select(func.coalesce(func.max(_film(connection, run_id).c.number), 0))) or 0


def moments_after(connection: Connection, run_id: str, after: int, most: int, size: int) -> list[Numbered]:
    """The moments numbered above `after`, at most so many, and no more bytes than `size` unless the first alone has more."""
    film = _film(connection, run_id)
    sizes = connection.execute(select(film.c.number, film.c.size).where(film.c.number > after).order_by(film.c.number).limit(most))
    last, room = after, float(size)
    for row in sizes.all():
        if last > after and row.size > room:
            break
        last, room = row.number, room - row.size
    found = select(film.c.number, film.c.step, film.c.data).where(film.c.number > after, film.c.number <= last).order_by(film.c.number)
    return [(row.number, row.step, of_frame(bytes(row.data))) for row in connection.execute(found)]


def steps_of(connection: Connection, run_id: str) -> list[int]:
    """The steps of a run's moments, in their order."""
    film = _film(connection, run_id)
    return list(connection.scalars(select(film.c.step).order_by(film.c.step)))


def moment_of(connection: Connection, run_id: str, step: int) -> bytes | None:
    """The moment of a step; None where there is none."""
    film = _film(connection, run_id)
    data = connection.scalar(select(film.c.data).where(film.c.step == step))
    return None if data is None else of_frame(bytes(data))


def all_of(connection: Connection, run_id: str) -> Iterator[bytes]:
    """A run's moments, step by step, one at a time, as they were written."""
    film = _film(connection, run_id)
    for data in connection.execution_options(yield_per=20).scalars(select(film.c.data).order_by(film.c.step)):
        yield bytes(data)


def add_moments(connection: Connection, run_id: str, made: Sequence[Moment]) -> None:
    """Add moments, in place of those of the same steps, and keep the film within `LARGEST`."""
    if not made:
        return
    mine = moments.c.run == run_id
    known = connection.execute(
        select(func.coalesce(func.max(moments.c.number), 0), func.coalesce(func.sum(moments.c.size), 0)).where(mine)
    ).one()
    connection.execute(delete(moments).where(mine, moments.c.step.in_([moment.step for moment in made])))
    connection.execute(insert(moments), [_row(run_id, known[0] + place, moment) for place, moment in enumerate(made, 1)])
    if known[1] + sum(len(moment.data) for moment in made) > LARGEST:
        _thin(connection, run_id)


def cut_film(connection: Connection, run_id: str, step: int) -> None:
    """Forget the moments beyond `step`, which will be recorded again; the numbers go on from where they were."""
    _adopt(connection, run_id)
    mine = moments.c.run == run_id
    newest = newest_number(connection, run_id)
    connection.execute(delete(moments).where(mine, moments.c.step > step))
    if newest_number(connection, run_id) < newest:
        last = connection.scalar(select(func.max(moments.c.step)).where(mine))
        connection.execute(update(moments).where(mine, moments.c.step == last).values(number=newest))


def _film(connection: Connection, run_id: str) -> Subquery:
    """The rows of a run's moments, by number, step, size and data.

    A run of before has snapshots in their place, and at rest the frame in which it was left.
    """
    if connection.scalar(select(moments.c.number).where(moments.c.run == run_id).limit(1)) is not None:
        columns = (moments.c.number, moments.c.step, moments.c.size, moments.c.data)
        return select(*columns).where(moments.c.run == run_id).subquery()
    kept = select(snapshots.c.step, snapshots.c.data).where(snapshots.c.run == run_id)
    other = runs.c.step.not_in(select(snapshots.c.step).where(snapshots.c.run == run_id))
    at_rest = runs.c.status.not_in(("queued", "running"))
    left = select(runs.c.step, frames.c.data).join_from(frames, runs, runs.c.id == frames.c.run).where(runs.c.id == run_id, at_rest, other)
    both = union_all(kept, left).subquery()
    number = func.row_number().over(order_by=both.c.step).label("number")
    return select(number, both.c.step, func.length(both.c.data).label("size"), both.c.data).subquery()


def _adopt(connection: Connection, run_id: str) -> None:
    """Make moments of the snapshots of a run of before, which is taken up again."""
    if not connection.scalar(select(literal(1)).where(snapshots.c.run == run_id).limit(1)):
        return
    kept = connection.execute(select(snapshots.c.step, snapshots.c.data).where(snapshots.c.run == run_id).order_by(snapshots.c.step)).all()
    made = [Moment(row.step, None, of_frame(bytes(row.data))) for row in kept]
    connection.execute(delete(snapshots).where(snapshots.c.run == run_id))
    connection.execute(insert(moments), [_row(run_id, number, moment) for number, moment in enumerate(made, 1)])


def _row(run_id: str, number: int, moment: Moment) -> dict[str, Any]:
    return {
        "run": run_id,
        "number": number,
        "step": moment.step,
        "change": moment.change,
        "size": len(moment.data),
        "data": moment.data,
    }


def _thin(connection: Connection, run_id: str) -> None:
    """Drop the moments that are nearest to the ones before them while the film is too large: never the first, the last or the newest.

    What changed at one that is dropped is added to the next, so that many small changes are not all dropped.
    """
    mine = moments.c.run == run_id
    total = connection.scalar(select(func.sum(moments.c.size)).where(mine)) or 0
    if total <= LARGEST:  # moments have taken the place of others
        return
    columns = (moments.c.number, moments.c.step, moments.c.change, moments.c.size)
    rows = [dict(row._mapping) for row in connection.execute(select(*columns).where(mine).order_by(moments.c.step))]
    newest, dropped = max(row["number"] for row in rows), []
    changed: dict[int, float] = {}
    while total > _KEPT and (inner := [place for place in range(1, len(rows) - 1) if rows[place]["number"] != newest]):
        place = min(inner, key=lambda place: rows[place]["change"] or 0.0)
        gone, after = rows.pop(place), rows[place]
        after["change"] = changed[after["number"]] = (after["change"] or 0.0) + (gone["change"] or 0.0)
        total -= gone["size"]
        dropped.append(gone["number"])
    connection.execute(delete(moments).where(mine, moments.c.number.in_(dropped)))
    for number, change in changed.items():
        connection.execute(update(moments).where(mine, moments.c.number == number).values(change=change))
