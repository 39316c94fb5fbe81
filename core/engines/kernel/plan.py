"""A network and its groups of residuals packed for the kernel: made once for a set of points, evaluated many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.engines.kernel import machine
from core.engines.kernel.layout.codes import ACTIVATIONS, MEMOS
from core.engines.kernel.layout.description import Array, Group, Network
from core.engines.kernel.layout.layout import GROUP, HEAD, LAYER
from core.engines.kernel.layout.slots import adjoints, check, entries, slots
from core.engines.kernel.layout.steps import steps

LINE = 64  # bytes of a line of the cache
BRIEF = 1e8
"""Operations, some milliseconds at most, during which no other thread is let run."""


class Plan:
    """Evaluates the sums of squares of the residuals, their gradient and their values, in `precision`.

    Holds copies of what the groups say, which `move` and `rescale` replace, and the memory in which the kernel works: one call at a time.
    """

    def __init__(self, network: Network, groups: Sequence[Group], precision: str) -> None:
        self._network, self._groups, self._kernel = network, tuple(groups), machine.prepare(precision)
        self._dtype = np.dtype(precision)
        if network.activation not in ACTIVATIONS:
            raise ValueError(f"the activation must be one of {', '.join(ACTIVATIONS)}, not {network.activation!r}")
        if not groups:
            raise ValueError("there must be at least one group of residuals")
        for group in groups:
            check(network, group)
        self._kept: list[Array] = []  # what the table's addresses are of
        self.sums = [np.zeros(len(group.tape.results)) for group in groups]
        self._points: list[tuple[Array, Array]] = []
        self._scales: list[Array] = []
        self._values: list[Array] = []
        self._table = self._packed()
        points = sum(group.terms.streams * len(group.inputs) * group.rows for group in groups)
        brief = 6 * points * network.parameters < BRIEF
        self._evaluate = self._kernel.brief_evaluate if brief else self._kernel.evaluate
        self._address = self._table.ctypes.data
        self._theta = self._gradient = np.empty(0, self._dtype)
        self._theta_address = self._gradient_address = 0

    @property
    def parameters(self) -> int:
        """The number of the network's."""
        return self._network.parameters

    def evaluate(self, theta: Array, gradient: Array | None = None) -> list[Array]:
        """Σ r² of each residual over the rows of its group, (residuals,) for each group; the next call overwrites them.

        Writes the gradient of Σ scales r² by the parameters into `gradient`, (parameters,).
        """
        if theta is not self._theta:
            self._theta_address, self._theta = self._of(theta), theta
        if gradient is not None and gradient is not self._gradient:
            self._gradient_address, self._gradient = self._of(gradient), gradient
        self._evaluate(self._address, self._theta_address, None if gradient is None else self._gradient_address, 0)
        return self.sums

    def residuals(self, theta: Array) -> list[Array]:
        """r of each group, (residuals, rows)."""
        self._kernel.evaluate(self._address, self._of(theta), None, 1)
        pairs = zip(self._values, self._groups, strict=True)
        return [values.reshape(len(values), -1)[:, : group.rows].copy() for values, group in pairs]

    def jacobian(self, theta: Array, out: Array) -> Array:
        """√scale r, (rows,), with its gradient for each row of `out`, (rows, parameters): by group, residual and row of the group."""
        rows = sum(len(group.tape.results) * group.rows for group in self._groups)
        self._kernel.jacobian(self._address, self._of(theta), self._of(out, rows), 0)
        roots = (np.sqrt(np.moveaxis(scales, 0, 1)) for scales in self._scales)
        weighted = [(values * root).reshape(len(values), -1) for values, root in zip(self._values, roots, strict=True)]
        return np.concatenate([found[:, : group.rows].ravel() for found, group in zip(weighted, self._groups, strict=True)])

    def move(self, number: int, inputs: Array, columns: Array) -> None:
        """Replace the points of a group by others of the same shapes."""
        group = replace(self._groups[number], inputs=inputs, columns=columns)
        check(self._network, group)
        if inputs.shape != self._groups[number].inputs.shape or columns.shape != self._groups[number].columns.shape:
            raise ValueError(f"inputs {inputs.shape} and columns {columns.shape} must have the shapes of those before them")
        for place, rows in zip(self._points[number], (inputs, columns), strict=True):
            place[:] = self._blocks(rows)

    def rescale(self, number: int, scales: Array) -> None:
        """Change the scales of a group, (residuals, rows) or (residuals, 1)."""
        group = self._groups[number]
        self._scales[number][:] = self._blocks(np.broadcast_to(scales, (len(group.tape.results), group.rows)), zeros=True)

    def _of(self, array: Array, *rows: int) -> int:
        """The address of parameters or a gradient, or of so many rows of these."""
        shape = (*rows, self._network.parameters)
        if array.dtype != self._dtype or array.shape != shape or not array.flags.c_contiguous:
            raise ValueError(f"a contiguous {self._dtype} array {shape} is needed, but got {array.dtype} {array.shape}")
        return int(array.ctypes.data)

    def _kept_address(self, array: Array) -> int:
        self._kept.append(array)
        return int(array.ctypes.data)

    def _empty(self, *shape: int) -> Array:
        """Zeros that begin with a line of the cache."""
        size = int(np.prod(shape)) * self._dtype.itemsize
        raw = np.zeros(size + LINE, np.uint8)
        start = -raw.ctypes.data % LINE
        return raw[start : start + size].view(self._dtype).reshape(shape)

    def _blocks(self, rows: Array, *, zeros: bool = False) -> Array:
        """(…, rows) → (blocks, …, block); the last row is repeated to fill the last block, or zeros."""
        block = self._kernel.shape.block
        count = rows.shape[-1]
        blocks = -(-count // block)
        places = np.arange(blocks * block)
        found = rows[..., np.minimum(places, count - 1)]
        if zeros:
            found = np.where(places < count, found, 0.0)
        packed = self._empty(blocks, *rows.shape[:-1], block)
        packed[:] = np.moveaxis(found.reshape(*rows.shape[:-1], blocks, block), -2, 0)
        return packed

    def _packed(self) -> Array:
        sizes, groups = self._network.sizes, self._groups
        block, lanes = self._kernel.shape.block, self._kernel.shape.lanes
        layers = len(sizes) - 1
        pad = 2 * lanes  # so that the streams of a number do not all fall into the same set of the cache
        streams = max(group.terms.streams for group in groups)
        widest = max(sizes)
        places = [self._places(group.terms.streams, pad) for group in groups]
        workspace = self._empty(max(len(group.inputs) * size for group, (size, _) in zip(groups, places, strict=True)))
        slot_counts = [slots(self._network, group) for group in groups]
        slot_rows, slot_bars = self._empty(max(slot_counts), block), self._empty(max(slot_counts), block)
        bar_stride = widest * block + pad
        turned = self._empty(streams * block * (widest + lanes))
        bars = [self._empty(streams * bar_stride) for _ in range(2)]
        shared = {
            "workspace": self._kept_address(workspace),
            "slots": self._kept_address(slot_rows),
            "bars": self._kept_address(slot_bars),
            "a_bar": self._kept_address(bars[0]),
            "z_bar": self._kept_address(bars[1]),
            "bar_stride": bar_stride,
            "turned": self._kept_address(turned),
        }
        size = GROUP.words + LAYER.words * layers
        head = {
            "layers": layers,
            "activation": ACTIVATIONS.index(self._network.activation),
            "parameters": self._network.parameters,
            "groups": len(groups),
            "size": size,
        }
        words = [head[name] for name in HEAD.names]
        for group, sums, (place_size, records), slot_count in zip(groups, self.sums, places, slot_counts, strict=True):
            record = shared | self._group(group, sums) | {"place_size": place_size, "slot_count": slot_count}
            words += [record[name] for name in GROUP.names]
            words += [layer[name] for layer in records for name in LAYER.names]
        return np.array(words, np.int64)

    def _group(self, group: Group, sums: Array) -> dict[str, int]:
        """The words of a group that do not depend on the others."""
        block = self._kernel.shape.block
        outputs = self._network.sizes[-1]
        streams, features = group.inputs.shape[1:3]
        inputs, columns = self._blocks(group.inputs), self._blocks(group.columns)
        residuals = len(group.tape.results)
        scales = self._blocks(np.broadcast_to(group.scales, (residuals, group.rows)), zeros=True)
        constants = self._empty(len(group.tape.constants), block)
        constants[:] = group.tape.constants[:, None]
        values = self._empty(residuals, len(inputs), block)
        self._points.append((inputs, columns))
        self._scales.append(scales)
        self._values.append(values)
        found, step_scales, order = steps(group.terms)
        first = len(group.inputs) * streams * outputs
        live = adjoints(self._network, group)
        return {
            "places": len(group.inputs),
            "streams": streams,
            "rows": group.rows,
            "blocks": len(inputs),
            "inputs": self._kept_address(inputs),
            "input_block": inputs[0].size,
            "input_place": streams * features * block,
            "input_stride": features * block,
            "columns": self._kept_address(columns),
            "column_count": len(group.columns),
            "column_slot": first,
            "constants": self._kept_address(constants),
            "constant_count": len(constants),
            "constant_slot": first + len(group.columns),
            "place_slots": streams * outputs * block,
            "output_stride": outputs * block,
            "steps": self._kept_address(found),
            "step_scales": self._kept_address(step_scales.astype(self._dtype)),
            "step_count": len(found),
            "order": order,
            "tape": self._kept_address(entries(group.tape, live)),
            "tape_count": len(group.tape.operations),
            "results": self._kept_address(group.tape.results.astype(np.int64)),
            "result_count": residuals,
            "scales": self._kept_address(scales),
            "sums": self._kept_address(sums),
            "values": self._kept_address(values),
        }

    def _places(self, streams: int, pad: int) -> tuple[int, list[dict[str, int]]]:
        """What one place takes of the workspace, and the layers' records."""
        block = self._kernel.shape.block
        used = weights = 0
        found = []
        for ins, outs in zip(self._network.sizes[:-1], self._network.sizes[1:], strict=True):
            stride = outs * block + pad
            z, a, memo = used, used + streams * stride, used + 2 * streams * stride
            used = memo + MEMOS * stride
            found.append(
                {"ins": ins, "outs": outs, "weights": weights, "bias": weights + ins * outs}
                | {"z": z, "z_stride": stride, "a": a, "a_stride": stride, "memo": memo, "memo_stride": stride}
            )
            weights += outs * (ins + 1)
        return used, found
