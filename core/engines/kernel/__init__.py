"""The loss of a training step and its gradient as one compiled kernel for the CPU.

`prepare(precision)` compiles it, which takes a second, or reads it from the disk. `Plan(network, groups, precision)` then gives the sums
of squares of the residuals and their gradient, `evaluate(theta, gradient)`.
"""

from core.engines.kernel.layout.codes import ACTIVATIONS, CODES
from core.engines.kernel.layout.description import Group, Network, PackedTape, Term, Terms
from core.engines.kernel.machine import PRECISIONS, compiled, prepare, ready, sound
from core.engines.kernel.moments import AdamMoments
from core.engines.kernel.plan import Plan

__all__ = [
    "ACTIVATIONS",
    "CODES",
    "PRECISIONS",
    "AdamMoments",
    "Group",
    "Network",
    "PackedTape",
    "Plan",
    "Term",
    "Terms",
    "compiled",
    "prepare",
    "ready",
    "sound",
]
