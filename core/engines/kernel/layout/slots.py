"""The slots of a group's tape, which of them have an adjoint, and whether the group fits the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.engines.kernel.layout.codes import BINARY, CONSTANT, NAMES, UNCOMPILED
from core.engines.kernel.layout.description import Array, Group, Network, PackedTape
from core.engines.kernel.layout.layout import TAPE


def check(network: Network, group: Group) -> None:
    """Raise `ValueError` where the group does not fit together or with the network."""
    places, streams, features, rows = group.inputs.shape
    if rows < 1 or places < 1 or features != network.sizes[0] or streams != group.terms.streams:
        raise ValueError(
            f"inputs must be (places, {group.terms.streams} streams, {network.sizes[0]} features, rows), but are {group.inputs.shape}"
        )
    if group.columns.ndim != 2 or group.columns.shape[1] != rows:
        raise ValueError(f"columns must be (columns, {rows}), but are {group.columns.shape}")
    first = places * streams * network.sizes[-1] + len(group.columns) + len(group.tape.constants)
    for number, (code, x, y) in enumerate(group.tape.operations.tolist()):
        if not 0 <= code < len(NAMES) or not 0 <= x < first + number or not 0 <= y < first + number:
            raise ValueError(f"operation {number} of the tape, {(code, x, y)}, must take slots from 0 to {first + number - 1}")
        if NAMES[code] in UNCOMPILED:
            raise ValueError(f"operation {number} of the tape is {NAMES[code]}, for which the kernel has no code")
    if any(not 0 <= slot < first + len(group.tape.operations) for slot in group.tape.results):
        raise ValueError(f"the tape's results must be slots from 0 to {first + len(group.tape.operations) - 1}, not {group.tape.results}")


def slots(network: Network, group: Group) -> int:
    """The number of slots that a group takes."""
    outputs = len(group.inputs) * group.terms.streams * network.sizes[-1]
    return outputs + len(group.columns) + len(group.tape.constants) + len(group.tape.operations)


def adjoints(network: Network, group: Group) -> list[bool]:
    """The slots that depend on the network, as a mask."""
    outputs = len(group.inputs) * group.terms.streams * network.sizes[-1]
    live = [True] * outputs + [False] * (len(group.columns) + len(group.tape.constants))
    for code, x, y in group.tape.operations.tolist():
        name = NAMES[code]
        live.append(name not in CONSTANT and (live[x] or (name in BINARY and live[y])))
    return live


def entries(tape: PackedTape, live: Sequence[bool]) -> Array:
    """The tape's operations as the kernel reads them, (operations, words)."""
    first = len(live) - len(tape.operations)
    found = np.zeros((len(tape.operations), TAPE.words), np.int64)
    for number, (code, x, y) in enumerate(tape.operations.tolist()):
        y = y if NAMES[code] in BINARY else x
        found[number] = code, first + number, x, y, live[x], live[y]
    return found
