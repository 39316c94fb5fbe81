"""The tables' records as the kernel reads them."""

from __future__ import annotations

from core.engines.kernel.emission.emission import Integer, Pointer
from core.engines.kernel.layout.layout import GROUP, LAYER


class GroupRecord:
    """The words of a group's record, and of its layers'."""

    def __init__(self, table: Pointer) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Integer:
        return self._table.integer(getattr(GROUP, name))

    def address(self, name: str, *, table: bool = False) -> Pointer:
        return self._table.pointer(getattr(GROUP, name), table=table)

    def layer(self, number: Integer) -> LayerRecord:
        return LayerRecord(self._table.at(GROUP.words + number * LAYER.words))

    def inputs_of(self, block: Integer, place: Integer) -> Pointer:
        return self.address("inputs").at(block * self.input_block + place * self.input_place)


class LayerRecord:
    """The words of a layer's record."""

    def __init__(self, table: Pointer) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Integer:
        return self._table.integer(getattr(LAYER, name))
