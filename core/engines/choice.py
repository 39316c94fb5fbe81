"""The choice of a run's engine: when it begins, and when it goes on."""

from __future__ import annotations

from torch import nn

from core.derivatives.table import AUTO, NATIVE
from core.engines import kernel
from core.engines.native_step import covers, suits
from core.experiment.experiment import Experiment


def chosen(experiment: Experiment, network: nn.Sequential) -> str:
    """The engine of a run that begins: jets where the kernel is asked for in vain, or might be used but has yet to be compiled."""
    if experiment.engine not in (AUTO, NATIVE):
        return experiment.engine
    fits = suits(network) and covers(experiment.asked)
    there = fits and (experiment.engine == NATIVE or kernel.ready(experiment.precision)) and kernel.sound(experiment.precision)
    return NATIVE if there else experiment.torch_engine


def still(engine: str | None, experiment: Experiment) -> str:
    """The engine of a run that goes on: its own, unless that was the kernel and the run has come to a machine where it does not work."""
    if engine == NATIVE and not kernel.sound(experiment.precision):
        return experiment.torch_engine
    return engine or experiment.torch_engine
