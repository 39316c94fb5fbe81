"""Settings to begin with, each a few hyperparameters; what a preset leaves out stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import N_


@dataclass(frozen=True)
class Preset:
    """A name, what it is good for, and its settings."""

    label: str
    help: str
    settings: Mapping[str, Any]


PRESETS: dict[str, Preset] = {
    "fast": Preset(
        N_("Fast"),
        N_("A small network, trained briefly: see within seconds what happens."),
        {
            "depth": 2,
            "width": 16,
            "optimiser": "adam",
            "learning_rate": 0.01,
            "points": 200,
            "resampling": "fixed",
            "steps": 500,
            "patience": None,
            "precision": "float32",
        },
    ),
    "accurate": Preset(
        N_("Accurate"),
        N_("SSBroyden with many points that follow the residual, for some minutes: all the digits there are."),
        {
            "depth": 3,
            "width": 20,
            "optimiser": "ssbroyden",
            "points": 5000,
            "resampling": "adapt",
            "period": 500,
            "patience": 5000,
            "steps": 30_000,
            "precision": "float64",
        },
    ),
    "classic": Preset(
        N_("Classic"),
        N_("The settings of the paper that made the method known (Raissi et al. 2019): 8 layers of 20 neurons, tanh, Latin hypercube."),
        {
            "depth": 8,
            "width": 20,
            "activation": "tanh",
            "architecture": "perceptron",
            "factorisation": "none",
            "slopes": "fixed",
            "features": 0,
            "constraints": "soft",
            "optimiser": "adam",
            "learning_rate": 0.001,
            "points": 2000,
            "sampling": "latin-hypercube",
            "resampling": "fixed",
            "precision": "float32",
            "steps": 5000,
            "patience": None,
        },
    ),
}
