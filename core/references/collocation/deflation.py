"""Newton's method kept away from roots that are known already, so that it finds others (Farrell, Birkisson and Funke 2015, SIAM 37: A2026).

The residuals F are multiplied by M = ∏ᵢ (1 + σ²/‖c − cᵢ‖²), infinite at the known roots cᵢ. By the formula of Sherman and Morrison,
Newton's step for M F is the step δ for F times 1/(1 − ∇M·δ/M): no other factorisation is needed, and where it points towards a known root
it turns round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.references.collocation.gauss_newton import SINGULAR
from core.references.collocation.least_squares import Factors, Speed
from core.references.collocation.residuals import System
from core.references.common.clock import Clock

Array = NDArray[np.float64]

STEPS = 15
NEAR = 1e-6
"""A step, beside the root, from which Newton's method alone goes on."""
LONGEST = 3.0
"""The longest step, beside the size of the known roots or of the place it starts from."""
FARTHEST = 1e3
"""The largest size, beside that of the known roots or of the start, at which a root is looked for."""


def another(system: System, start: Array, known: Sequence[Array], clock: Clock, speed: Speed) -> Array | None:
    """Coefficients near a root other than the known ones, reached from `start`; None where no such is reached."""
    place = start
    scale = scale_of(system, [*known, start])
    for _ in range(STEPS):
        clock.check()
        residuals, matrix, _scales = system.linearised(place)
        if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
            return None
        factors = Factors.of(matrix, clock, speed)
        if factors.condition < SINGULAR:
            return None
        step = factors.fit(-residuals)[0]
        length = float(np.linalg.norm(step / scale))
        if length < NEAR:
            return place + step
        step = step * _turned(place / scale, step / scale, [root / scale for root in known])
        length = float(np.linalg.norm(step / scale))
        place = place + step * min(1.0, LONGEST / length) if length > 0 else place
        if not np.linalg.norm(place / scale) < FARTHEST:
            return None
    return None


def _turned(place: Array, step: Array, known: Sequence[Array]) -> float:
    """1/(1 − m·δ) with m = ∇M/M, the factor of a step; σ is one, as all is relative to the roots' size."""
    slope = 0.0
    for root in known:
        away = place - root
        square = float(away @ away) or np.finfo(float).tiny
        slope -= 2 * float(away @ step) / square / (1 + square)
    return 1 / (1 - slope) if slope != 1 else 1.0


def scale_of(system: System, places: Sequence[Array]) -> Array:
    """The size of each unknown's coefficients, (size,), the largest over places; 1 where an unknown is zero everywhere."""
    scale = np.ones(system.expansion.size)
    for unknown in system.expansion.unknowns:
        own = system.expansion.place(unknown)
        scale[own] = max(float(np.linalg.norm(place[own])) for place in places) or 1.0
    return scale
