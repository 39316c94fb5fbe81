"""The rule of every layer of the library."""

from __future__ import annotations

from torch import nn

from core.jets import affine, bends, gates
from core.jets.activations import DERIVATIVES
from core.jets.rules import RULES
from core.network.activations import Adaptive
from core.network.architectures import Encoders, Gated, Last
from core.network.layers import Factorised

RULES.update(
    {
        nn.Linear: affine.Linear,
        Factorised: affine.Factorised,
        **dict.fromkeys(DERIVATIVES, bends.Activation),
        nn.Tanh: bends.tanh,
        Adaptive: bends.Adaptive,
        Encoders: gates.Encoders,
        Gated: gates.Gated,
        Last: gates.Last,
    }
)
