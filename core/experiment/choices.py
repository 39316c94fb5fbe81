"""The choices that hyperparameters offer, each with the sentence that tells what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import N_
from core.ranges import Real


@dataclass(frozen=True)
class ActivationChoice:
    """An activation function; `smoothness` counts the derivatives that do not vanish everywhere (None: all of them)."""

    help: str
    smoothness: int | None = None


ACTIVATION_CHOICES: dict[str, ActivationChoice] = {
    "tanh": ActivationChoice(N_("Smooth and bounded; the usual choice for differential equations.")),
    "sin": ActivationChoice(N_("Periodic; good at oscillating solutions.")),
    "gelu": ActivationChoice(N_("A smooth ReLU, weighted by the normal distribution.")),
    "silu": ActivationChoice(N_("A smooth ReLU, weighted by the sigmoid.")),
    "softplus": ActivationChoice(N_("A smooth ReLU, log(1 + exp(x)).")),
    "sigmoid": ActivationChoice(N_("The logistic function; saturates early and learns slowly.")),
    "relu": ActivationChoice(N_("Piecewise linear: its second derivative is zero, so it cannot see u_xx."), smoothness=1),
}


@dataclass(frozen=True)
class ArchitectureChoice:
    """How layers make a network; `encoders` are layers beside those on the way from the inputs to the outputs."""

    help: str
    encoders: int = 0


ARCHITECTURE_CHOICES: dict[str, ArchitectureChoice] = {
    "perceptron": ArchitectureChoice(N_("Layer after layer: the cheapest steps, and the fewest weights.")),
    "modified": ArchitectureChoice(
        N_(
            "Two further layers see the inputs and are mixed into each hidden layer (Wang, Teng and Perdikaris, 2021): for fronts and "
            "fine patterns; a step costs more."
        ),
        encoders=2,
    ),
}
FACTORISATION_CHOICES = {
    "none": N_("Each weight is a number of its own."),
    "random": N_(
        "Each neuron's weights are a length times a direction, and both are learned (Wang et al., 2022): for Adam, where scales differ."
    ),
}
SLOPE_CHOICES = {
    "fixed": N_("The activation function stays as it is."),
    "adaptive": N_(
        "Each layer learns how steep its activation is, one number a layer (Jagtap, Kawaguchi and Karniadakis, 2020): for steep solutions."
    ),
}

DEVICES = ("cpu", "mps", *(f"cuda:{index}" for index in range(16)))


@dataclass(frozen=True)
class OptimiserChoice:
    """A method that moves the weights; `dense` ones keep a square table of all parameters, `rows` ones of residuals by parameters.

    `name` is how people write it, `vectors` how many numbers it remembers for each parameter where it keeps no table. `check` is the
    number of steps between two looks at the points that are held out: few where a step takes long.
    """

    name: str
    help: str
    check: int
    dense: bool = False
    rows: bool = False
    vectors: int = 2


DENSE = 3000
"""Parameters of which a method can keep a square table."""
ENTRIES = 100_000_000
"""The entries of a table that fits into memory."""
STATE = 100_000_000
"""The bytes of all that a method remembers, which a checkpoint holds."""
OPTIMISER_CHOICES: dict[str, OptimiserChoice] = {
    "adam": OptimiserChoice("Adam", N_("Adam (Kingma and Ba, 2015): cheap steps, sure of foot, but few digits."), check=50),
    "lbfgs": OptimiserChoice(
        "L-BFGS", N_("L-BFGS (Liu and Nocedal, 1989): longer steps, learned from the last fifty."), check=5, vectors=100
    ),
    "ssbroyden": OptimiserChoice(
        "SSBroyden",
        N_("SSBroyden (Urbán, Stefanou and Pons, 2025): a table of all curvatures; many digits on small networks."),
        check=10,
        dense=True,
    ),
    "levenberg-marquardt": OptimiserChoice(
        "Levenberg-Marquardt",
        N_("Levenberg and Marquardt (1963): solves for all residuals at once; the fewest steps, and the most digits where all is smooth."),
        check=1,
        dense=True,
        rows=True,
    ),
    "levenberg-marquardt-gain-ratio": OptimiserChoice(
        "Levenberg-Marquardt with Nielsen's rule",
        N_("Levenberg and Marquardt with Nielsen's rule (1999) for the length of a step: more careful, for shocks."),
        check=1,
        dense=True,
        rows=True,
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


CONSTRAINT_CHOICES = {
    "soft": N_("The conditions are terms of the loss, met the better the longer it trains."),
    "partial": N_("Periods, and the conditions that go with them, hold exactly; the others are terms of the loss."),
    "hard": N_("All conditions hold exactly (Lagaris et al. 1998): the network learns the equation alone."),
}
SAMPLING_CHOICES = {
    "sobol": N_("Sobol: a low-discrepancy sequence; fills the domain most evenly."),
    "latin-hypercube": N_("Latin hypercube: one point in each row and column."),
    "uniform": N_("Uniform: independent random points."),
}
RESAMPLING_CHOICES = {
    "fixed": N_("The same points to the end: cheap, but a network may learn them by heart."),
    "every-step": N_("New points at every step: none can be learned by heart; for Adam, as other methods remember the points of before."),
    "adapt": N_("New points every period, most where the residual is large (RAD, Wu et al. 2023): for shocks and fronts."),
    "add": N_("The worst of many fresh points join every period, up to twice as many (RAR, Lu et al. 2021): for a few difficult places."),
    "retain": N_("Points of large residuals stay, the others are drawn anew (R3, Daw et al. 2023): for solutions that must travel."),
}


@dataclass(frozen=True)
class WeightingChoice:
    """A rule for the weights of the loss; `terms` says that it changes those of the terms."""

    help: str
    terms: bool = False


WEIGHTING_CHOICES: dict[str, WeightingChoice] = {
    "fixed": WeightingChoice(N_("The terms keep the weights that they are given.")),
    "gradient-norm": WeightingChoice(
        N_("Each term's weight is such that all pull equally hard (Wang, Teng and Perdikaris 2021): where one drowns the others."),
        terms=True,
    ),
    "ntk": WeightingChoice(
        N_(
            "Each term's weight is such that all are learned equally fast, by the neural tangent kernel (Wang, Yu and Perdikaris 2022): "
            "for equations of high order beside plain conditions."
        ),
        terms=True,
    ),
    "residual-attention": WeightingChoice(
        N_("Points of large residuals gain weight, step by step (Anagnostopoulos et al. 2024): for fronts, with points that stay.")
    ),
}
ENGINE_CHOICES = {
    "auto": N_("The fastest engine that works here."),
    "autograd": N_("Nested calls of torch.autograd.grad: what every other engine is checked against."),
    "jets": N_("All derivatives at once, pushed forward through the layers with the outputs, and a backward pass of their own."),
    "native": N_(
        "Jets and the rest of the step in the processor's own code, for plain perceptrons on a CPU; other networks take plain jets."
    ),
}
WEIGHT = Real(0.0, 1e6, scale="log")
"""The range of the weight of a loss term."""
KINDS = ("equation", "condition", "interface")
"""The kinds of loss terms for which a weight may be given at once."""
