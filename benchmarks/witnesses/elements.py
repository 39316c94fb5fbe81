"""Linear diffusion and waves in one space coordinate by spectral elements, exact in time: an independent witness.

capacity·u_t = (conductivity·u_x)_x − loss·u + Σ source·signal in the weak form, so that the flux is continuous wherever a coefficient
jumps, on Gauss-Lobatto nodes (Karniadakis and Sherwin 2005, chapter 2). The modes of the generalised eigenproblem decouple, and each
answers the signals by a closed formula (`responses`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.linalg import eigh

from benchmarks.witnesses.responses import Signal

Array = NDArray[np.float64]
Profile = Callable[[Array], Array]

LEVELS, RATIO = 7, 0.35
"""How often elements shrink towards each border, and by how much each time."""


@dataclass(frozen=True)
class Held:
    """An end at which u is a signal."""

    signal: Signal


@dataclass(frozen=True)
class Open:
    """An end at which conductivity times the outward derivative is signal − ease·u; no signal means 0."""

    ease: float = 0.0
    signal: Signal | None = None


@dataclass(frozen=True)
class Rod:
    """A rod that obeys the equation between the first and the last of `borders`, which hold every place where something jumps."""

    borders: tuple[float, ...]
    left: Held | Open
    right: Held | Open
    conductivity: Profile
    capacity: Profile = np.ones_like
    loss: Profile = np.zeros_like
    sources: tuple[tuple[Profile, Signal], ...] = ()
    degree: int = 10
    spread: int = 3

    @cached_property
    def elements(self) -> Array:
        """The borders of the elements: graded towards each border, where layers are thin."""
        parts = [_graded(low, high, self.spread) for low, high in zip(self.borders, self.borders[1:], strict=False)]
        return np.unique(np.concatenate(parts))

    @cached_property
    def _reference(self) -> tuple[Array, Array, Array, Array]:
        """Gauss points and weights on [−1, 1], and the nodal functions and their derivatives there, (points, nodes) each."""
        points, weights = legendre.leggauss(self.degree + 4)
        return points, weights, *_nodal(self.degree, points)

    @cached_property
    def _quadrature(self) -> tuple[Array, Array, Array, Array]:
        """Gauss points (m,) and weights (m,) on all elements; what the nodal values (n,) give there, and its derivative, (m, n) each."""
        points, weights, values, slopes = self._reference
        count, size = len(self.elements) - 1, len(points)
        everywhere = np.zeros((2, count * size, count * self.degree + 1))
        half = np.diff(self.elements) / 2
        for index in range(count):
            rows, columns = slice(index * size, (index + 1) * size), slice(index * self.degree, (index + 1) * self.degree + 1)
            everywhere[0, rows, columns], everywhere[1, rows, columns] = values, slopes / half[index]
        places = (self.elements[:-1, None] + half[:, None] * (1 + points)).ravel()
        return places, (half[:, None] * weights).ravel(), everywhere[0], everywhere[1]

    @cached_property
    def _modes(self) -> tuple[Array, Array, Array, list[tuple[Array, Signal]]]:
        """Rates (k,), modes (n, k), which project capacity·u, and the lifts (n,) of held ends with their signals."""
        places, weights, values, slopes = self._quadrature
        mass = values.T @ ((weights * self.capacity(places))[:, None] * values)
        stiff = slopes.T @ ((weights * self.conductivity(places))[:, None] * slopes)
        stiff += values.T @ ((weights * self.loss(places))[:, None] * values)
        free = np.ones(len(mass), dtype=bool)
        for end, place in ((self.left, 0), (self.right, -1)):
            if isinstance(end, Held):
                free[place] = False
            else:
                stiff[place, place] += end.ease
        # Of the inverse, shifted, the slow modes are the largest, and so they are the ones that rounding spares.
        shift = float(np.max(self.conductivity(places)) / (self.elements[-1] - self.elements[0]) ** 2)
        inverse, inner = eigh(mass[np.ix_(free, free)], (stiff + shift * mass)[np.ix_(free, free)])
        inverse = np.maximum(inverse, 1e-15 * inverse[-1])
        rates, inner = 1 / inverse[::-1] - shift, inner[:, ::-1] / np.sqrt(inverse[::-1])
        modes = np.zeros((len(mass), len(rates)))
        modes[free] = inner
        lifts = []
        for end, place in ((self.left, 0), (self.right, -1)):
            if isinstance(end, Held):
                lift = np.zeros(len(mass))
                lift[place] = 1.0
                lift[free] = np.linalg.solve(stiff[np.ix_(free, free)], -stiff[free, place])
                lifts.append((lift, end.signal))
        return rates, modes, mass, lifts

    def _weighed(self, profile: Profile) -> Array:
        """∫ profile·(nodal function), (n,)."""
        places, weights, values, _ = self._quadrature
        return values.T @ (weights * profile(places))

    def _loads(self) -> list[tuple[Array, Signal]]:
        """What acts on the nodes, (n,) each, and by which signal."""
        loads = [(self._weighed(profile), signal) for profile, signal in self.sources]
        for end, place in ((self.left, 0), (self.right, -1)):
            if isinstance(end, Open) and end.signal is not None:
                load = np.zeros(self._quadrature[2].shape[1])
                load[place] = 1.0
                loads.append((load, end.signal))
        return loads

    def diffuse(self, start: Profile, places: Array, times: Array) -> Array:
        """u at places × times, (places, times), from u = start at t = 0; NaN at times at which a held end jumps."""
        rates, modes, mass, lifts = self._modes
        rate = np.maximum(rates, 0.0)[:, None]
        amounts = (modes.T @ self._weighed(lambda x: self.capacity(x) * start(x)))[:, None] * np.exp(-rate * times)
        for load, signal in self._loads():
            amounts += (modes.T @ load)[:, None] * signal.answer(rate, times)
        for lift, signal in lifts:
            amounts += (modes.T @ (mass @ lift))[:, None] * (rate * signal.answer(rate, times) - signal.at(times))
        nodal = modes @ amounts + sum((lift[:, None] * signal.at(times) for lift, signal in lifts), np.zeros(1))
        return self._at(places) @ nodal

    def vibrate(self, start: Profile, places: Array, times: Array) -> Array:
        """u at places × times, (places, times), where capacity·u_tt stands in place of capacity·u_t; at rest at first, ends held at 0."""
        rates, modes, _, _ = self._modes
        amounts = modes.T @ self._weighed(lambda x: self.capacity(x) * start(x))
        return self._at(places) @ (modes @ (amounts[:, None] * np.cos(np.sqrt(np.abs(rates))[:, None] * times)))

    def _at(self, places: Array) -> Array:
        """What the nodal values give at places, (places, n)."""
        found = np.zeros((len(places), (len(self.elements) - 1) * self.degree + 1))
        index = np.clip(np.searchsorted(self.elements, places, "right") - 1, 0, len(self.elements) - 2)
        low, high = self.elements[index], self.elements[index + 1]
        values, _ = _nodal(self.degree, (2 * places - low - high) / (high - low))
        for row, element in enumerate(index):
            found[row, element * self.degree : (element + 1) * self.degree + 1] = values[row]
        return found


def _graded(low: float, high: float, spread: int) -> Array:
    """Borders of elements from `low` to `high`, finer towards both."""
    near = (high - low) / (2 * spread) * RATIO ** np.arange(1, LEVELS + 1)
    even = np.linspace(low, high, 2 * spread + 1)
    return np.concatenate([even, low + near, high - near])


def _nodal(degree: int, points: Array) -> tuple[Array, Array]:
    """The nodal functions of the Gauss-Lobatto nodes and their derivatives at points of [−1, 1], (points, degree + 1) each."""
    inner = legendre.Legendre.basis(degree).deriv().roots()
    nodes = np.concatenate([[-1.0], np.sort(inner.real), [1.0]])
    inverse = np.linalg.inv(legendre.legvander(nodes, degree))
    slopes = np.stack([legendre.legval(points, legendre.legder(row)) for row in np.eye(degree + 1)], axis=1)
    return legendre.legvander(points, degree) @ inverse, slopes @ inverse


def constant(values: Sequence[float], borders: Sequence[float]) -> Profile:
    """The profile with one value between each two borders."""
    return lambda places: np.asarray(values)[np.clip(np.searchsorted(borders, places, "right") - 1, 0, len(values) - 1)]
