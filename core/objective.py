"""What an optimiser makes small: the loss of a network, the same from step to step until other points, values or weights are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from core.batches import Points, Residual
from core.compiled import Compiled
from core.engines import NATIVE
from core.gradients import jacobian
from core.graphs import Recordings, Result
from core.jets import Added
from core.losses import Losses
from core.vector import Vector
from core.weighting import Weighting
from core.weights import Weights


Use = Callable[[list[Tensor], list[Tensor]], None]


def descend(residuals: Sequence[Tensor], seeds: Sequence[Tensor]) -> None:
    """Add the gradient of residuals, (rows, columns) each, times `seeds`, of the same sizes, to that of the parameters."""
    learned = [(residual, seed) for residual, seed in zip(residuals, seeds, strict=True) if residual.requires_grad]
    if learned:  # an equation may have lost its unknown
        torch.autograd.backward([residual for residual, _ in learned], [seed for _, seed in learned])


class _Squares:
    """The sums of the squares of residuals, by term."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._terms: list[Tensor | None] = [None] * len(weights.terms)
        self._weighted: list[Tensor] = []

    def take(self, block: list[Residual], use: Use) -> None:
        """Add a block and empty it: what its graph holds is then free for the next one."""
        seeds = [self._weights.seeds(residual) for residual in block]
        use([residual.value for residual in block], seeds)
        for residual, seed in zip(block, seeds, strict=True):
            values = residual.value.detach().flatten()
            square, before = torch.dot(values, values) / residual.count, self._terms[residual.term]
            self._terms[residual.term] = square if before is None else before + square
            if self._weights.points:
                self._weighted.append(torch.dot(values, seed.flatten()) / 2)
        block.clear()

    def total(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,)."""
        terms = torch.stack([self._weights.nothing if item is None else item for item in self._terms])
        return torch.stack(self._weighted).sum() if self._weighted else torch.dot(self._weights.terms, terms), terms


class Objective:
    """The loss of `network` at its weights of the moment, the points of a step and the values that parameters have in it.

    Losses of two versions of these are not comparable. `losses` are those that are asked for in the end; `version` is the step, counted
    from 0, since which points, values and the weights of the loss, `weights`, are what they are.
    """

    def __init__(self, network: nn.Sequential, losses: Losses, step: int = 0, engine: str = "jets") -> None:
        self._network, self._asked, self._vector = network, losses, Vector.of(network)
        self.engine = engine
        self._compiled: Compiled | None = None
        self._recordings = Recordings(losses.device)
        self._losses = losses.at_values(step)
        self._weighting = Weighting(self._losses)
        self._drawn, self._renewed = losses.version(step), self._weighting.version(step)
        self._points = losses.draw(step)
        self._weighting.renew(network, self._points)
        self._weigh()

    @property
    def constant(self) -> bool:
        """Whether nothing but the step's phase changes it."""
        return self._losses.experiment.resampling == "fixed" and not self._weighting.follows

    def go_to(self, step: int) -> None:
        """Take the points and values of `step`, counted from 0, and the weights of the loss that are due."""
        drawn, renewed = self._asked.version(step), self._weighting.version(step)
        if (drawn, renewed) == (self._drawn, self._renewed):
            return
        if drawn != self._drawn:
            self._losses = self._asked.at_values(step)
            self._weighting.of(self._losses)
            before, self._points = self._points, self._losses.redraw(self._network, self._points, step, self._drawn)
            self._weighting.follow(before, self._points)
        if renewed != self._renewed:
            self._weighting.renew(self._network, self._points)
        self._drawn, self._renewed = drawn, renewed
        self._weigh()

    @property
    def points(self) -> Points:
        """The points of the moment."""
        return self._points

    def state(self) -> dict[str, Tensor]:
        """The points and what the weights of the loss are made of, where they depend on more than the step."""
        state: dict[str, Tensor] = {}
        if self._losses.follows:
            interior = torch.cat(list(self._points.interior.values()), dim=1).detach()  # (n, d)
            state |= {"interior": interior, "version": torch.tensor(self._drawn)}
        if self._weighting.follows:
            state |= {"renewed": torch.tensor(self._renewed)}
            state |= {f"weighting.{name}": value for name, value in self._weighting.state().items()}
        return state

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        if "interior" in state:
            self._drawn = int(state["version"])
            self._points = self._losses.at(state["interior"], self._points)
        if "renewed" in state:
            self._renewed = int(state["renewed"])
            kept = {name.partition(".")[2]: value for name, value in state.items() if name.startswith("weighting.")}
            self._weighting.load(kept)
        self._weigh()

    @property
    def end(self) -> float:
        """The causal weight of the end of time."""
        return self._weighting.end

    def loss(self) -> tuple[Tensor, Tensor]:
        """The weighted sum of the terms, (), and the terms, (terms,), which are without weights."""
        residuals = [residual for batch in self._losses.batches(self._network, self._points) for residual in batch]
        terms = self._losses.means(residuals)
        return self.weights.total(residuals, terms), terms

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        if self.engine == NATIVE:
            return self._kernel.descend()
        return self.recorded("descend", self._descend)

    def value(self) -> Tensor:
        """The loss, ()."""
        if self.engine == NATIVE:
            return self._kernel.value()
        return self.recorded("value", self._value)

    def recorded(self, name: str, take: Callable[[], Result]) -> Result:
        """What `take` computes, where that is the same as long as nothing but the network's weights changes: on a GPU by a recording."""
        return self._recordings.play(name, take)

    def _descend(self) -> tuple[Tensor, Tensor]:
        self._vector.slopes.zero_()
        with Added():
            return self._swept(descend)

    def _value(self) -> Tensor:
        with self._losses.looking():
            return self._swept(lambda residuals, seeds: None)[0]

    def _swept(self, use: Use) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,), block by block; `use` is given a block's residuals and the loss's derivatives by them."""
        squares = _Squares(self.weights)
        for block in self._losses.blocks(self._network, self._points):
            squares.take(block, use)
        return squares.total()

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the weighted sum; dR/dθ, (rows, parameters); the terms, (terms,)."""
        if self.engine == NATIVE:
            return self._kernel.jacobian()
        return self.recorded("jacobian", lambda: jacobian(self._losses, self._network, self._points, self.weights))

    def _weigh(self) -> None:
        self.version = max(self._drawn, self._renewed)
        self._recordings.forget()  # other points and weights are other memory
        self.weights: Weights = self._weighting.weights(self._points)
        if self._compiled is not None and self._compiled.made_of(self._losses, self._points):
            self._compiled.weigh(self.weights)
        else:
            self._compiled = None

    @property
    def _kernel(self) -> Compiled:
        """Made when it is first needed, for the points of the moment."""
        if self._compiled is None:
            self._compiled = Compiled(self._losses, self._network, self._points, self.weights)
        return self._compiled
