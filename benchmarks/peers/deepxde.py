"""DeepXDE (Lu, Meng, Mao and Karniadakis 2021), on PyTorch in float64: Adam, then L-BFGS, as its examples train.

It is started in a process of its own: it sets the precision of all of PyTorch.
"""

from __future__ import annotations

import torch

from benchmarks.peers.deepxde_problems import STATEMENTS, dde
from benchmarks.recorder import Recorder
from core.experiment.experiment import Experiment

ADAM = 0.1
"""The share of the time that Adam has. The examples take 15,000 iterations of it, more than a row has time for. With a quarter, the steeper
Burgers' equation came out twice as bad, the other somewhat better, Poisson's and the oscillator alike."""
ITERATIONS = 50
"""The iterations of L-BFGS between two looks at the clock; after as many, DeepXDE looks at the loss on all points."""
ENDLESS = 10**6


class Clock(dde.callbacks.Callback):
    """Records the errors, and ends a stage of the training after `seconds`."""

    def __init__(self, recorder: Recorder, seconds: float) -> None:
        super().__init__()
        self._recorder, self._seconds = recorder, seconds

    def on_epoch_end(self) -> None:
        """Look at the clock after each step of Adam, or some of L-BFGS."""
        if self._recorder.over(lambda: self.model.net) or self._recorder.spent >= self._seconds:
            self.model.stop_training = True


def train(experiment: Experiment, seconds: float, recorder: Recorder) -> None:
    """Train on an experiment's problem, with its depth, width, points and seed, for so long; nothing where the problem is not stated."""
    state = STATEMENTS.get(experiment.problem.name)
    if state is None:
        return
    torch.set_default_device("cpu")  # DeepXDE takes a GPU where it finds one
    dde.config.set_default_float("float64")
    dde.config.set_random_seed(experiment.seed)
    dde.optimizers.config.set_LBFGS_options(ftol=0, gtol=0, maxiter=ENDLESS)
    dde.optimizers.config.LBFGS_options |= {"iter_per_step": ITERATIONS, "fun_per_step": 2 * ITERATIONS}
    recorder.start()
    stated = state(dict(experiment.values), experiment.points)
    network = dde.nn.FNN([stated.inputs, *[experiment.width] * experiment.depth, 1], stated.activation, "Glorot normal")
    if stated.feature_transform is not None:
        network.apply_feature_transform(stated.feature_transform)
    if stated.output_transform is not None:
        network.apply_output_transform(stated.output_transform)
    model = dde.Model(stated.data, network)
    model.compile("adam", lr=1e-3, loss_weights=stated.weights, verbose=0)
    model.train(iterations=ENDLESS, display_every=ENDLESS, callbacks=[Clock(recorder, ADAM * seconds)], verbose=0)
    model.compile("L-BFGS", loss_weights=stated.weights, verbose=0)
    model.train(display_every=ENDLESS, callbacks=[Clock(recorder, seconds)], verbose=0)
    recorder.close(lambda: network)
