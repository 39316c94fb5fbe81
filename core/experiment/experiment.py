"""An experiment: everything that determines a run. Equal experiments give equal results.

Each hyperparameter is declared here once, with its range, default, label and help; sliders, address bar, command-line flags, checks and the
cache key derive from this declaration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import tomli_w

from core.data.measured import Array, Measured, measured, trained
from core.errors import N_, InputError, Position, TangenteError
from core.experiment.choices import (
    ACTIVATION_CHOICES,
    ARCHITECTURE_CHOICES,
    CONSTRAINT_CHOICES,
    DEVICES,
    ENGINE_CHOICES,
    FACTORISATION_CHOICES,
    OPTIMISER_CHOICES,
    RESAMPLING_CHOICES,
    SAMPLING_CHOICES,
    SLOPE_CHOICES,
    USUAL,
    WEIGHTING_CHOICES,
)
from core.experiment.hyperparameters import Hyperparameter, hyperparameter
from core.experiment.recipes import idle_value
from core.experiment.schedules import SCHEDULES
from core.experiment.uses import BATCH, idle
from core.problem import cusps, exact_residuals, hard_constraints, roughness
from core.problem.binding import asked, bind, content
from core.problem.bound import BoundProblem
from core.problem.checks import completeness, consistency
from core.problem.cusps import Cusp
from core.problem.hard_constraints import Trial
from core.problem.measurements.data import Measurements
from core.problem.problem import Problem
from core.ranges import NO_CURRICULUM, Choice, Curriculum, Integer, Real, Stages

NUMERICS = 3
"""Counts the changes that alter the numbers a run gives; part of every key, so that results cached before such a change retire."""
LATER: Mapping[str, Any] = {"batch_size": 0, "validation": 0.0, "noise": 0.0}
"""Settings that came later, and the values at which they change nothing: runs of before have the keys that they had."""
CUSPS = 1
"""Counts the changes that alter the numbers of problems with cusps alone, as `NUMERICS` does for all."""


@dataclass(frozen=True)
class Stage:
    """A stretch of a run with one method, from step `begin` (counted from 0) until before step `end`, None where only seconds end it."""

    method: str
    begin: int
    end: int | None
    last: bool


@dataclass(frozen=True)
class Experiment:
    """A problem, its parameters' values, and how a network is trained on it. Frozen, with every `auto` resolved.

    `values` are the parameters' (name, value) pairs, `weights` the loss terms' (`equation-1`, …, `condition-1`, …, `interface-1`, …) in the
    problem's order.
    """

    problem: Problem
    values: tuple[tuple[str, float], ...]
    weights: tuple[tuple[str, float], ...]

    depth: int = hyperparameter("network", "network", Integer(1, 10), 3, N_("Depth"), N_("Number of hidden layers."), essential=True)
    width: int = hyperparameter(
        "network", "network", Integer(4, 256, "log"), 32, N_("Width"), N_("Neurons in each hidden layer."), essential=True
    )
    activation: str = hyperparameter(
        "network",
        "network",
        Choice(tuple(ACTIVATION_CHOICES)),
        "tanh",
        N_("Activation"),
        N_("The function between the layers; its derivatives enter the equation."),
    )
    frequency: float = hyperparameter(
        "network",
        "network",
        Real(0.1, 100.0, "log"),
        1.0,
        N_("Frequency"),
        N_(
            "Multiplies the first layer's initial weights. Networks learn slow waves long before fast ones; with a higher frequency they "
            "begin with finer ones. With random features, it is the standard deviation of their frequencies instead."
        ),
    )
    architecture: str = hyperparameter(
        "network",
        "network",
        Choice(tuple(ARCHITECTURE_CHOICES)),
        "perceptron",
        N_("Architecture"),
        N_("How the layers are put together."),
    )
    factorisation: str = hyperparameter(
        "network",
        "network",
        Choice(tuple(FACTORISATION_CHOICES)),
        "none",
        N_("Factorisation"),
        N_("How the weights are written. The network begins the same in either way."),
    )
    slopes: str = hyperparameter(
        "network",
        "network",
        Choice(tuple(SLOPE_CHOICES)),
        "fixed",
        N_("Slopes"),
        N_("Whether the activation functions' slopes are learned."),
    )
    features: int = hyperparameter(
        "network",
        "network",
        Integer(0, 64),
        0,
        N_("Random features"),
        N_(
            "The number of random waves, each a cosine and a sine, that enter the first layer in place of the "
            "coordinates (Tancik et al., 2020): for fine patterns. The frequency is the standard deviation of "
            "theirs, in waves over half the domain. Coordinates that are periodic by construction stay as they "
            "are. 0: none."
        ),
    )
    constraints: str = hyperparameter(
        "network",
        "network",
        Choice(tuple(CONSTRAINT_CHOICES)),
        "soft",
        N_("Constraints"),
        N_(
            "Whether the network's output is built into a function that meets the conditions exactly, whatever "
            "its weights are. If this is left out, it is built in as far as the form of the conditions allows."
        ),
    )
    learning_rate: float = hyperparameter(
        "training",
        "method",
        Real(1e-5, 1e-1, "log"),
        1e-3,
        N_("Learning rate"),
        N_("How far Adam moves the weights in one step."),
        essential=True,
    )
    points: int = hyperparameter(
        "training",
        "points",
        Integer(10, 1_000_000, "log"),
        1000,
        N_("Points"),
        N_("Collocation points, where the equation is asked to hold."),
        essential=True,
    )
    steps: int | None = hyperparameter(
        "training",
        "run",
        Integer(1, 200_000, "log"),
        2000,
        N_("Steps"),
        N_("Training steps, one update of the weights each."),
        essential=True,
        optional=True,
    )
    patience: int | None = hyperparameter(
        "training",
        "run",
        Integer(10, 100_000, "log"),
        None,
        N_("Patience"),
        N_(
            "Steps without progress after which the run ends. Progress is a smaller residual at points that are "
            "never trained on; the run always keeps the weights with the smallest one."
        ),
        optional=True,
    )
    device: str = hyperparameter(
        "training", "run", Choice(DEVICES, (("cuda", "cuda:0"),)), "cpu", N_("Device"), N_("Where the tensors live."), essential=True
    )
    batch_size: int = hyperparameter(
        "training",
        "points",
        Integer(0, 1_000_000, "log", (("all", 0),)),
        0,
        N_("Batch size"),
        N_(
            "Rows of the data that Adam sees at a step, shuffled anew in each epoch; as many steps as it takes to see all are one epoch. "
            "Small batches make cheap, noisy steps. 0, or all: the whole set at every step."
        ),
    )
    validation: float = hyperparameter(
        "training",
        "points",
        Real(0.0, 0.9),
        0.0,
        N_("Validation"),
        N_(
            "The share of the data that is held out: the network never learns it, and its loss there tells whether it has learned the "
            "data by heart. The run keeps the weights with the smallest one."
        ),
    )
    noise: float = hyperparameter(
        "training",
        "points",
        Real(0.0, 1.0),
        0.0,
        N_("Noise"),
        N_("Noise that is added to the data, normally distributed, as a part of their size: what measuring does to them."),
    )
    condition_points: int = hyperparameter(
        "training", "points", Integer(1, 10_000, "log"), 100, N_("Condition points"), N_("Points at which each condition is asked to hold.")
    )
    sampling: str = hyperparameter(
        "training", "points", Choice(tuple(SAMPLING_CHOICES)), "sobol", N_("Sampling"), N_("How the collocation points are spread.")
    )
    resampling: str = hyperparameter(
        "training",
        "points",
        Choice(tuple(RESAMPLING_CHOICES)),
        "fixed",
        N_("Resampling"),
        N_("Whether the collocation points stay, or follow the residual as the network learns."),
    )
    period: int = hyperparameter(
        "training",
        "points",
        Integer(1, 10_000, "log"),
        100,
        N_("Period"),
        N_(
            "Steps between two draws of points that follow the residual, and between two changes of weights that "
            "do; if the run has no number of steps, also the steps before the next window of time and the next "
            "value of a curriculum."
        ),
    )
    windows: int = hyperparameter(
        "training",
        "loss",
        Integer(1, 32),
        1,
        N_("Windows"),
        N_(
            "Time marching: the time is cut into so many parts. The points begin in the first part, and the "
            "others join one by one until the points are everywhere, half-way through the steps (Wight and Zhao "
            "2020). For problems that the start decides, where a network that learns all times at once settles "
            "for a flat solution. Needs a coordinate t, and conditions at its start."
        ),
    )
    curriculum: str = hyperparameter(
        "training",
        "loss",
        Curriculum(),
        NO_CURRICULUM,
        N_("Curriculum"),
        N_(
            "Leads a parameter of the equation from an easier value to its own, in 8 jumps over the first half of the steps, as in "
            "`beta from 1` (Krishnapriyan et al. 2021). For problems that a network learns at some values of the parameter, and not at its "
            "own. `data first`: the network takes the shape of the data before the equations count in full, for constants to be found."
        ),
    )
    weighting: str = hyperparameter(
        "training",
        "loss",
        Choice(tuple(WEIGHTING_CHOICES)),
        "fixed",
        N_("Weighting"),
        N_("Whether the weights of the loss stay, or change with what the network has learned; weights that are given remain as factors."),
    )
    causality: float = hyperparameter(
        "training",
        "loss",
        Real(0.0, 100.0, "log"),
        0.0,
        N_("Causality"),
        N_(
            "How far late times wait until the equation holds at earlier ones (Wang, Sankaran and Perdikaris 2024): at first the end of "
            "time has the weight exp(−causality), and more as the loss falls. 0: no waiting."
        ),
    )
    optimiser: str = hyperparameter(
        "training",
        "method",
        Stages(tuple(OPTIMISER_CHOICES), USUAL),
        "adam",
        N_("Optimiser"),
        N_("The method that moves the weights, or several, one after the other, as in `adam 1000, ssbroyden`."),
        essential=True,
    )
    schedule: str = hyperparameter(
        "training",
        "method",
        Choice(tuple(SCHEDULES)),
        "constant",
        N_("Schedule"),
        N_(
            "How Adam's learning rate changes over its steps. Cosine: down to zero; exponential: down to a "
            "hundredth; warm-up: up over a tenth of them, then as cosine. Without a number of steps it stays "
            "constant."
        ),
    )
    engine: str = hyperparameter(
        "training",
        "run",
        Choice(tuple(ENGINE_CHOICES)),
        "auto",
        N_("Engine"),
        N_("How derivatives are computed: by nested calls of torch.autograd.grad, or by a faster way to the same numbers."),
    )
    precision: str = hyperparameter(
        "training",
        "run",
        Choice(("float32", "float64")),
        "float32",
        N_("Precision"),
        N_("float64 is more exact and about three times slower."),
    )
    seed: int = hyperparameter("training", "run", Integer(0, 2**31 - 1), 0, N_("Seed"), N_("Fixes the first weights and the points."))
    seconds: float | None = hyperparameter(
        "training", "run", Real(0.1, 3600.0, "log"), None, N_("Seconds"), N_("Training time after which the run ends."), optional=True
    )

    def table(self) -> dict[str, Any]:
        """The experiment as the table of an experiment file; a library problem by its name."""
        sections: dict[str, dict[str, Any]] = {"network": {}, "training": {}}
        for name, item in HYPERPARAMETERS.items():
            value = getattr(self, name)
            if value is not None:
                sections[item.section][name] = value
        sections["training"]["weights"] = dict(self.weights)
        problem: dict[str, Any] = {"problem": self.problem.name or self.problem.table()}
        values = {"values": dict(self.values)} if self.values else {}
        return {**problem, **values, **sections}

    def to_toml(self) -> str:
        """The experiment as the text of an experiment file."""
        return tomli_w.dumps(self.table())

    def to_json(self) -> str:
        """The experiment with its problem in full, so that a later change of the library leaves stored runs as they were."""
        return json.dumps({**self.table(), "problem": self.problem.table(), "name": self.problem.name})

    @cached_property
    def key(self) -> str:
        """A sha256, in hex, of everything that determines the run: the cache key."""
        determines = {
            "numerics": NUMERICS,
            "problem": content(self.problem),
            "values": dict(self.values),
            "weights": dict(self.weights),
            **{name: value for name, value in self._counting.items() if LATER.get(name, ...) != value},
            **({"cusps": CUSPS} if self.cusps else {}),
        }
        return hashlib.sha256(json.dumps(determines, sort_keys=True).encode()).hexdigest()

    @property
    def settings(self) -> dict[str, Any]:
        """Every hyperparameter's value."""
        return {name: getattr(self, name) for name in HYPERPARAMETERS}

    @property
    def _counting(self) -> dict[str, Any]:
        """The settings, those that do nothing as they are where nobody touched them."""
        unused = {name: idle_value(name, self.optimiser, HYPERPARAMETERS[name].default) for name in idle(self.settings, self.problem)}
        return {**self.settings, "batch_size": self.batch or 0, **unused}

    @property
    def torch_engine(self) -> str:
        """The engine of what is not a step: points looked at, pictures, other methods' tables."""
        return "autograd" if self.engine == "autograd" else "jets"

    @cached_property
    def bound(self) -> BoundProblem:
        """The problem with the parameters' values filled in, those among them that training has to find."""
        return bind(self.problem, dict(self.values))

    @cached_property
    def asked(self) -> BoundProblem:
        """The problem as the network is asked to solve it: its `estimates` are not filled in."""
        return asked(self.problem, dict(self.values))

    @cached_property
    def measured(self) -> Measured | None:
        """The data with their noise, and which of them are held out; None without any."""
        return self.measured_of(None)

    def measured_of(self, solution: Array | None) -> Measured | None:
        """The data as `measured` has them, made of the `solution`, (*shape, unknowns), where they are made of one and it is known."""
        return measured(self.problem, self.bound, self.seed, self.noise, self.validation, solution)

    @property
    def rows(self) -> int:
        """The number of rows of data that are trained on."""
        return 0 if self.problem.data is None else trained(self.problem.data.count, self.validation)

    @property
    def batch(self) -> int | None:
        """The rows of data that a step sees of a method that takes batches; None where that is all of them."""
        return self.batch_size if 0 < self.batch_size < self.rows and BATCH not in idle(self.settings, self.problem) else None

    @cached_property
    def cusps(self) -> tuple[Cusp, ...]:
        """The places where the network may bend or jump, as the problem's equations do."""
        return _cusps(self.problem, self.values)

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the loss terms."""
        return tuple(name for name, _ in self.weights)

    @property
    def trained(self) -> tuple[str, ...]:
        """The names of the loss terms that training has to lower: all but the conditions that are built into the network."""
        built = {f"condition-{number + 1}" for number in (self.trial.met if self.trial else ())}
        return tuple(name for name in self.terms if name not in built)

    @cached_property
    def trial(self) -> Trial | None:
        """The trial function of constraints that are not soft; raises `InputError` where the conditions allow none."""
        return None if self.constraints == "soft" else trial_at(self.problem, self.values, self.constraints)

    @property
    def hindrance(self) -> TangenteError | None:
        """Why not all conditions can, or should, be built into the network: the first that hinders it; None where none does."""
        return hindrance_at(self.problem, self.values)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The methods of the run with the steps at which they begin and end."""
        stages: list[Stage] = []
        for part in self.optimiser.split(", "):
            method, _space, steps = part.partition(" ")
            begin = stages[-1].end or 0 if stages else 0
            stages.append(Stage(method, begin, begin + int(steps) if steps else self.steps, last=not steps))
        return tuple(stages)

    def stage(self, step: int) -> Stage:
        """The stage of a step, counted from 0."""
        return next((stage for stage in self.stages if stage.end is None or step < stage.end), self.stages[-1])

    @cached_property
    def periodic(self) -> tuple[str, ...]:
        """The coordinates in which the network is periodic by construction, in the problem's order."""
        return () if self.trial is None else tuple(item.name for item in self.problem.coordinates if item.name in self.trial.periodic)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """What enters the first layer: coordinates by their names, waves of one as `cos x`, random ones of several as `cos 1`.

        Cusps are written out, as `|x − 0.5|`.
        """
        others = tuple(item.name for item in self.problem.coordinates if item.name not in self.periodic)
        if others and self.features:
            others = tuple(f"{wave} {number}" for wave in ("cos", "sin") for number in range(1, self.features + 1))
        bends = (cusp.feature for cusp in self.cusps)
        return (*others, *bends, *(f"{wave} {name}" for wave in ("cos", "sin") for name in self.periodic))

    @cached_property
    def parameters(self) -> int:
        """The number of weights, biases and whatever else the network learns."""
        encoders = ARCHITECTURE_CHOICES[self.architecture].encoders
        sizes = [len(self.inputs), *[self.width] * self.depth, len(self.asked.outputs)]
        layers = [*pairwise(sizes), *[(len(self.inputs), self.width)] * encoders]
        beside = 2 if self.factorisation == "random" else 1  # each neuron's bias, and its length
        slopes = self.depth + encoders if self.slopes == "adaptive" else 0
        return sum((fan_in + beside) * fan_out for fan_in, fan_out in layers) + slopes

    @property
    def warnings(self) -> tuple[InputError, ...]:
        """What is allowed but will not work well, as errors that are not raised, each placed at its key."""
        return (*_incomplete(self.problem, self.values), *self._unsuitable)

    @property
    def _unsuitable(self) -> Iterator[InputError]:
        order, smoothness = self.bound.order, ACTIVATION_CHOICES[self.activation].smoothness
        if smoothness is not None and smoothness < order:
            place = Position(key="network.activation")
            yield InputError("activation-too-rough", at=place, activation=self.activation, order=order, smoothness=smoothness)
        if 0 < self.rows < self.batch_size:
            yield InputError("batch-too-large", at=Position(key="training.batch_size"), size=self.batch_size, rows=self.rows)
        if isinstance(self.problem.data, Measurements) and self.problem.data.twice:
            yield InputError("data-twice", at=Position(key="problem.data"), count=self.problem.data.twice)
        if self.schedule != "constant" and self.steps is None:
            yield InputError("schedule-without-steps", at=Position(key="training.schedule"), schedule=self.schedule)


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    item.name: Hyperparameter(name=item.name, default=item.default, **item.metadata) for item in fields(Experiment) if item.metadata
}


