"""The tape of a group for a block of points, forwards and backwards, and what begins the way back: the residuals' adjoints."""

from __future__ import annotations

from core.engines.kernel.emission.emission import Integer, Module, Pointer
from core.engines.kernel.emission.products import totals
from core.engines.kernel.emission.records import GroupRecord
from core.engines.kernel.layout.layout import TAPE


def emit(module: Module) -> None:
    """`play`, `play_back`, `square` and `seed`."""
    _play(module)
    _play_back(module)
    _square(module)
    _seed(module)


def _entry(group: GroupRecord, number: Integer) -> Pointer:
    return group.address("tape", table=True).at(number * TAPE.words)


def _play(module: Module) -> None:
    """The tape's operations in turn, on the slots, (slot, point)."""
    block = module.shape.block
    with module.function("play", "ti") as (f, record, n):
        group = GroupRecord(record)
        slots = group.address("slots")
        with f.loop(0, group.tape_count) as number:
            entry = _entry(group, number)
            rows = [slots.at(entry.integer(word) * block) for word in (TAPE.out, TAPE.x, TAPE.y)]
            f.call("operation", entry.integer(TAPE.code), *rows, n)


def _play_back(module: Module) -> None:
    """The tape's operations backwards, on the slots and their adjoints."""
    block = module.shape.block
    with module.function("play_back", "ti") as (f, record, n):
        group = GroupRecord(record)
        slots, bars = group.address("slots"), group.address("bars")
        count = group.tape_count
        with f.loop(0, count) as done:
            entry = _entry(group, count - 1 - done)
            places = [entry.integer(word) * block for word in (TAPE.out, TAPE.x, TAPE.y)]
            rows = [*(slots.at(place) for place in places), *(bars.at(place) for place in places)]
            f.call("operation_back", entry.integer(TAPE.code), *rows, entry.integer(TAPE.x_asked), entry.integer(TAPE.y_asked), n)


def _square(module: Module) -> None:
    """Adds Σ r² of each residual to the sums; their values go out, their adjoints, 2 scale r, in, where these are wanted."""
    shape = module.shape
    with module.function("square", "tiiiii") as (f, record, block, n, count, seeded, valued):
        group = GroupRecord(record)
        slots, bars, results = group.address("slots"), group.address("bars"), group.address("results", table=True)
        with f.loop(0, group.result_count) as number:
            place = results.integer(number) * shape.block
            row, bar = slots.at(place), bars.at(place)
            scales = group.address("scales").at((block * group.result_count + number) * shape.block)
            values = group.address("values").at((number * group.blocks + block) * shape.block)
            total = f.variable(f.splat(0.0))
            with f.loop(0, n, shape.lanes) as p:
                residual = row.at(p).vector()
                real = f.counted(count - p)
                total.set(total.get() + f.select(real, residual * residual, 0.0))
                with f.when(seeded.differs(0)):
                    seed = residual * scales.at(p).vector()
                    bar.at(p).write(bar.at(p).vector() + (seed + seed))
                with f.when(valued.differs(0)):
                    values.at(p).write(residual)
            f.add_double(group.address("sums", table=True).at(number), totals([total.get()], shape.lanes)[0].lane(0))


def _seed(module: Module) -> None:
    """The adjoint of one residual is √scale, those of all else are zero."""
    shape = module.shape
    with module.function("seed", "tiii") as (f, record, block, n, number):
        group = GroupRecord(record)
        bars, results, count = group.address("bars"), group.address("results", table=True), group.result_count
        f.call("clear", bars, group.slot_count, n)
        scales = group.address("scales").at((block * count + number) * shape.block)
        with f.loop(0, n, shape.lanes) as p:
            bars.at(results.integer(number) * shape.block + p).write(f.intrinsic("sqrt", scales.at(p).vector()))
