"""The rule of every layer of the library."""

from __future__ import annotations

from torch import nn

from core.derivatives.jets import activation_layers, gated_layers, linear_layers
from core.derivatives.jets.activation_derivatives import DERIVATIVES
from core.derivatives.jets.rules import RULES
from core.network.activations import Adaptive
from core.network.architectures import Encoders, Gated, Last
from core.network.layers import Factorised

RULES.update(
    {
        nn.Linear: linear_layers.Linear,
        Factorised: linear_layers.Factorised,
        **dict.fromkeys(DERIVATIVES, activation_layers.Activation),
        nn.Tanh: activation_layers.tanh,
        Adaptive: activation_layers.Adaptive,
        Encoders: gated_layers.Encoders,
        Gated: gated_layers.Gated,
        Last: gated_layers.Last,
    }
)
