"""What a training came to: the network, how its loss fell, how far it is from the reference, and what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.experiment.experiment import Experiment
from tangente import drawing

if TYPE_CHECKING:  # what draws a figure, and what trains, is loaded when it is needed
    import plotly.graph_objects as go
    from torch import nn

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Result:
    """A training that has ended, as the store has it.

    `losses` are the terms of the loss by their names, an array each with the value before the first step and one after each step; `loss` is
    the weighted sum of those of the network. `held_out` is the loss at data that are held out, by the step; empty where none are.
    `estimates` are constants that were found, by name: `value`, and `low` and `high`, its 95 % interval, None where there is none.
    `relative_l2` and `max_error` tell how far each unknown is from the reference, None where there is none. `axes` are the coordinates of
    a grid; `fields` is the network on it, `reference` the exact or classical solution (empty without one), an array for each unknown.
    `run` is its name in the store, as `tangente show` takes it.
    """

    experiment: Experiment
    run: str
    steps: int
    seconds: float
    loss: float | None
    losses: Arrays
    held_out: Mapping[int, float]
    relative_l2: Mapping[str, float | None]
    max_error: Mapping[str, float | None]
    estimates: Mapping[str, Mapping[str, Any]]
    axes: Arrays
    fields: Arrays
    reference: Arrays
    network: nn.Sequential

    def __repr__(self) -> str:
        errors = ", ".join(f"{name} {value:.2g}" for name, value in self.relative_l2.items() if value is not None) or "not known"
        found = "".join(f", {name} = {item['value']:.6g}" for name, item in self.estimates.items())
        title = self.experiment.problem.title or "a problem"
        return f"<Result of {title}: {self.steps:,} steps, loss {self.loss}, relative L2 error {errors}{found}, run {self.run}>"

    def at(self, **coordinates: ArrayLike) -> dict[str, NDArray[np.float64]]:
        """The network's value of each unknown at points: `result.at(x=0.5, t=[0, 0.1])`; arrays are broadcast against each other."""
        import torch

        names = list(self.axes)
        if set(coordinates) != set(names):
            raise TypeError(f"the coordinates are {', '.join(names)}, not {', '.join(coordinates) or 'none'}")
        points = np.broadcast_arrays(*(np.asarray(coordinates[name], np.float64) for name in names))
        kind = next(self.network.parameters()).dtype
        columns = torch.tensor(np.stack([part.ravel() for part in points], axis=1), dtype=kind)  # (n, coordinates)
        with torch.no_grad():
            values = self.network(columns).double().numpy()  # (n, unknowns)
        return {unknown: values[:, index].reshape(points[0].shape) for index, unknown in enumerate(self.fields)}

    def figure(self) -> go.Figure:
        """A Plotly figure as on the page Solve: curves on the reference, with data as dots, or maps of network, reference and error."""
        return drawing.figure(
            self.experiment.problem.coordinates, self.axes, self.fields, self.reference, drawing.dots(self.experiment, self.reference)
        )
