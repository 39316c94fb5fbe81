"""An experiment: everything that determines a run. Equal experiments give equal results.

Each hyperparameter is declared here once, with its range, default, label and help; sliders, address bar, command-line flags, checks and the
cache key derive from this declaration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import tomli_w

from core import checks, completeness, constraints, curriculum, cusps, marching, recipes, residuals, roughness, tables
from core.constraints import Trial
from core.cusps import Cusp
from core.domain import TIME
from core.errors import N_, InputError, Position, TangenteError
from core.problem import BoundProblem, Problem, load
from core.ranges import NO_CURRICULUM, Choice, Curriculum, Integer, Range, Real, Stages, nearest
from core.schedules import SCHEDULES
from core.statement import Files, no_files

NUMERICS = 3
"""Counts the changes that alter the numbers a run gives; part of every key, so that results cached before such a change retire."""
CUSPS = 1
"""The same of problems with cusps alone."""


@dataclass(frozen=True)
class Activation:
    """An activation function; `smoothness` counts the derivatives that do not vanish everywhere (None: all of them)."""

    help: str
    smoothness: int | None = None


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(N_("Smooth and bounded; the usual choice for differential equations.")),
    "sin": Activation(N_("Periodic; good at oscillating solutions.")),
    "gelu": Activation(N_("A smooth ReLU, weighted by the normal distribution.")),
    "silu": Activation(N_("A smooth ReLU, weighted by the sigmoid.")),
    "softplus": Activation(N_("A smooth ReLU, log(1 + exp(x)).")),
    "sigmoid": Activation(N_("The logistic function; saturates early and learns slowly.")),
    "relu": Activation(N_("Piecewise linear: its second derivative is zero, so it cannot see u_xx."), smoothness=1),
}


@dataclass(frozen=True)
class Architecture:
    """How layers make a network; `encoders` are layers beside those on the way from the inputs to the outputs."""

    help: str
    encoders: int = 0


ARCHITECTURES: dict[str, Architecture] = {
    "perceptron": Architecture(N_("Layer after layer: the cheapest steps, and the fewest weights.")),
    "modified": Architecture(
        N_(
            "Two further layers see the inputs and are mixed into each hidden layer (Wang, Teng and Perdikaris, 2021): for fronts and "
            "fine patterns; a step costs more."
        ),
        encoders=2,
    ),
}
FACTORISATIONS = {
    "none": N_("Each weight is a number of its own."),
    "random": N_(
        "Each neuron's weights are a length times a direction, and both are learned (Wang et al., 2022): for Adam, where scales differ."
    ),
}
SLOPES = {
    "fixed": N_("The activation function stays as it is."),
    "adaptive": N_(
        "Each layer learns how steep its activation is, one number a layer (Jagtap, Kawaguchi and Karniadakis, 2020): for steep solutions."
    ),
}

DEVICES = ("cpu", "mps", *(f"cuda:{index}" for index in range(16)))


@dataclass(frozen=True)
class Method:
    """A method that moves the weights; `dense` ones keep a square table of all parameters, `rows` ones of residuals by parameters.

    `check` is the number of steps between two looks at the points that are held out: few where a step takes long.
    """

    help: str
    check: int
    dense: bool = False
    rows: bool = False


DENSE = 3000
"""Parameters of which a method can keep a square table."""
ENTRIES = 100_000_000
"""Those of a table that fits into memory."""
OPTIMISERS: dict[str, Method] = {
    "adam": Method(N_("Adam (Kingma and Ba, 2015): cheap steps, sure of foot, but few digits."), check=50),
    "lbfgs": Method(N_("L-BFGS (Liu and Nocedal, 1989): longer steps, learned from the last fifty."), check=5),
    "ssbroyden": Method(
        N_("SSBroyden (Urbán, Stefanou and Pons, 2025): a table of all curvatures; many digits on small networks."), check=10, dense=True
    ),
    "levenberg-marquardt": Method(
        N_("Levenberg and Marquardt (1963): solves for all residuals at once; the fewest steps, and the most digits where all is smooth."),
        check=1,
        dense=True,
        rows=True,
    ),
    "levenberg-marquardt-gain-ratio": Method(
        N_("The same with Nielsen's rule (1999) for the length of a step: more careful, for shocks."), check=1, dense=True, rows=True
    ),
}
USUAL = (
    "adam",
    "lbfgs",
    "ssbroyden",
    "levenberg-marquardt",
    "levenberg-marquardt-gain-ratio",
    *(f"adam {steps}, {method}" for method in ("lbfgs", "ssbroyden", "levenberg-marquardt-gain-ratio") for steps in (300, 1000, 3000)),
)
"""Sequences of methods that are worth offering."""


@dataclass(frozen=True)
class Stage:
    """A stretch of a run with one method, from step `begin` (counted from 0) until before step `end`, None where only seconds end it."""

    method: str
    begin: int
    end: int | None
    last: bool


CONSTRAINTS = {
    "soft": N_("The conditions are terms of the loss, met the better the longer it trains."),
    "partial": N_("Periods, and what goes with them, hold exactly; the other conditions are terms of the loss."),
    "hard": N_("All conditions hold exactly (Lagaris et al. 1998): the network learns the equation alone."),
}
SAMPLINGS = {
    "sobol": N_("Sobol: a low-discrepancy sequence; fills the domain most evenly."),
    "latin-hypercube": N_("Latin hypercube: one point in each row and column."),
    "uniform": N_("Uniform: independent random points."),
}
RESAMPLINGS = {
    "fixed": N_("The same points to the end: cheap, but a network may learn them by heart."),
    "every-step": N_("New points at every step: none can be learned by heart; for Adam, as other methods remember the points of before."),
    "adapt": N_("New points every period, most where the residual is large (RAD, Wu et al. 2023): for shocks and fronts."),
    "add": N_("The worst of many fresh points join every period, up to twice as many (RAR, Lu et al. 2021): for a few difficult places."),
    "retain": N_("Points of large residuals stay, the others are drawn anew (R3, Daw et al. 2023): for solutions that must travel."),
}


@dataclass(frozen=True)
class Weighting:
    """A rule for the weights of the loss; `terms` says that it changes those of the terms."""

    help: str
    terms: bool = False


WEIGHTINGS: dict[str, Weighting] = {
    "fixed": Weighting(N_("The weights of the terms as they are given, to the end.")),
    "gradient-norm": Weighting(
        N_("Each term's weight is such that all pull equally hard (Wang, Teng and Perdikaris 2021): where one drowns the others."),
        terms=True,
    ),
    "ntk": Weighting(
        N_(
            "Each term's weight is such that all are learned equally fast, by the neural tangent kernel (Wang, Yu and Perdikaris 2022): "
            "for equations of high order beside plain conditions."
        ),
        terms=True,
    ),
    "residual-attention": Weighting(
        N_("Points of large residuals gain weight, step by step (Anagnostopoulos et al. 2024): for fronts, with points that stay.")
    ),
}
ENGINES = {
    "auto": N_("The fastest that does here."),
    "autograd": N_("Nested calls of torch.autograd.grad: what every other engine is checked against."),
    "jets": N_("All derivatives at once, pushed forward through the layers with the outputs, and a backward pass of their own."),
    "native": N_("Jets, and the whole step with them, in the processor's own code; for plain perceptrons on a CPU, else jets as they are."),
}
WEIGHT = Real(0.0, 1e6, scale="log")
"""What the weight of a loss term may be."""


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter's declaration; `section` is its table in the experiment file, `optional` says that None means no limit."""

    name: str
    section: str
    range: Range
    default: Any
    label: str
    help: str
    essential: bool
    optional: bool

    def check(self, value: object) -> Any:
        """`value` in the hyperparameter's own type; raises `InputError` placed at `section.name`."""
        if value is None and self.optional:
            return None
        try:
            return self.range.check(self.name, value)
        except TangenteError as error:
            raise error.located(key=f"{self.section}.{self.name}") from None


