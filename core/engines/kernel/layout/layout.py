"""Where each number stands in the tables that a plan hands to the kernel: 64-bit words, of sizes and addresses."""

from __future__ import annotations


class Record:
    """Names for the words of a record."""

    def __init__(self, names: str) -> None:
        self.names = tuple(names.split())

    def __getattr__(self, name: str) -> int:
        return self.names.index(name)

    @property
    def words(self) -> int:
        return len(self.names)


HEAD = Record("layers activation parameters groups size")
"""`groups` records follow, each of `size` words, its layers among them."""
GROUP = Record(
    "places streams rows blocks workspace place_size"
    " inputs input_block input_place input_stride"
    " columns column_count column_slot constants constant_count constant_slot"
    " slots bars slot_count place_slots output_stride"
    " steps step_scales step_count order"
    " tape tape_count results result_count scales sums values"
    " a_bar z_bar bar_stride turned"
)
LAYER = Record("ins outs weights bias z z_stride a a_stride memo memo_stride")
TAPE = Record("code out x y x_asked y_asked")
