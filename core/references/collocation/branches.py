"""A search for other solutions of equations that are not linear: where to look, and which of those found are new.

Newton's method starts from the smoothest function that meets the conditions, from that moved up and down or bent into waves, and from
multiples of what is known; deflation keeps it away from what it has found. What is found is mirrored, too, and its signs are turned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.expressions import Derivative
from core.references.collocation import gauss_newton
from core.references.collocation.answers import FAR, Answer, Answers
from core.references.collocation.deflation import another, scale_of
from core.references.collocation.expansion import Expansion
from core.references.collocation.least_squares import Factors
from core.references.collocation.residuals import System
from core.references.collocation.starts import starts
from core.references.common.clock import Clock

Array = NDArray[np.float64]

MOST = 8
"""Solutions that are looked for in all."""
MODES = {1: 32, 2: 14, 3: 7}
"""Modes a coordinate with which they are looked for."""
STARTS = {1: 40, 2: 12, 3: 8}
"""Functions that Newton's method starts from, at most."""
ALONG = (0.1, -0.1, 0.5, -0.5)
"""How far along its softest direction a solution is left for another that is near, beside its size."""
MULTIPLES = (2.0, 4.0, -2.0, 8.0)
HEIGHTS = (3.0, -3.0, 10.0, -10.0, 1.0, -1.0, 30.0)
WAVES = (1, 2, 3)
APART = 1e-2
"""The least distance of two solutions, beside their size."""


class Search:
    """The roots of one system that are known, and those that it finds beside them until the time of `clock` is over."""

    def __init__(self, answers: Answers, expansion: Expansion, known: Sequence[Answer], clock: Clock) -> None:
        self.answers, self.expansion, self.clock = answers, expansion, clock
        self.system = System(answers.terms, expansion)
        self.known = [self._fitted(answer) for answer in known]
        self.tried = 0

    def _fitted(self, answer: Answer) -> Array:
        """The coefficients, (size,), that an answer has here."""
        points = self.expansion.interior()
        fields = [answer.expansion.value(answer.root.coefficients, Derivative(name), points) for name in self.expansion.unknowns]
        return np.concatenate([self.expansion.fitted(field) for field in fields])

    def found(self) -> Iterator[Answer]:
        """Answers that are new, one by one."""
        try:
            self.known = [gauss_newton.solve(self.system, root, self.clock, self.answers.speed).coefficients for root in self.known]
            for root in tuple(self.known):
                yield from self._images(root)
            for start in islice(self._starts(), STARTS[len(self.expansion.shape)]):
                self.tried += 1
                yield from self._from(start)
        except RunError:  # the time is over
            return

    def _from(self, start: Array) -> Iterator[Answer]:
        """The answers that are reached from a start: the nearest, then others, kept away from those before."""
        answer = self._new(start)
        if answer is not None:
            yield answer
            yield from self._images(answer.root.coefficients)
        while len(self.known) < MOST:
            reached = another(self.system, start, self.known, self.clock, self.answers.speed)
            answer = None if reached is None else self._new(reached)
            if answer is None:
                return
            yield answer
            yield from self._images(answer.root.coefficients)

    def _new(self, start: Array) -> Answer | None:
        """The answer near a start, if it is one and not known; it is from then on."""
        root = gauss_newton.solve(self.system, start, self.clock, self.answers.speed)
        if not root.converged:
            return None
        scale = scale_of(self.system, [*self.known, root.coefficients])
        if any(np.linalg.norm((root.coefficients - other) / scale) < APART for other in self.known):
            return None
        answer = self.answers.judged(self.expansion, root, self.system)
        if answer.missed >= FAR:
            return None
        self.known.append(root.coefficients)
        return answer

    def _images(self, root: Array) -> Iterator[Answer]:
        """The answers among a root's mirror images, and these with other signs."""
        rows = root.reshape(len(self.expansion.unknowns), -1)
        mirrored = [rows * self._parity(axis) for axis in range(len(self.expansion.shape))]
        for image in (rows, *mirrored):
            for signs in product((1.0, -1.0), repeat=len(rows)):
                changed = (image * np.array(signs)[:, None]).ravel()
                answer = self._new(changed) if len(self.known) < MOST and self._close(changed) else None
                if answer is not None:
                    yield answer

    def _close(self, place: Array) -> bool:
        """Whether Newton's step from a place is so short that a root is there."""
        residuals, matrix, _scales = self.system.linearised(place)
        if not (np.isfinite(residuals).all() and np.isfinite(matrix).all()):
            return False
        step = Factors.of(matrix, self.clock, self.answers.speed).fit(-residuals)[0]
        return bool(np.linalg.norm(step / scale_of(self.system, [place])) < APART)

    def _parity(self, axis: int) -> Array:
        """What a coordinate turned round makes of each product of modes, (each,)."""
        signs = self.expansion.modes[axis].parities()[self.expansion.products[axis]]
        return np.concatenate([signs, np.ones(len(self.expansion.corners))])

    def _starts(self) -> Iterator[Array]:
        usual = list(starts(self.answers.problem, self.answers.conditions, self.expansion, self.clock, self.answers.speed))
        first = tuple(self.known)
        for root in first:
            yield from self._bent(root)
            yield from self._beside(root)
        yield from usual[:2]
        for root in first:
            yield from (multiple * root for multiple in MULTIPLES)
        yield from usual[2:]
        for height, count in product(HEIGHTS, WAVES):
            yield usual[0] + height * np.tile(self._waves(count), len(self.expansion.unknowns))

    def _beside(self, root: Array) -> Iterator[Array]:
        """Starts along the direction in which the equations change least: near a fold the other solution lies there."""
        _residuals, matrix, _scales = self.system.linearised(root)
        soft = Factors.of(matrix, self.clock, self.answers.speed).weakest(1)[1][:, 0]
        scale = scale_of(self.system, [root])
        soft *= 1 / (np.linalg.norm(soft / scale) or 1.0)
        yield from (root + length * soft for length in ALONG)

    def _bent(self, root: Array) -> Iterator[Array]:
        """Starts with one of several unknowns in more waves than it has."""
        if len(self.expansion.unknowns) == 1:
            return
        for count, unknown in product(WAVES[1:], self.expansion.unknowns):
            bent = root.copy()
            place = self.expansion.place(unknown)
            bent[place] = self._waves(count) * (float(np.linalg.norm(root[place])) or 1.0)
            yield bent

    def _waves(self, count: int) -> Array:
        """An unknown's coefficients, (each,), for so many half waves along each coordinate."""
        points = self.expansion.interior()
        values = np.ones(())
        for where, modes in zip(points, self.expansion.modes, strict=True):
            values = np.multiply.outer(values, np.sin(count * np.pi * (where - modes.low) / (modes.high - modes.low)))
        return self.expansion.fitted(values)