def _hyper(section: str, range: Range, default: Any, label: str, help: str, *, essential: bool = False, optional: bool = False) -> Any:
    declaration = {"section": section, "range": range, "label": label, "help": help, "essential": essential, "optional": optional}
    return field(default=default, metadata=declaration)


@dataclass(frozen=True)
class Experiment:
    """A problem, its parameters' values, and how a network is trained on it. Frozen, with every `auto` resolved.

    `values` are the parameters' (name, value) pairs, `weights` the loss terms' (`equation-1`, …, `condition-1`, …, `interface-1`, …) in the
    problem's order.
    """

    problem: Problem
    values: tuple[tuple[str, float], ...]
    weights: tuple[tuple[str, float], ...]

    depth: int = _hyper("network", Integer(1, 10), 3, N_("Depth"), N_("Number of hidden layers."), essential=True)
    width: int = _hyper("network", Integer(4, 256, "log"), 32, N_("Width"), N_("Neurons in each hidden layer."), essential=True)
    activation: str = _hyper(
        "network",
        Choice(tuple(ACTIVATIONS)),
        "tanh",
        N_("Activation"),
        N_("The function between the layers; its derivatives enter the equation."),
    )
    frequency: float = _hyper(
        "network",
        Real(0.1, 100.0, "log"),
        1.0,
        N_("Frequency"),
        N_(
            "Multiplies the first layer's initial weights. Networks learn slow waves long before fast ones; with a higher frequency they "
            "begin with finer ones. With random features, it is the standard deviation of their frequencies instead."
        ),
    )
    architecture: str = _hyper(
        "network",
        Choice(tuple(ARCHITECTURES)),
        "perceptron",
        N_("Architecture"),
        N_("How the layers are put together."),
    )
    factorisation: str = _hyper(
        "network",
        Choice(tuple(FACTORISATIONS)),
        "none",
        N_("Factorisation"),
        N_("How weights are written. What the network is at first is the same."),
    )
    slopes: str = _hyper(
        "network",
        Choice(tuple(SLOPES)),
        "fixed",
        N_("Slopes"),
        N_("Whether the activation functions' slopes are learned."),
    )
    features: int = _hyper(
        "network",
        Integer(0, 64),
        0,
        N_("Random features"),
        N_(
            "So many random waves of the coordinates, each a cosine and a sine, enter the first layer in their place "
            "(Tancik et al., 2020): for fine patterns. The frequency is the standard deviation of theirs, in waves over half the domain. "
            "Coordinates that are periodic by construction stay as they are. 0: none."
        ),
    )
    constraints: str = _hyper(
        "network",
        Choice(tuple(CONSTRAINTS)),
        "soft",
        N_("Constraints"),
        N_(
            "Whether the network's output is built into a function that meets the conditions exactly, whatever its weights are; left out, "
            "it is what their form allows."
        ),
    )
    learning_rate: float = _hyper(
        "training", Real(1e-5, 1e-1, "log"), 1e-3, N_("Learning rate"), N_("How far Adam moves the weights in one step."), essential=True
    )
    points: int = _hyper(
        "training",
        Integer(10, 1_000_000, "log"),
        1000,
        N_("Points"),
        N_("Collocation points, where the equation is asked to hold."),
        essential=True,
    )
    steps: int | None = _hyper(
        "training",
        Integer(1, 200_000, "log"),
        2000,
        N_("Steps"),
        N_("Training steps, one update of the weights each."),
        essential=True,
        optional=True,
    )
    patience: int | None = _hyper(
        "training",
        Integer(10, 100_000, "log"),
        None,
        N_("Patience"),
        N_(
            "Steps without progress after which the run ends. What counts is the residual at points that are never trained on; "
            "in any case the weights with the smallest one are those that are kept."
        ),
        optional=True,
    )
    device: str = _hyper(
        "training", Choice(DEVICES, (("cuda", "cuda:0"),)), "cpu", N_("Device"), N_("Where the tensors live."), essential=True
    )
    condition_points: int = _hyper(
        "training", Integer(1, 10_000, "log"), 100, N_("Condition points"), N_("Points at which each condition is asked to hold.")
    )
    sampling: str = _hyper("training", Choice(tuple(SAMPLINGS)), "sobol", N_("Sampling"), N_("How the collocation points are spread."))
    resampling: str = _hyper(
        "training",
        Choice(tuple(RESAMPLINGS)),
        "fixed",
        N_("Resampling"),
        N_("Whether the collocation points stay, or follow the residual as the network learns."),
    )
    period: int = _hyper(
        "training",
        Integer(1, 10_000, "log"),
        100,
        N_("Period"),
        N_(
            "Steps between two draws of points that follow the residual, and between two changes of weights that do; without a number of "
            "steps, also those before the next window of time and the next value of a curriculum."
        ),
    )
    windows: int = _hyper(
        "training",
        Integer(1, 32),
        1,
        N_("Windows"),
        N_(
            "Time marching: the points begin in the first of so many parts of the time, and a part joins at a time until, half-way through "
            "the steps, they are everywhere (Wight and Zhao 2020). For what the start decides, where a network that is asked for all times "
            "at once settles for a flat solution. Needs a coordinate t, and conditions at its start."
        ),
    )
    curriculum: str = _hyper(
        "training",
        Curriculum(),
        NO_CURRICULUM,
        N_("Curriculum"),
        N_(
            "Leads a parameter of the equation from an easier value to its own, in 8 jumps over the first half of the steps, as in "
            "`beta from 1` (Krishnapriyan et al. 2021). For problems that a network learns at some values of the parameter, and not at its "
            "own."
        ),
    )
    weighting: str = _hyper(
        "training",
        Choice(tuple(WEIGHTINGS)),
        "fixed",
        N_("Weighting"),
        N_("Whether the weights of the loss stay, or change with what the network has learned; those that are given remain as factors."),
    )
    causality: float = _hyper(
        "training",
        Real(0.0, 100.0, "log"),
        0.0,
        N_("Causality"),
        N_(
            "How far late times wait until the equation holds at earlier ones (Wang, Sankaran and Perdikaris 2024): at first the end of "
            "time has the weight exp(−causality), and more as the loss falls. 0: no waiting."
        ),
    )
    optimiser: str = _hyper(
        "training",
        Stages(tuple(OPTIMISERS), USUAL),
        "adam",
        N_("Optimiser"),
        N_("The method that moves the weights, or several, one after the other, as in `adam 1000, ssbroyden`."),
        essential=True,
    )
    schedule: str = _hyper(
        "training",
        Choice(tuple(SCHEDULES)),
        "constant",
        N_("Schedule"),
        N_(
            "How Adam's learning rate goes over its steps. Cosine: down to zero; exponential: down to a hundredth; warm-up: up over a "
            "tenth of them, then as cosine. Without a number of steps it stays constant."
        ),
    )
    engine: str = _hyper(
        "training",
        Choice(tuple(ENGINES)),
        "auto",
        N_("Engine"),
        N_("How derivatives are computed: by nested calls of torch.autograd.grad, or by a faster way to the same numbers."),
    )
    precision: str = _hyper(
        "training", Choice(("float32", "float64")), "float32", N_("Precision"), N_("float64 is more exact and about three times slower.")
    )
    seed: int = _hyper("training", Integer(0, 2**31 - 1), 0, N_("Seed"), N_("Fixes the first weights and the points."))
    seconds: float | None = _hyper(
        "training", Real(0.1, 3600.0, "log"), None, N_("Seconds"), N_("Training time after which the run ends."), optional=True
    )

    @classmethod
    def of(
        cls,
        problem: Problem,
        values: Mapping[str, float] | None = None,
        settings: Mapping[str, Any] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Experiment:
        """The experiment with what is left out (or `"auto"`) taken from the problem's recipe, then from what suits (`core/recipes.py`).

        Where the recipe is meant for another method, what it says of the training counts for nothing.
        `weights` may name one term (`condition-2`) or a kind of term (`condition`). Raises `InputError`, placed at its key, for an unknown
        name, a value out of range, conditions that these values make contradictory, and hard constraints that the conditions do not allow,
        by their form or because their data are rough.
        """
        experiment = cls._made(problem, values, settings, weights)
        hindrance = experiment.hindrance if experiment.constraints == "hard" else None
        if hindrance is not None:
            raise hindrance.located(key="network.constraints")
        return experiment

    @classmethod
    def _made(
        cls,
        problem: Problem,
        values: Mapping[str, float] | None,
        settings: Mapping[str, Any] | None,
        weights: Mapping[str, Any] | None,
    ) -> Experiment:
        """The same, hard on rough data too: a stored run may be."""
        given = {name: value for name, value in (settings or {}).items() if not _is_auto(value)}
        recipe = {name: value for name, value in problem.recipe.items() if name != "weights" and not _is_auto(value)}
        for name in [*given, *recipe]:
            if name not in HYPERPARAMETERS:
                raise _unknown("unknown-hyperparameter", name, list(HYPERPARAMETERS), name)
        own = problem.values(values or {})
        recipe, given = ({name: HYPERPARAMETERS[name].check(value) for name, value in part.items()} for part in (recipe, given))
        stated = recipes.stated(problem, recipe, given, rough=_rough(problem, own))
        if given.get("seconds") is not None and "steps" not in given:
            stated["steps"] = None
        chosen = {name: stated.get(name, item.default) for name, item in HYPERPARAMETERS.items()}
        if "constraints" not in recipe | given:
            chosen["constraints"] = _possible(problem, own)
        if chosen["steps"] is None and chosen["seconds"] is None:
            raise InputError("no-limit", at=Position(key="training.steps"))
        experiment = cls(problem, own, _weights(problem, own, weights or {}), **chosen)
        _check_conditions(problem, experiment.values)
        with tables.located("network.constraints"):
            _ = experiment.trial
        experiment._check_rings()
        experiment._check_size()
        experiment._check_phases()
        experiment._check_weighting()
        return experiment

    @classmethod
    def failing(cls, problem: Problem) -> Experiment:
        """The plain training that the problem's file gives as one that fails: what is not named there is as it suits Adam."""
        settings = {"optimiser": "adam", **{name: value for name, value in problem.failure.items() if name != "weights"}}
        with tables.located("failure"):
            return cls.of(replace(problem, recipe={}), None, settings, problem.failure.get("weights"))

    @classmethod
    def from_table(cls, table: Mapping[str, Any], *, file: str | None = None, files: Files = no_files) -> Experiment:
        """The experiment of a parsed experiment file; `files` reads those that it names; raises `InputError` placed at the file and key."""
        try:
            for name in table:
                if name not in _SECTIONS:
                    raise _unknown("unknown-section", name, _SECTIONS, name)
            settings: dict[str, Any] = {}
            for section in ("network", "training"):
                settings |= _section(table, section)
            weights = settings.pop("weights", {})
            if not isinstance(weights, Mapping):
                raise InputError("not-a-table", at=Position(key="training.weights"), name="weights")
            return cls.of(_problem(table, file, files), _section(table, "values"), settings, weights)
        except TangenteError as error:
            raise error.located(file=file) from None

    @classmethod
    def from_toml(cls, text: str, *, file: str | None = None) -> Experiment:
        """The experiment that a file's text states; raises `InputError` placed at the file and key."""
        return cls.from_table(tables.read(text, file=file), file=file)

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

    @classmethod
    def from_json(cls, text: str) -> Experiment:
        """The experiment that `to_json` wrote."""
        table = json.loads(text)
        name = table.pop("name")
        settings = {**table["network"], **table["training"]}
        weights = settings.pop("weights")
        problem = Problem.from_table(table["problem"], name=name, stored=True)
        if "steps" not in settings:
            settings["steps"] = None
        return cls._made(problem, table.get("values", {}), settings, weights)

    @cached_property
    def key(self) -> str:
        """A sha256, in hex, of everything that determines the run: the cache key."""
        content = {
            "numerics": NUMERICS,
            "problem": self.problem.content(),
            "values": dict(self.values),
            "weights": dict(self.weights),
            **{name: getattr(self, name) for name in HYPERPARAMETERS},
            **({"cusps": CUSPS} if self.cusps else {}),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def losses_engine(self) -> str:
        """The engine of what is not a step: points looked at, pictures, other methods' tables."""
        return "autograd" if self.engine == "autograd" else "jets"

    @cached_property
    def bound(self) -> BoundProblem:
        """The problem with the parameters' values filled in."""
        return self.problem.bind(dict(self.values))

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
        return None if self.constraints == "soft" else _trial(self.problem, self.values, self.constraints)

    @property
    def hindrance(self) -> TangenteError | None:
        """Why not all conditions can, or should, be built into the network: the first that hinders it; None where none does."""
        return _hindrance(self.problem, self.values)

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
        encoders = ARCHITECTURES[self.architecture].encoders
        sizes = [len(self.inputs), *[self.width] * self.depth, len(self.problem.unknowns)]
        layers = [*pairwise(sizes), *[(len(self.inputs), self.width)] * encoders]
        beside = 2 if self.factorisation == "random" else 1  # each neuron's bias, and its length
        slopes = self.depth + encoders if self.slopes == "adaptive" else 0
        return sum((fan_in + beside) * fan_out for fan_in, fan_out in layers) + slopes

    def _check_rings(self) -> None:
        """Raise `InputError` where the ends of a coordinate are one place at which unknowns bend, but not one of the network's."""
        for item in self.problem.coordinates:
            if item.name not in self.periodic and any((cusp.coordinate, cusp.place) == (item.name, item.high) for cusp in self.cusps):
                raise InputError("ring-needs-period", at=Position(key="network.constraints"), coordinate=item.name)

    def _check_size(self) -> None:
        """Raise `InputError` where one of the methods cannot handle so large a network, or so many points."""
        others = len(self.problem.conditions) + sum(len(cusp.asked) for cusp in self.cusps)
        residuals = self.points * len(self.problem.equations) + self.condition_points * others
        for stage in self.stages:
            known, place = OPTIMISERS[stage.method], Position(key="training.optimiser")
            if known.dense and self.parameters > DENSE:
                raise InputError("network-too-large", at=place, method=stage.method, parameters=self.parameters, most=DENSE)
            if known.rows and residuals * self.parameters > ENTRIES:
                most = ENTRIES // self.parameters
                raise InputError("too-many-residuals", at=place, method=stage.method, residuals=residuals, most=most)

    def _check_phases(self) -> None:
        """Raise `InputError` where the problem allows no windows of time, or not this curriculum."""
        with tables.located("training.windows"):
            if self.windows > 1:
                marching.check(self.problem, self.bound, self.cusps)
        with tables.located("training.curriculum"):
            curriculum.check(self)

    def _check_weighting(self) -> None:
        """Raise `InputError` where the weights of the loss cannot follow the residual as they are asked to."""
        if self.causality and TIME not in [coordinate.name for coordinate in self.problem.coordinates]:
            raise InputError("causality-without-time", at=Position(key="training.causality"), time=TIME)
        if self.weighting == "residual-attention" and self.resampling == "every-step":
            raise InputError("attention-to-passing-points", at=Position(key="training.weighting"))

    @property
    def warnings(self) -> tuple[InputError, ...]:
        """What is allowed but will not work well, as errors that are not raised, each placed at its key."""
        return (*_incomplete(self.problem, self.values), *self._unsuitable)

    @property
    def _unsuitable(self) -> Iterator[InputError]:
        order, smoothness = self.bound.order, ACTIVATIONS[self.activation].smoothness
        if smoothness is not None and smoothness < order:
            place = Position(key="network.activation")
            yield InputError("activation-too-rough", at=place, activation=self.activation, order=order, smoothness=smoothness)
        if self.schedule != "constant" and self.steps is None:
            yield InputError("schedule-without-steps", at=Position(key="training.schedule"), schedule=self.schedule)


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    item.name: Hyperparameter(name=item.name, default=item.default, **item.metadata) for item in fields(Experiment) if item.metadata
}

_SECTIONS = ("problem", "values", "network", "training")


@lru_cache(maxsize=256)
def _check_conditions(problem: Problem, values: tuple[tuple[str, float], ...]) -> None:
    if values != problem.values({}):  # these were checked with the problem
        checks.check_conditions(problem, problem.bind(dict(values)))


@lru_cache(maxsize=256)
def _trial(problem: Problem, values: tuple[tuple[str, float], ...], kind: str) -> Trial:
    return {"hard": constraints.trial, "partial": constraints.partial}[kind](problem.bind(dict(values)))


@lru_cache(maxsize=256)
def _possible(problem: Problem, values: tuple[tuple[str, float], ...]) -> str:
    """The constraints that build in as many conditions as can be, by their form and as far as their data are smooth."""
    if not problem.conditions or _hindrance(problem, values) is None:
        return "hard" if problem.conditions else "soft"
    try:
        _trial(problem, values, "partial")
    except TangenteError:
        return "soft"
    return "partial"


@lru_cache(maxsize=256)
def _hindrance(problem: Problem, values: tuple[tuple[str, float], ...]) -> TangenteError | None:
    """Why not all conditions can be built in: what the first that hinders it is, or that its data are rough; None where they can."""
    try:
        _trial(problem, values, "hard")
        roughness.check(problem.bind(dict(values)), range(len(problem.conditions)))
    except TangenteError as error:
        return error.with_traceback(None)
    return None


@lru_cache(maxsize=256)
def _rough(problem: Problem, values: tuple[tuple[str, float], ...]) -> bool:
    try:
        return roughness.rough(problem.bind(dict(values)))
    except TangenteError:
        return False  # what is wrong with these values is said where they are checked


@lru_cache(maxsize=256)
def _incomplete(problem: Problem, values: tuple[tuple[str, float], ...]) -> tuple[InputError, ...]:
    bound = problem.bind(dict(values))
    nearly = [checks.missed(problem, bound, miss) for miss in residuals.misses_at(problem, values) if bound.exact]
    return (*completeness.warnings(bound, () if problem.data is None else problem.data.unknowns), *nearly)


@lru_cache(maxsize=256)
def _cusps(problem: Problem, values: tuple[tuple[str, float], ...]) -> tuple[Cusp, ...]:
    return cusps.find(problem.bind(dict(values)))


def terms(problem: Problem, values: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """The names of the loss terms, with the parameters at `values`, or at their own.

    They are one for each equation, one for each condition, one for all that is continuous at a cusp but not made so by the network, and
    one for the data where there are any.
    """
    asked = sum(len(cusp.asked) for cusp in _cusps(problem, problem.values(values or {})))
    counts = {"equation": len(problem.equations), "condition": len(problem.conditions), "interface": asked}
    numbered = [f"{kind}-{number}" for kind, count in counts.items() for number in range(1, count + 1)]
    return (*numbered, *([] if problem.data is None else ["data"]))


def _is_auto(value: object) -> bool:
    return isinstance(value, str) and value == "auto"


def _unknown(code: str, name: str, known: Sequence[str], key: str) -> InputError:
    near = None if name in HYPERPARAMETERS else nearest(name, known)  # one in the wrong section is not misspelt
    return InputError(f"{code}-near" if near else code, at=Position(key=key), name=tables.shown(name), near=near, known=", ".join(known))


def _section(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, Mapping):
        raise InputError("not-a-table", at=Position(key=name), name=name)
    if name in ("network", "training"):
        known = [item.name for item in HYPERPARAMETERS.values() if item.section == name] + (["weights"] if name == "training" else [])
        for key in section:
            if key not in known:
                raise _unknown("unknown-hyperparameter", key, known, f"{name}.{key}")
    return dict(section)


def _problem(table: Mapping[str, Any], file: str | None, files: Files) -> Problem:
    stated = table.get("problem")
    if isinstance(stated, str):
        return load(stated)
    if isinstance(stated, Mapping):
        return Problem.from_table(stated, file=file, files=files)
    raise InputError("no-problem", at=Position(key="problem"))


KINDS = ("equation", "condition", "interface")
"""Of loss terms, which weights may be given for as such."""


def _weights(problem: Problem, values: tuple[tuple[str, float], ...], given: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    known = terms(problem, dict(values))
    possible = {*known, *terms(problem)}  # a cusp may lie elsewhere, or outside, at other values
    recipe = problem.recipe.get("weights", {})
    if not isinstance(recipe, Mapping):
        raise InputError("not-a-table", at=Position(key="training.weights"), name="weights")
    for name, value in [*recipe.items(), *given.items()]:
        if name not in possible and name not in KINDS:
            raise _unknown("unknown-term", name, [*KINDS, *known], f"training.weights.{name}")
        try:
            WEIGHT.check(name, value)
        except TangenteError as error:
            raise error.located(key=f"training.weights.{name}") from None

    def weight(term: str) -> float:
        kind = term.partition("-")[0]
        for source in (given, recipe):
            for name in (term, kind):
                if name in source:
                    return float(source[name])
        return 1.0

    return tuple((term, weight(term)) for term in known)
