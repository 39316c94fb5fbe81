"""The network's streams for a block of points, forwards and backwards."""

from __future__ import annotations

from core.engines.kernel.emission.emission import Integer, Module, Pointer
from core.engines.kernel.emission.records import GroupRecord, LayerRecord
from core.engines.kernel.layout.layout import HEAD


def emit(module: Module) -> None:
    """`forward`, `backward` and `backward_rows`."""
    _forward(module)
    _backward(module, rows=False)
    _backward(module, rows=True)


def _forward(module: Module) -> None:
    """The network's output streams into the slots, (place, stream, unknown), what the way back needs into the workspace."""
    with module.function("forward", "ttpii") as (f, head, record, theta, block, n):
        group = GroupRecord(record)
        last = head.integer(HEAD.layers) - 1
        streams = group.streams
        with f.loop(0, group.places) as place:
            base = group.address("workspace").at(place * group.place_size)
            source, stride = f.variable(group.inputs_of(block, place)), f.variable(group.input_stride)

            def product(layer: LayerRecord, z: Pointer, z_stride: Integer) -> None:
                w, b = theta.at(layer.weights), theta.at(layer.bias)
                f.call("product", w, layer.ins, 1, 1, b, source.get(), stride.get(), z, z_stride, streams, n, layer.ins, layer.outs)

            with f.loop(0, last) as number:
                layer = group.layer(number)
                z, a, memo = base.at(layer.z), base.at(layer.a), base.at(layer.memo)
                product(layer, z, layer.z_stride)
                steps = (group.address("steps", table=True), group.address("step_scales"), group.step_count, group.order)
                code = head.integer(HEAD.activation)
                f.call("jets", code, z, layer.z_stride, a, layer.a_stride, memo, layer.memo_stride, *steps, n, layer.outs)
                source.set(a)
                stride.set(layer.a_stride)
            product(group.layer(last), group.address("slots").at(place * group.place_slots), group.output_stride)


def _backward(module: Module, *, rows: bool) -> None:
    """Write the way back from the adjoints of the output streams to the gradient, which is added to.

    Or to the gradient of each of `count` rows, (count, parameters), to which the places but the first add.
    """
    with module.function("backward_rows" if rows else "backward", "ttppii" + "i" * rows) as (
        f,
        head,
        record,
        theta,
        gradient,
        block,
        n,
        *counts,
    ):
        group = GroupRecord(record)
        layers, streams = head.integer(HEAD.layers), group.streams
        a_bar, z_bar, bar_stride = group.address("a_bar"), group.address("z_bar"), group.bar_stride
        steps = (group.address("steps", table=True), group.address("step_scales"), group.step_count, group.order)
        with f.loop(0, group.places) as place:
            base = group.address("workspace").at(place * group.place_size)
            bar, stride = f.variable(group.address("bars").at(place * group.place_slots)), f.variable(group.output_stride)

            def collect(layer: LayerRecord, source: Pointer, source_stride: Integer) -> None:
                weights, met = gradient.at(layer.weights), (bar.get(), stride.get(), source, source_stride)
                if rows:
                    size, turned = head.integer(HEAD.parameters), group.address("turned")
                    f.call("outer_rows", *met, turned, weights, size, streams, *counts, layer.outs, layer.ins, place)
                else:
                    f.call("outer", *met, weights, streams, n, layer.outs, layer.ins)
                    f.call("sums", bar.get(), gradient.at(layer.bias), n, layer.outs)

            with f.loop(1, layers) as done:
                layer, below = group.layer(layers - done), group.layer(layers - 1 - done)
                z, a, memo = base.at(below.z), base.at(below.a), base.at(below.memo)
                collect(layer, a, below.a_stride)
                w = theta.at(layer.weights)
                f.call("product", w, 1, layer.ins, 0, w, bar.get(), stride.get(), a_bar, bar_stride, streams, n, layer.outs, layer.ins)
                code, strides = head.integer(HEAD.activation), (a_bar, bar_stride, z_bar, bar_stride)
                f.call("jets_back", code, z, below.z_stride, a, memo, below.memo_stride, *strides, *steps, n, below.outs)
                bar.set(z_bar)
                stride.set(bar_stride)
            collect(group.layer(f.integer(0)), group.inputs_of(block, place), group.input_stride)
