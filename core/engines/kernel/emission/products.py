"""The products of a layer, on panels [stream][feature][point] whose rows of points lie `block` numbers apart.

Each keeps a tile of its result, rows × vectors, in registers: K. Goto and R. A. van de Geijn, "Anatomy of high-performance matrix
multiplication", ACM TOMS 34 (2008) 12.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.kernel.emission.emission import Integer, Module, Real


def emit(module: Module) -> None:
    """`product`, `outer`, `sums` and `outer_rows`."""
    _product(module)
    _outer(module)
    _sums(module)
    _outer_rows(module)


def _product(module: Module) -> None:
    """Z_s[j, p] = Σ_k w[j row + k column] A_s[k, p], plus b_j for stream 0 if `biased`, for p < n."""
    shape = module.shape
    names = "w row column biased b a a_stride z z_stride streams n ins outs"
    with module.function("product", "piiippipiiiii"[: len(names.split())]) as (
        f,
        w,
        row,
        column,
        biased,
        b,
        a,
        a_stride,
        z,
        z_stride,
        *counts,
    ):
        streams, n, ins, outs = counts
        with f.loop(0, streams) as s:
            source, target = a.at(s * a_stride), z.at(s * z_stride)
            with_bias = f.builder.and_(s.equals(0), biased.differs(0))

            def points(p: Integer, vectors: int) -> None:
                def tile(j: Integer, rows: int) -> None:
                    base = w.at(j * row)
                    start = [f.select(with_bias, b.at(j).number(r), 0.0) for r in range(rows)]
                    sums = [[f.variable(item.splat()) for _ in range(vectors)] for item in start]
                    with f.loop(0, ins) as k:
                        right = [source.at(k * shape.block + p).vector(v * shape.lanes) for v in range(vectors)]
                        corner = base.at(k * column)
                        for r in range(rows):
                            left = corner.at(row * r).number().splat()
                            for v in range(vectors):
                                sums[r][v].set(f.fma(left, right[v], sums[r][v].get()))
                    for r in range(rows):
                        for v in range(vectors):
                            target.at((j + r) * shape.block + p).write(sums[r][v].get(), v * shape.lanes)

                whole = outs.floor(shape.rows)
                with f.loop(0, whole, shape.rows) as j:
                    tile(j, shape.rows)
                with f.loop(whole, outs) as j:
                    tile(j, 1)

            whole = n.floor(shape.chunk)
            with f.loop(0, whole, shape.chunk) as p:
                points(p, shape.vectors)
            with f.loop(whole, n, shape.lanes) as p:
                points(p, 1)


def _outer(module: Module) -> None:
    """w[j ins + k] += Σ_s Σ_p Z_s[j, p] A_s[k, p]."""
    shape = module.shape
    with module.function("outer", "pipipiiii") as (f, z, z_stride, a, a_stride, w, streams, n, outs, ins):

        def tile(j: Integer, k: Integer, rows: int, columns: int) -> None:
            sums = [[f.variable(f.splat(0.0)) for _ in range(columns)] for _ in range(rows)]
            with f.loop(0, streams) as s:
                left, right = z.at(s * z_stride + j * shape.block), a.at(s * a_stride + k * shape.block)

                def points(p: Integer) -> None:
                    columns_ = [right.at(p).vector(c * shape.block) for c in range(columns)]
                    for r in range(rows):
                        row = left.at(p).vector(r * shape.block)
                        for c in range(columns):
                            sums[r][c].set(f.fma(row, columns_[c], sums[r][c].get()))

                whole = n.floor(shape.chunk)
                with f.loop(0, whole, shape.chunk) as p:
                    for v in range(shape.vectors):
                        points(p + v * shape.lanes)
                with f.loop(whole, n, shape.lanes) as p:
                    points(p)
            found = totals([cell.get() for line in sums for cell in line], shape.lanes)  # row-major
            for r in range(rows):
                place = w.at((j + r) * ins + k)
                if columns > 1:
                    entries = [found[(r * columns + c) // shape.lanes] for c in range(columns)]
                    lanes = [(r * columns + c) % shape.lanes for c in range(columns)]
                    if len({id(item) for item in entries}) == 1:
                        place.write(place.vector(lanes=columns) + entries[0].shuffle(entries[0], lanes))
                        continue
                    for c in range(columns):
                        place.write(place.number(c) + entries[c].lane(lanes[c]), c)
                else:
                    item = found[r // shape.lanes]
                    place.write(place.number() + item.lane(r % shape.lanes))

        rows, columns = shape.rows, shape.vectors
        whole_j, whole_k = outs.floor(rows), ins.floor(columns)
        with f.loop(0, whole_j, rows) as j:
            with f.loop(0, whole_k, columns) as k:
                tile(j, k, rows, columns)
            with f.loop(whole_k, ins) as k:
                tile(j, k, rows, 1)
        with f.loop(whole_j, outs) as j:
            with f.loop(0, whole_k, columns) as k:
                tile(j, k, 1, columns)
            with f.loop(whole_k, ins) as k:
                tile(j, k, 1, 1)


def _sums(module: Module) -> None:
    """b[j] += Σ_p Z[j, p]."""
    shape = module.shape
    with module.function("sums", "ppii") as (f, z, b, n, outs), f.loop(0, outs) as j:
        total = f.variable(f.splat(0.0))
        with f.loop(0, n, shape.lanes) as p:
            total.set(total.get() + z.at(j * shape.block + p).vector())
        b.at(j).write(b.at(j).number() + totals([total.get()], shape.lanes)[0].lane(0))


def _outer_rows(module: Module) -> None:
    """w[p size + j ins + k] = Σ_s Z_s[j, p] A_s[k, p], and after these Z_0[j, p], for p < count; added instead if `more`.

    `turned`, [stream][point][k] in whole vectors, is for A.
    """
    shape = module.shape
    with module.function("outer_rows", "pipippiiiiii") as (f, z, z_stride, a, a_stride, turned, w, size, streams, count, outs, ins, more):
        pad = (ins + (shape.lanes - 1)).floor(shape.lanes)
        with f.loop(0, streams) as s, f.loop(0, ins) as k, f.loop(0, count) as p:
            turned.at((s * shape.block + p) * pad + k).write(a.number(s * a_stride + k * shape.block + p))
        adds = more.differs(0)
        with f.loop(0, count) as p:
            target = w.at(p * size)

            def tile(j: Integer, rows: int) -> None:
                def entries(k: Integer, *, whole: bool) -> None:
                    places = [target.at((j + r) * ins + k) for r in range(rows)]
                    zero = f.splat(0.0) if whole else f.number(0.0)
                    sums = [f.variable(zero) for _ in places]
                    with f.when(adds):
                        for total, place in zip(sums, places, strict=True):
                            total.set(place.vector() if whole else place.number())
                    with f.loop(0, streams) as s:
                        column = turned.at((s * shape.block + p) * pad + k)
                        right = column.vector() if whole else column.number()
                        for r, total in enumerate(sums):
                            left = z.number(s * z_stride + (j + r) * shape.block + p)
                            total.set(f.fma(left.splat() if whole else left, right, total.get()))
                    for total, place in zip(sums, places, strict=True):
                        place.write(total.get())

                last = ins.floor(shape.lanes)
                with f.loop(0, last, shape.lanes) as k:
                    entries(k, whole=True)
                with f.loop(last, ins) as k:
                    entries(k, whole=False)

            whole = outs.floor(shape.rows)
            with f.loop(0, whole, shape.rows) as j:
                tile(j, shape.rows)
            with f.loop(whole, outs) as j:
                tile(j, 1)
            with f.loop(0, outs) as j:
                place, value = target.at(outs * ins + j), z.number(j * shape.block + p)
                before = f.variable(f.number(0.0))
                with f.when(adds):
                    before.set(place.number())
                place.write(before.get() + value)


def totals(vectors: Sequence[Real], lanes: int) -> list[Real]:
    """The sum of the lanes of each vector, (vectors,), as vectors of up to `lanes` of them; their number is a power of two."""
    if len(vectors) > lanes:
        return [item for start in range(0, len(vectors), lanes) for item in totals(vectors[start : start + lanes], lanes)]
    segment, items = lanes, list(vectors)
    while len(items) > 1:  # the halves of each segment are added, so that two vectors become one
        items = [_halved(first, second, segment, lanes) for first, second in zip(items[::2], items[1::2], strict=True)]
        segment //= 2
    item, length = items[0], lanes
    while segment > 1:
        item = _halved(item, item, segment, length, alone=True)
        segment, length = segment // 2, length // 2
    return [item]


def _halved(first: Real, second: Real, segment: int, length: int, *, alone: bool = False) -> Real:
    starts = range(0, length if alone else 2 * length, segment)
    half = segment // 2
    lower = [start + number for start in starts for number in range(half)]
    return first.shuffle(second, lower) + first.shuffle(second, [place + half for place in lower])
