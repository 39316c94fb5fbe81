"""The whole: residuals of the rows block by block, the sums of their squares, and the gradient by the reverse of all that."""

from __future__ import annotations

from core.engines.kernel.emission.emission import Function, Integer, Module, Pointer
from core.engines.kernel.emission.records import GroupRecord
from core.engines.kernel.layout.layout import HEAD


def emit(module: Module) -> None:
    """`evaluate` and `jacobian`."""
    _evaluate(module)
    _jacobian(module)


def emit_rows(module: Module) -> None:
    """`copy` and `clear`, of rows of `n` points."""
    shape = module.shape
    with module.function("copy", "ppii") as (f, source, target, rows, n), f.loop(0, rows) as row, f.loop(0, n, shape.lanes) as p:
        target.at(row * shape.block + p).write(source.at(row * shape.block + p).vector())
    with module.function("clear", "pii") as (f, target, rows, n), f.loop(0, rows) as row, f.loop(0, n, shape.lanes) as p:
        target.at(row * shape.block + p).write(f.splat(0.0))


def _begin(f: Function, head: Pointer, which: Integer) -> tuple[Pointer, GroupRecord]:
    """The record of a group; its constants in their slots, its sums zero."""
    record = head.at(which * head.integer(HEAD.size) + HEAD.words)
    group, block = GroupRecord(record), f.shape.block
    with f.loop(0, group.result_count) as number:
        f.clear_double(group.address("sums", table=True).at(number))
    slots = group.address("slots").at(group.constant_slot * block)
    f.call("copy", group.address("constants"), slots, group.constant_count, block)
    return record, group


def _residuals(f: Function, head: Pointer, record: Pointer, theta: Pointer, block: Integer) -> tuple[Integer, Integer]:
    """Puts the residuals of a block into their slots; gives its number of rows, and that with what fills the last vector."""
    group, shape = GroupRecord(record), f.shape
    count = (group.rows - block * shape.block).least(shape.block)
    n = (count + (shape.lanes - 1)).floor(shape.lanes)
    f.call("forward", head, record, theta, block, n)
    columns = group.address("columns").at(block * group.column_count * shape.block)
    f.call("copy", columns, group.address("slots").at(group.column_slot * shape.block), group.column_count, n)
    f.call("play", record, n)
    return count, n


def _evaluate(module: Module) -> None:
    """The sums; the gradient where one is given, the residuals' values where these are asked for."""
    with module.function("evaluate", "tppi", public=True) as (f, head, theta, gradient, valued):
        seeded = gradient.given()
        with f.when(seeded.differs(0)), f.loop(0, head.integer(HEAD.parameters)) as number:
            gradient.at(number).write(f.number(0.0))
        with f.loop(0, head.integer(HEAD.groups)) as which:
            record, group = _begin(f, head, which)
            with f.loop(0, group.blocks) as block:
                count, n = _residuals(f, head, record, theta, block)
                with f.when(seeded.differs(0)):
                    f.call("clear", group.address("bars"), group.slot_count, n)
                f.call("square", record, block, n, count, seeded, valued)
                with f.when(seeded.differs(0)):
                    f.call("play_back", record, n)
                    f.call("backward", head, record, theta, gradient, block, n)


def _jacobian(module: Module) -> None:
    """√scale times the gradient of each residual of each row, (group, residual, row) by parameters; the sums and values as well."""
    shape = module.shape
    with module.function("jacobian", "tppi", public=True) as (f, head, theta, out, _):
        size, start = head.integer(HEAD.parameters), f.variable(f.integer(0))
        with f.loop(0, head.integer(HEAD.groups)) as which:
            record, group = _begin(f, head, which)
            with f.loop(0, group.blocks) as block:
                count, n = _residuals(f, head, record, theta, block)
                f.call("square", record, block, n, count, 0, 1)
                with f.loop(0, group.result_count) as number:
                    f.call("seed", record, block, n, number)
                    f.call("play_back", record, n)
                    row = start.get() + number * group.rows + block * shape.block
                    f.call("backward_rows", head, record, theta, out.at(row * size), block, n, count)
            start.set(start.get() + group.result_count * group.rows)
