"""Reaction and diffusion along a line by central differences on nodes, SciPy's LSODA in time, and Richardson's extrapolation of two meshes.

Of second order, so that the extrapolated values are of fourth; the distance from those of half as many nodes is how far they may be off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from benchmarks.tribunal.case import Axes, Solutions

Array = NDArray[np.float64]
Reaction = Callable[[Array], Array]
"""What is made of each unknown where these are values (unknowns, nodes)."""


@dataclass(frozen=True)
class Reactor:
    """u_t = diffusion·u_xx + reaction(u) for each unknown; both ends insulated, or held at what `start` gives there."""

    diffusion: Sequence[float]
    reaction: Reaction
    start: Callable[[Array], Array]
    held: bool

    def solutions(self) -> Solutions:
        """The truth by 400 and 800 cells for each 100 intervals, and its coarser one by 200 and 400."""
        return Solutions((partial(self.extrapolated, 4),), partial(self.extrapolated, 2))

    def extrapolated(self, fineness: int, axes: Axes) -> Array:
        """(4·fine − coarse)/3 at the axes' points, (places, times, unknowns); space is divided evenly."""
        coarse, fine = (self.run(axes, fineness * factor) for factor in (1, 2))
        return np.asarray((4 * fine - coarse) / 3)

    def run(self, axes: Axes, fineness: int) -> Array:
        """Values at the axes' points by `fineness` cells an interval, (places, times, unknowns)."""
        places, times = axes
        count, kinds = (len(places) - 1) * fineness + 1, len(self.diffusion)
        nodes = np.linspace(places[0], places[-1], count)
        factors = np.array(self.diffusion)[:, None] / (nodes[1] - nodes[0]) ** 2

        def rates(_: float, packed: Array) -> Array:
            u = packed.reshape(count, kinds).T  # side by side at each node, so that the Jacobian is a band
            padded = np.concatenate([u[:, 1:2], u, u[:, -2:-1]], axis=1)  # mirrored: no flux
            change = factors * (padded[:, 2:] - 2 * u + padded[:, :-2]) + self.reaction(u)
            if self.held:
                change[:, [0, -1]] = 0.0
            return np.asarray(change.T.ravel())

        begin = self.start(nodes).T.ravel()
        band = 2 * kinds - 1
        ran = solve_ivp(rates, (times[0], times[-1]), begin, "LSODA", times, rtol=1e-10, atol=1e-12, lband=band, uband=band)
        return np.asarray(ran.y.reshape(count, kinds, len(times))[::fineness].transpose(0, 2, 1))