@lru_cache(maxsize=256)
def trial_at(problem: Problem, values: tuple[tuple[str, float], ...], kind: str) -> Trial:
    return {"hard": hard_constraints.trial, "partial": hard_constraints.partial}[kind](asked(problem, dict(values)))


@lru_cache(maxsize=256)
def hindrance_at(problem: Problem, values: tuple[tuple[str, float], ...]) -> TangenteError | None:
    """Why not all conditions can be built in: what the first that hinders it is, or that its data are rough; None where they can."""
    try:
        trial_at(problem, values, "hard")
        roughness.check(bind(problem, dict(values)), range(len(problem.conditions)))
    except TangenteError as error:
        return error.with_traceback(None)
    return None


@lru_cache(maxsize=256)
def _incomplete(problem: Problem, values: tuple[tuple[str, float], ...]) -> tuple[InputError, ...]:
    bound = bind(problem, dict(values))
    nearly = [consistency.missed(problem, bound, miss) for miss in exact_residuals.misses_at(problem, values) if bound.exact]
    return (*completeness.warnings(bound, () if problem.data is None else problem.data.unknowns), *nearly)


@lru_cache(maxsize=256)
def _cusps(problem: Problem, values: tuple[tuple[str, float], ...]) -> tuple[Cusp, ...]:
    return cusps.find(asked(problem, dict(values)))


def terms(problem: Problem, values: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """The names of the loss terms, with the parameters at `values`, or at their own.

    They are one for each equation, one for each condition, one for all that is continuous at a cusp but not made so by the network, and
    one for the data where there are any.
    """
    asked = sum(len(cusp.asked) for cusp in _cusps(problem, problem.values(values or {})))
    counts = {"equation": len(problem.equations), "condition": len(problem.conditions), "interface": asked}
    numbered = [f"{kind}-{number}" for kind, count in counts.items() for number in range(1, count + 1)]
    return (*numbered, *([] if problem.data is None else ["data"]))
