"""What can go wrong in the mathematics and the machinery, each as a code, a place and values.

Core never words an error for one audience: it raises a code with values. The command line prints `str(error)` in English; the dashboard
translates `MESSAGES[error.code]` through its catalogue and fills in the same values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST = 600
"""Characters of a value in a message."""


def N_(message: str) -> str:
    """Mark a text for the message catalogue, untranslated."""
    return message


def printable(text: str) -> str:
    """The text without characters that would command a terminal or turn the order of letters."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def brief(value: Any) -> Any:
    """A value of a message; a text that is too long to be read is cut."""
    return value if not isinstance(value, str) or len(value) <= LONGEST else value[: LONGEST - 1] + "…"


@dataclass(frozen=True)
class Position:
    """Where in the input a mistake lies.

    `file` as the user named it, `key` the dotted path inside it (`problem.equations[1]`), `text` the offending text and `character` the
    offset in `text`, counted from 0.
    """

    file: str | None = None
    key: str | None = None
    text: str | None = None
    character: int | None = None


class TangenteError(Exception):
    """An error with a code from `MESSAGES`, the values its message names, and the place of the mistake where there is one."""

    def __init__(self, code: str, /, *, at: Position | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
        self.at = at or Position()

    def located(self, *, file: str | None = None, key: str | None = None) -> TangenteError:
        """The error with those parts of its place filled in that were not known yet."""
        at = Position(self.at.file or file, self.at.key or key, self.at.text, self.at.character)
        return type(self)(self.code, at=at, **self.values)

    @property
    def message(self) -> str:
        """The English sentence, without the place."""
        return MESSAGES[self.code].format(**{name: brief(value) for name, value in self.values.items()})

    def plain(self) -> dict[str, Any]:
        """The error's code and its values, as JSON can hold them."""
        simple = bool | int | float | str | None
        return {"code": self.code, "values": {name: item if isinstance(item, simple) else str(item) for name, item in self.values.items()}}

    def __str__(self) -> str:
        place = [brief(part) for part in (self.at.file, self.at.key) if part]
        if self.at.character is not None:
            place.append(f"character {self.at.character + 1}")
        head = ", ".join(place)
        lines = [f"{head}: {self.message}" if head else self.message]
        if self.at.text is not None and self.at.character is not None and "\n" not in self.at.text:
            lines += [f"  {self.at.text}", "  " + " " * self.at.character + "^"]
        return printable("\n".join(lines))

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.code, self.at, self.values)


def _rebuild(kind: type[TangenteError], code: str, at: Position, values: dict[str, Any]) -> TangenteError:
    return kind(code, at=at, **values)


class InputError(TangenteError):
    """The input is wrong: a text, a file, a value. The command line exits with 2."""


class RunError(TangenteError):
    """The input is right, and the work failed all the same. The command line exits with 3."""


MESSAGES: dict[str, str] = {
    # ranges
    "not-a-number": N_("{name} must be a number, but got {value}."),
    "not-an-integer": N_("{name} must be a whole number, but got {value}."),
    "out-of-range": N_("{name} must lie between {low} and {high}, but got {value}."),
    "not-a-choice": N_("{name} must be one of {options}, but got {value}."),
    "not-a-choice-near": N_("{name} must be one of {options}, but got {value}; did you mean {near}?"),
    "stage-without-steps": N_(
        '{name}: each method but the last needs the number of its steps, as in "adam 1000, ssbroyden", but got {value}.'
    ),
    "last-stage-has-steps": N_(
        "{name}: the last method goes on to the end and takes no number of steps, but got {value}; leave the number out."
    ),
    "curriculum-without-data": N_("There are no data that could come first. Choose another curriculum, or none."),
    "not-a-curriculum": N_(
        '{name} must be none, data first, or a parameter and the value that it begins with, as in "beta from 1", but got {value}.'
    ),
    # experiment
    "no-such-preset": N_("This problem has no preset {preset}; it has {known}."),
    "state-too-large": N_(
        "With this network {method} has {size} MB to remember, and at most {limit} MB are kept. Choose adam, or fewer neurons."
    ),
    "network-too-large": N_(
        "{method} keeps a square table of the {parameters} parameters; it takes networks of up to {most}. Choose lbfgs, or fewer neurons."
    ),
    "too-many-residuals": N_(
        "{method} keeps a table of all {residuals} residuals; with this network it takes up to {most}. Choose fewer points, or ssbroyden."
    ),
    "causality-without-time": N_("causality waits for earlier times, but this problem has no coordinate {time}; choose causality 0."),
    "attention-to-passing-points": N_(
        "residual-attention gives weight to points over many steps, but resampling every-step takes new ones at each; choose another "
        "resampling, such as fixed, or another weighting."
    ),
    "unknown-hyperparameter": N_("There is no hyperparameter {name}. The hyperparameters are: {known}."),
    "unknown-hyperparameter-near": N_("There is no hyperparameter {name}; did you mean {near}?"),
    "unknown-section": N_("{name} is not part of an experiment file; its parts are {known}."),
    "unknown-section-near": N_("{name} is not part of an experiment file; did you mean {near}?"),
    "unknown-parameter": N_("The problem has no parameter {name}. Its parameters are: {known}."),
    "unknown-parameter-near": N_("The problem has no parameter {name}; did you mean {near}?"),
    "no-parameters": N_("The problem has no parameters, so {name} cannot be set."),
    "unknown-term": N_("There is no loss term {name}. The loss terms are: {known}."),
    "unknown-term-near": N_("There is no loss term {name}; did you mean {near}?"),
    "not-a-table": N_("{name} must be a table of names and values."),
    "no-limit": N_("A run needs a limit: steps, seconds, or both."),
    "no-problem": N_('An experiment needs a problem: problem = "NAME" for one of the library, or a [problem] table.'),
    "file-too-large": N_("The file has {size} bytes; at most {limit} are read."),
    "not-utf8": N_("This is not a text: the byte {byte} is not UTF-8."),
    "key-too-long": N_("A dotted key may have {limit} parts at most."),
    "brackets-too-deep": N_("Brackets may be nested {limit} deep at most."),
    "not-toml": N_("This is not a TOML file: {reason}."),
    "toml-statement": N_("A line must be a [section], a key = value, or a # comment."),
    "toml-value": N_('A value is needed here: a number, a text in "quotes", a list in [brackets] or a table in {{braces}}.'),
    "toml-unclosed": N_("The file ends before this is closed: a text, a list or a table."),
    "toml-rest": N_("The line must end here; a text needs quotes around it."),
    "toml-twice": N_("This is given a second time in the file; leave one out."),
    "activation-too-rough": N_(
        "The equation needs a derivative of order {order}, and {activation} has none above order {smoothness}: the network cannot "
        "learn it. Choose a smooth activation, such as tanh."
    ),
    "schedule-without-steps": N_(
        "The schedule {schedule} needs a number of steps, and this run is limited by seconds alone: its learning rate stays constant."
    ),
    "windows-without-time": N_("Windows are parts of the time, and this problem has no coordinate t. Choose one window."),
    "windows-later-condition": N_(
        "Windows of time go on from what is given at the start, but condition {number}, `{text}`, gives something at t = {time}. "
        "Choose one window."
    ),
    "windows-without-start": N_(
        "Windows of time go on from what is given at the start, but no condition gives anything at t = {time}. Choose one window."
    ),
    "curriculum-impossible": N_("The curriculum leads {name} past {value}, where the problem has no meaning: {reason}"),
    "curriculum-in-trial": N_(
        "The curriculum changes {name}, on which the function that meets the conditions depends. Choose soft constraints, or no curriculum."
    ),
    "windows-interface": N_(
        "Windows of time go on from what is given at the start, but the equations' step at t = {time} asks for something there. "
        "Choose one window."
    ),
    "curriculum-moves-cusps": N_(
        "The curriculum changes {name}, on which the places of the equations' steps depend, and the network with them. "
        "Choose no curriculum."
    ),
    # completeness
    "no-equation-of-its-own": N_(
        "There are too few equations: {name} has none of its own, so many solutions fit. The network will find one of them."
    ),
    "no-conditions": N_(
        "There are no conditions, so many solutions fit, and zero is often one of them. The network will find one of them."
    ),
    "few-conditions": N_(
        "The equations are of order {needed} in all and need as many conditions, but there are {found}: many solutions fit, and the "
        "network will find one of them."
    ),
    "many-conditions": N_(
        "The equations are of order {needed} in all and need as many conditions, but there are {found}: no solution may meet them all."
    ),
    "few-conditions-in-time": N_(
        "The equations are of order {needed} in all along {coordinate} and need as many conditions at its start, but there are {found}: "
        "many solutions fit, and the network will find one of them."
    ),
    "few-conditions-in-space": N_(
        "The equations are of order {needed} in all along {coordinate} and need as many conditions at its ends, but there are {found}: "
        "many solutions fit, and the network will find one of them."
    ),
    # hard constraints
    "hard-none": N_("There is no condition that the network could be built to meet."),
    "hard-nonlinear": N_("Condition {number}, `{text}`, cannot be hard: it is not linear in its value of the unknown."),
    "hard-mixed": N_(
        "Condition {number}, `{text}`, cannot be hard: it ties several values together, and only a period, such as u(0) = u(1), can do so."
    ),
    "hard-estimate": N_("Condition {number} cannot be hard: it holds what is still to be found, {names}."),
    "hard-point": N_("Condition {number}, `{text}`, cannot be hard: it does not hold on a whole side of the domain."),
    "hard-along": N_(
        "Condition {number}, `{text}`, cannot be hard: {name} runs along the side {edge}, and only derivatives across it can be given."
    ),
    "hard-vanishing": N_("Condition {number}, `{text}`, cannot be hard: where its factor is zero it leaves {name} open."),
    "hard-gap": N_(
        "Condition {number}, `{text}`, cannot be hard: it says something about {name}, and no condition says "
        "the same about {missing} there."
    ),
    "hard-corner": N_(
        "Condition {number}, `{text}`, cannot be hard: at {place} it differs by {gap} from condition {other}, `{other_text}`."
    ),
    "hard-step": N_(
        "Condition {number}, `{text}`, cannot be hard: what it says about {name} has a step at {place}, where "
        "the equations keep the inside continuous."
    ),
    "hard-no-value": N_(
        "Condition {number}, `{text}`, cannot be hard: {name} has no finite value at {place}, where another condition meets it."
    ),
    "hard-jump": N_(
        "Condition {number}, `{text}`, cannot be hard: {name} jumps at {place}, and the network would inherit the jump at every {across}."
    ),
    "hard-kink": N_(
        "Condition {number}, `{text}`, cannot be hard: it has a kink at {place}, and the network would inherit it at every {across}."
    ),
    "hard-bend": N_(
        "Condition {number}, `{text}`, cannot be hard: {name} jumps at {place}, and the equation would find the jump at every {across}."
    ),
    "hard-infinite": N_(
        "Condition {number}, `{text}`, cannot be hard: {name} is infinite at {place}, and would be infinite at every {across}."
    ),
    "hard-periodic-partly": N_(
        "Condition {number}, `{text}`, cannot be hard: it makes {unknown} periodic in {coordinate}, but not "
        "{other}, which the same network learns."
    ),
    "hard-periodic-and-given": N_(
        "Condition {number}, `{text}`, cannot be hard: it gives values at an end of {coordinate}, and another makes {coordinate} periodic."
    ),
    "hard-not-periodic": N_(
        "Condition {number}, `{text}`, cannot be hard: {coordinate} is periodic, but {name} differs by {gap} between its ends."
    ),
    # expressions
    "expression-too-long": N_("An expression may have {limit} characters at most."),
    "bad-character": N_("The character {character} has no meaning here."),
    "bad-character-near": N_("The character {character} has no meaning here; did you mean `{near}`?"),
    "prime-without-coordinate": N_("{found} is a derivative along a coordinate, and there is none yet: state it first, such as `t`."),
    "prime-of-none": N_("{found} is the derivative of an unknown, and {name} is none of them: {known}."),
    "number-too-large": N_("The number {found} is too large."),
    "operand-expected": N_("Expected a number, a name or an opening bracket, but found `{found}`."),
    "operand-missing": N_("Expected a number, a name or an opening bracket, but the text ends here."),
    "operator-expected": N_("Expected an operator or the end, but found `{found}`."),
    "operator-missing": N_("Expected an operator before `{found}`; did you mean `{near}`?"),
    "closing-expected": N_("Expected an operator or a closing bracket, but found `{found}`."),
    "bracket-not-closed": N_("This bracket is never closed."),
    "bracket-not-opened": N_("This bracket closes no open bracket."),
    "unknown-name": N_("`{name}` is not known here."),
    "unknown-name-near": N_("`{name}` is not known here; did you mean `{near}`?"),
    "write-cases": N_(
        "A formula by cases is written with `heaviside`, which is 0 before its place and 1 after it: a before "
        "{letter} = c and b after it is `a + (b - a)*heaviside({letter} - c)`; `min`, `max` and `abs` make "
        "kinks."
    ),
    "write-staircase": N_(
        "The notation has no `{name}`: a step of height 1 at {letter} = c is `heaviside({letter} - c)`, and a staircase is a sum of "
        "such steps."
    ),
    "write-pulse": N_(
        "A Dirac delta has no values, so nothing can be trained on it. A narrow pulse of area 1 stands for it: "
        "`exp(-(({letter} - c)/w)^2)/(w*sqrt(pi))` with a small width w."
    ),
    "write-integral": N_(
        "One more unknown states an integral: with the equation `{free}_{letter} = p` and the condition "
        "`{free}(a{rest}) = 0`, {free} is the integral of p along {letter} from a on. `{free}(b{rest}) = 1` "
        "then says that the integral up to b is 1. If {letter} is under the integral too, differentiate the "
        "whole: for `exp(s - {letter})*p(s)` the equation is `{free}_{letter} = p - {free}`."
    ),
    "write-complex": N_(
        "`{name}` is not known here, and all numbers are real. State a complex field as two unknowns, its "
        "real and its imaginary part, with an equation for each."
    ),
    "write-bessel": N_(
        "Bessel functions are written `j0(x)`, `j1(x)`, `y0(x)`, `y1(x)`, `i0(x)`, `i1(x)`, `k0(x)`, `k1(x)`; there are no others."
    ),
    "write-derivative": N_("A derivative names its coordinates: for `{found}` write `{near}`, or the same along another coordinate."),
    "write-leibniz": N_("The derivative of an expression is written `D(…, {letter})`, the derivative of an unknown `{unknown}_{letter}`."),
    "write-delay": N_(
        "This asks for `{name}` at another {coordinate}, with a delay or a shift, but equations hold at one "
        "point and cannot state that. For a few delays, take one unknown for each stretch: y2 for the second "
        "with `y2_{coordinate} = -y1` and the condition `y2(0) = y1(1)`."
    ),
    "no-unknown": N_("`{derivative}` is not a derivative: `{name}` is not an unknown. The unknowns are: {unknowns}."),
    "no-coordinate": N_("`{derivative}` is not a derivative: `{name}` is not a coordinate. The coordinates are: {coordinates}."),
    "order-too-high": N_(
        "`{name}` is a derivative of order {order}; the highest order is {limit}. Make a derivative an unknown of its own: with one more "
        "equation `v = u_xxx`, `v_xx` is the fifth derivative of u."
    ),
    "brackets-missing": N_("`{name}` needs its arguments in brackets, as in `{name}(…)`."),
    "boundary-alone": N_("`boundary` has a meaning only as the place of an unknown, as in `u(boundary)`."),
    "not-a-function": N_("`{name}` is not a function; for a product write `{name}*(…)`."),
    "wrong-arity": N_("The number of arguments of `{name}` must be {expected}, but is {got}."),
    "wrong-place": N_(
        "The number of arguments of `{name}` must be {expected} ({coordinates}), but is {got}. Every unknown depends on all coordinates; "
        "an equation such as `u_x = 0` says that one does not vary along x."
    ),
    "place-varies": N_("Here the argument of `{name}` must be `{coordinate}` itself or a constant."),
    "differential-incomplete": N_("`D` needs the coordinate along which it differentiates, as in `D(u^2, x)` or `D(u^2, x, 2)`."),
    "coordinate-expected": N_("Expected a coordinate here. The coordinates are: {coordinates}."),
    "order-expected": N_("The order must be a whole number from 1 to {limit}, but is `{found}`."),
    "equals-missing": N_("An equation has two sides with `=` between them, but there is no `=` here."),
    "equals-twice": N_("An equation has one `=`, but this is the second."),
    "equals-unexpected": N_("An expression has no `=`."),
    "too-many-parts": N_("The expression has more than {limit} parts; split it, for instance by definitions."),
    "too-deep": N_("The expression is nested more than {limit} deep."),
    "division-by-zero": N_("`{expression}` divides by zero."),
    "too-large": N_("`{expression}` is too large to be computed."),
    "not-real": N_("`{expression}` has no real value."),
    "not-constant": N_("A constant is needed here, but the expression depends on {names}."),
    "step-inside-derivative": N_(
        "A derivative along {coordinate} meets the step `{step}`, which makes a delta whose place cannot be told. A step inside a "
        "derivative may depend on that coordinate alone, as heaviside({coordinate} - 0.5) does. Or make what is differentiated an unknown "
        "of its own: `q = k*u_x` and `D(q, x) = 0`."
    ),
    "reference-interface": N_("A step inside a derivative, at {place}, asks for a method that solves on both sides of it."),
    "reference-order-changes": N_("The equations have another order near {place} than elsewhere."),
    "reference-contradicted": N_(
        "The classical solution does not obey the equations at points that its method did not choose: {defect} of the terms is left."
    ),
    "reference-narrow": N_("Something is only {width} wide, and the classical solver cannot resolve it on so wide a domain."),
    "ring-needs-period": N_(
        "The ends of {coordinate} are one place, and a factor jumps there: the network has to be periodic by construction. "
        "Choose partial or hard constraints."
    ),
    "reference-too-many-pieces": N_("Steps and bends cut the domain into more than {limit} pieces."),
    "grows-too-large": N_("The expression has more than {limit} parts once its definitions and derivatives are written out."),
    "problem-too-large": N_(
        "The statements up to here have more than {limit} parts once their definitions and derivatives are written out."
    ),
    "not-a-name": N_("A name must be letters, digits and _, beginning with a letter, but got {name}."),
    "not-a-letter": N_("A coordinate must be a single letter, but got {name}."),
    "name-reserved": N_("The name {name} has a meaning of its own; choose another one."),
    "name-twice": N_("The name {name} is given twice."),
    # cluster, worker, runner, devices
    "device-missing": N_(
        "There is no device {device} here. The devices are: {present}. Choose one of them, or train on a machine that has it."
    ),
    "diverged": N_("The loss is not a finite number from step {step} on."),
    "diverged-rate": N_("The loss is not a finite number from step {step} on. Try a learning rate below {rate}."),
    "diverged-digits": N_("The loss is not a finite number from step {step} on. Try float64."),
    "diverged-rate-digits": N_("The loss is not a finite number from step {step} on. Try a learning rate below {rate}, or float64."),
    "keeps-failing": N_(
        "The run ended its worker {attempts} times without getting any further, most likely for lack of memory. "
        "Try fewer points or a smaller network."
    ),
    "unexpected": N_("Something went wrong that should not: {reason}. The details are in the workers' log."),
    "scheduler-without-shared-store": N_(
        "The workers of {scheduler} may run on other machines, where this store, an SQLite file, cannot be reached safely. "
        "Use a database server as the store (postgresql://…), or leave out the scheduler to train on this machine."
    ),
    "scheduler-unreachable": N_("The scheduler at {address} does not answer: {reason}"),
    "scheduler-lost": N_("The connection to the scheduler at {address} is lost. Start it again; nothing else need be done."),
    "scheduler-without-workers": N_(
        "The scheduler at {address} has no worker. Start one, on a machine that reaches the store: python -m tangente worker {address}"
    ),
    "workers-do-not-start": N_("The workers do not start. Their last words are: {reason} (the rest is in {log})"),
    "worker-error": N_("A worker could not record what went wrong: {reason}"),
    "frameworks-not-installed": N_("The other frameworks could not be installed: {reason}"),
    "kernel-broken": N_("The compiled kernel does not work on this machine: {reason}. Choose another engine."),
    # the command line
    "cannot-read": N_("The file cannot be read: {reason}."),
    "no-folder": N_("There is no folder {folder} to write to."),
    "is-a-folder": N_("This is a folder; a file's name is needed."),
    "cannot-write": N_("The file cannot be written: {reason}."),
    "twice": N_("This may be given only once."),
    "not-a-point": N_("This must name a point of the domain, each coordinate once: {coordinates}."),
    "not-an-assignment": N_("This must read NAME=NUMBER."),
    "run-lost": N_("The run ended without saying why."),
    # training
    "checkpoint-mismatch": N_("The checkpoint belongs to another network: {reason}"),
    "other-network": N_(
        "A run goes on with the network that it has: {name} is {before} there, and cannot become {after}. Keep it, or start afresh."
    ),
    "checkpoint-lost": N_("The state of the run that this one goes on from is lost. Go on from that run again, or start afresh."),
    # problem, tables, conditions
    "unknown-key": N_("There is no key {name} here. The keys are: {known}."),
    "unknown-key-near": N_("There is no key {name} here; did you mean {near}?"),
    "missing-key": N_("The key {name} is missing here."),
    "not-a-text": N_("This must be a text in quotes, but got {value}."),
    "not-a-list": N_("This must be a list of texts, in square brackets, but got {value}."),
    "too-long": N_("{name} may have {limit} characters at most, but has {number}."),
    "too-many-coordinates": N_(
        "A problem may have {limit} coordinates at most, but this has {number}. Leave out a coordinate along "
        "which nothing varies, or the time of a steady state."
    ),
    "too-many": N_("{name} may have {limit} entries at most, but has {number}."),
    "empty": N_("{name} must have at least one entry."),
    "not-a-usable-number": N_("This must be a finite number of at most {limit} in size, or a constant in quotes, but got {value}."),
    "not-an-interval": N_("This must be a range, [low, high], but got {value}."),
    "empty-interval": N_("The low end of a range must be less than its high end, but got [{low}, {high}]."),
    "empty-range": N_("`low <= value <= high` and `low < high` must hold, but got low = {low}, value = {value}, high = {high}."),
    "unsupported-domain": N_(
        "The domain is the box of the coordinates' ranges; other shapes are not supported. Leave `domain` out. A disc, a ring or "
        "a sector is a box in polar coordinates."
    ),
    "estimate-unused": N_("No equation and no condition contains the constant {name}, so nothing can tell its value."),
    "estimate-without-data": N_(
        "Nothing is measured from which {names} could be found. State measurements in `data`, such as "
        "{{ points = 200, noise = 0.01 }}, or a value in `parameters`."
    ),
    "exact-with-estimate": N_(
        "The exact solution cannot be known while {name} is unknown. Leave `exact` out, or state the true value of {name} in `parameters`, "
        "which is used to make data and to score, and never to train."
    ),
    "data-noise": N_("The noise is a part of the solution's size, from 0 to 10, but got {value}."),
    "data-count": N_("This must be a whole number from {low} to {high}, but got {value}."),
    "data-made-without-truth": N_(
        "Data can be made of the solution only where it is known, and nobody knows the true value of {name}. State it in `parameters`, "
        "which is used to make data and to score, and never to train, or state measurements."
    ),
    "interface-with-estimate": N_(
        "The equations have an interface at {place}, where the unknowns bend or jump as the constants say. Constants to be found beside it "
        "are not supported: leave out `estimate`, or round the step off, as in tanh((x - 0.5)/0.01)."
    ),
    "data-without-solution": N_("Data can be made only where the solution is known, and there is no reference: {reason}"),
    "reference-estimate": N_("There is no classical solution to compare with: nobody knows the true value of {names}."),
    "not-a-promise": N_('This must be a relative error above zero, or "failure", but got {value}.'),
    "equation-without-unknown": N_("An equation must contain an unknown; a condition on the domain's edge belongs in `conditions`."),
    "equation-with-place": N_(
        "An equation holds everywhere, so write {unknown} instead of {name}; conditions belong in "
        "`conditions`. If you mean the value at that place, state it as one more unknown that does not vary: "
        "{free} with the equation `{constant}` and the condition `{given} = {name}`."
    ),
    "equation-with-boundary": N_("An equation holds everywhere, so write {unknown} instead of {name}; conditions belong in `conditions`."),
    "holds-always": N_("This holds whatever the unknowns are: they cancel out, so it says nothing about them."),
    "definition-with-place": N_("A definition holds everywhere: write {unknown} instead of {name}."),
    "definition-without-place": N_(
        "The definition {name} contains an unknown ({unknowns}), and a condition must say at which place it "
        "takes it: write the definition out, with the place, such as u(0), at each unknown."
    ),
    "unmeasured-unknown": N_("Nothing is said of the unknown {name}: there is no equation, and no data of it."),
    "unused-unknown": N_("No equation contains the unknown {name}."),
    "said-twice": N_("This says the same as {first}; leave one out."),
    "contradiction": N_("{others} gives another value; leave one out."),
    "contradictions": N_("Together, {others} give another value; leave one out."),
    "never-holds": N_("This can never hold, whatever the unknowns are: they cancel out."),
    "exact-incomplete": N_("An exact solution has an entry for each unknown and no other: {unknowns}."),
    "exact-missing": N_("The exact solution can be the reference only where `exact` states it."),
    "exact-with-unknown": N_(
        "An exact solution is a formula in the coordinates and parameters, and {name} contains an unknown "
        "({unknowns}): write the formula out."
    ),
    "exact-misses-equation": N_(
        "This is not a solution: the equation `{text}` is off by {gap} at {place}. Mend the formula or the equation, or leave `exact` out."
    ),
    "exact-misses-condition": N_(
        "This is not a solution: the condition `{text}` is off by {gap} at {place}. Mend the formula or the "
        "condition, or leave `exact` out."
    ),
    "exact-nearly-meets-condition": N_(
        "The exact solution only nearly meets the condition `{text}`: it is off by {gap} at {place}, {part} "
        "of its size. As a reference it is wrong by about as much."
    ),
    "line-without-name": N_("This line must read NAME = EXPRESSION."),
    "condition-without-place": N_("A condition must say where it takes {name}: write {example} or another place on the edge."),
    "condition-without-unknown": N_("A condition must contain an unknown at a place, such as u(0)."),
    "outside-domain": N_("{name} lies outside the domain: {coordinate} must lie between {low} and {high}, but is {value}."),
    "no-boundary": N_("`boundary` is the boundary in space, but this problem has only time; write the time itself, such as u(0)."),
    "ambiguous-coordinate": N_("{name} has different values in this condition, so it cannot stand alone in it; write its value."),
    "no-common-edge": N_("The evaluations in this condition share no place: at least one coordinate must be fixed in all of them."),
    "unknown-problem": N_("There is no problem {name} in the library. Its problems are: {known}."),
    "unknown-problem-near": N_("There is no problem {name} in the library; did you mean {near}?"),
    # measurements
    "no-file-here": N_("The file {name} cannot be read from here; give its rows instead, or upload it as data."),
    "data-columns": N_(
        "The columns must be the coordinates, then the unknowns that were measured, in this order: {known}. But they are {got}."
    ),
    "data-rows": N_("The rows must be a list of 1 to {limit} lists of numbers."),
    "data-too-large": N_("A data file may have {limit} bytes at most, but has {size}."),
    "data-too-long": N_("A data file may have {limit} rows at most, but has {number}. Thin it out."),
    "data-not-text": N_("A data file must be text: a first line with the names of the columns, then numbers. Spreadsheets save it as CSV."),
    "data-no-table": N_("There is no table of numbers in this file: a first line should name the columns, and numbers follow below it."),
    "data-no-header": N_("The first line must name the columns ({columns}), but it has numbers alone."),
    "data-no-such-column": N_("The file has no column {name}, or several. Its columns are: {known}."),
    "data-thousands": N_(
        "{value} may be a decimal number, or one with its thousands parted; write it without, and with one decimal sign in the whole file."
    ),
    "data-not-in-a-file": N_(
        'The {rows} rows of data are too many for a problem\'s file. Save the problem here, or write `data = {{ file = "{name}" }}` into '
        "a file of your own that stands beside the CSV."
    ),
    "data-one-row": N_("One row of data says nothing of a function: there must be two, at least."),
    "data-twice": N_("{count} rows have the point of another row with other values: that may be, and the network goes between them."),
    "data-empty": N_("A data file needs a first line with the names of its columns ({columns}) and at least one line of numbers."),
    "data-unknown-column": N_("The column {name} has no meaning here. The columns may be: {known}."),
    "data-unknown-column-near": N_("The column {name} has no meaning here; did you mean {near}?"),
    "data-column-twice": N_("The column {name} is there twice."),
    "data-column-for-two": N_("The column {name} cannot be both {first} and {second}."),
    "data-column-missing": N_(
        "The column {name} is missing; the first line names the columns, every coordinate and at least one unknown of {known}."
    ),
    "data-row-length": N_("This line must have {expected} values ({columns}), but has {got}."),
    "data-not-a-number": N_(
        "This must be a finite number of at most {limit} in size, but got {value}; leave out a line in which a value is missing."
    ),
    "unknown-data": N_("These data ({digest}) are kept on another server: upload the file again, or name it in the problem's file."),
    "data-not-packed": N_("These are no packed rows: base64 of zlib of float64 numbers in the domain, as a file of ours has them."),
    "data-function-beside-exact": N_("The data are made of this function, which is the exact solution then; leave one of the two out."),
    "data-function-not-finite": N_("The function has no finite value at some points of the domain."),
    "batch-too-large": N_("A batch of {size} rows is larger than the data, of which {rows} rows are learned: each step takes all of them."),
    "data-outside-domain": N_("{coordinate} must lie between {low} and {high}, but is {value}."),
    # references
    "framework-too-many": N_("The frameworks take problems of one unknown, one equation, and one or two coordinates."),
    "framework-derivatives": N_("The frameworks take first derivatives, and the second one along one coordinate, but no others."),
    "framework-functions": N_("The frameworks take arithmetic of the unknown and its derivatives, but this equation contains {name}."),
    "framework-conditions": N_("The frameworks take conditions that give values on an edge, but condition {number} says something else."),
    "framework-no-conditions": N_("The frameworks take conditions that give values on an edge, but this problem has none."),
    "framework-too-deep": N_("The frameworks take equations of at most {deepest} levels, with definitions written out."),
    "framework-interface": N_(
        "The frameworks take equations without a step inside a derivative, but this one has a step at "
        "{place}, where its flux is continuous."
    ),
    "unknown-batch": N_("These measurements are no longer there; start them again."),
    "unknown-reference": N_("No page that is open asks for this reference. Reload the page."),
    "reference-off": N_("This problem asks for no reference."),
    "errand-not-started": N_("It could not be started: {reason}."),
    "errand-crashed": N_("It crashed, with the exit code {exit}."),
    "errand-silent": N_("It said nothing for {seconds} s and was ended."),
    "errand-endless": N_("It talked without end, more than {events} times, and was ended."),
    "reference-too-slow": N_("The classical solver needs more than {limit} s; it was stopped."),
    "reference-unconfirmed": N_(
        "No finer solution could be computed, so the error of the classical solution is not known, and it cannot judge a network."
    ),
    "reference-outflow": N_(
        "The condition at {outflow} is where everything flows out of the domain, and there is none at "
        "{inflow}, where it flows in: the equations leave the solution open there. Give the condition at "
        "{inflow} instead."
    ),
    "reference-inaccurate": N_(
        "The classical solver only reaches a relative error of {error}, and {limit} is the most that could judge a network."
    ),
    "reference-keeps-failing": N_("The classical solver ended {attempts} times without an answer, most likely for lack of memory."),
    "reference-unknown": N_("No exact solution is known for this problem at these values."),
    "reference-not-finite": N_("The exact solution has no finite value somewhere in the domain."),
    "reference-of-data": N_("There is no equation to solve, only data: nobody knows a solution to hold the network against."),
    "reference-one-coordinate": N_("This method solves equations in one coordinate, and the problem has {number}."),
    "reference-not-square": N_(
        "A classical solver needs as many equations as unknowns, but there are {equations} and {unknowns}. Add or leave out equations."
    ),
    "reference-not-explicit": N_(
        "The equations do not determine the highest derivatives {highest}: some unknown is given by an algebraic equation alone. "
        "Differentiate that equation, or put it into the others."
    ),
    "reference-conditions": N_("The equations need {needed} conditions to have one solution, and there are {given}."),
    "reference-condition-order": N_("{name} is a higher derivative than those of the equations; express it by them."),
    "reference-not-initial": N_("The initial-value method needs all conditions at one point, but they lie at {places}."),
    "reference-not-boundary": N_("The boundary-value method needs conditions at two points or more."),
    "reference-singular-end": N_("The equations have no value at {place}, and the boundary-value method needs one there."),
    "reference-no-start": N_("The conditions do not determine the values at the start."),
    "reference-branch-lost": N_(
        "{count} solutions leave the start, and one of them cannot be followed to the end of the domain: {reason} Write the equations or "
        "the conditions so that they allow the one that is meant."
    ),
    "reference-leaves": N_(
        "There is no single solution: at {place} the equations have no finite slope in their unknowns, and infinitely many solutions leave "
        "the start, each when it pleases. Start elsewhere."
    ),
    "reference-parts": N_(
        "There is no single solution: from {place} on, infinitely many solutions fit the equations and the conditions. End the domain "
        "there."
    ),
    "reference-ambiguous": N_("The equations allow several values of the highest derivatives at {place}; solve them for these."),
    "reference-no-slope": N_("The equations have no value of the highest derivatives at {place}."),
    "reference-singular": N_("The equations are singular at {place}, and no smooth solution starts there."),
    "reference-ends": N_("The solution ends at {place}: it grows beyond all bounds there, or the equations have no value."),
    "reference-too-costly": N_("The Cole-Hopf solution for nu = {nu} up to t = {time} is too costly; take a larger nu."),
    "not-characteristic": N_(
        "The method of characteristics solves u_tt = c^2*u_xx and u_t + v*u_x + r*u = 0 in one dimension, with constant factors, values or "
        "slopes given at the ends, or a period."
    ),
    "not-burgers": N_(
        "Cole-Hopf solves u_t + u*u_x = nu*u_xx with nu > 0 on x = [-1, 1] from t = 0, with u(x, 0) = -sin(pi*x) and zero or periodic "
        "ends, and this problem is another."
    ),
    # references by the method of lines
    "reference-not-evolution": N_("The method of lines needs the coordinate t and one or two others, and the problem has {coordinates}."),
    "reference-no-rate": N_("No equation holds a derivative of {unknown} along {time}, so none says how it changes from its start."),
    "reference-rate-not-linear": N_("The equations must be linear in {name}, the highest derivative along time, but are not."),
    "reference-rates-undetermined": N_("The equations do not determine {names}, the highest derivatives along time."),
    "reference-condition-place": N_(
        "`{condition}` lies neither at the start nor at one end of one coordinate, nor does it say that both ends are alike."
    ),
    "reference-partly-periodic": N_(
        "`{condition}` makes {coordinate} periodic, but for {unknown} nothing says so. Add such a condition for {unknown} itself."
    ),
    "reference-periodic-with-ends": N_("The coordinate {coordinate} is periodic, so no other condition can hold at its ends."),
    "reference-start-missing": N_("The start is not given: add a condition for {name}."),
    "reference-start-twice": N_("`{condition}` gives {name} a second time; leave one out."),
    "reference-start-superfluous": N_("`{condition}` gives {name}, which the equations determine already; leave it out."),
    "reference-start-unclear": N_("`{condition}` cannot be solved for one value at the start; write it as u(x, 0) = …"),
    "reference-start-not-finite": N_("The start has no finite value somewhere in the domain."),
    "reference-end-count": N_("The equations need {needed} conditions at {place} to have one solution, and there are {given}."),
    "reference-ill-posed": N_(
        "Short waves grow the faster the shorter they are, without bound, as in a heat equation run backwards; such equations have no "
        "solution that could be computed. Check the signs."
    ),
    "reference-backward": N_(
        "What is given at {last} would have to be followed backwards to {first}, and short waves grow the "
        "faster on that way the shorter they are, as in a heat equation run backwards: the least change of "
        "what is given changes everything. The problem is ill-posed; give the values at {first} instead."
    ),
    "reference-feeds-itself": N_(
        "The condition at {place} feeds the solution the more the larger it is: the solution grows like "
        "exp({rate} {time}), beyond all numbers before {time} = {high}. Check the condition's sign."
    ),
    "reference-end-unsupported": N_(
        "The method of lines cannot use `{condition}`: with several coordinates in space it takes derivatives across the edge of one "
        "unknown, with constant factors."
    ),
    "reference-rate-in-space": N_(
        "The equations differentiate {names} in space too. The method of lines then needs conditions at the ends that give one unknown's "
        "derivatives, with constant factors, as functions of time."
    ),
    "reference-ends-dependent": N_("The conditions at the ends of {coordinate} say the same, or contradict one another."),
    "reference-grows": N_("The solution grows beyond all bounds, or the equations have no value, between {time} = {low} and {high}."),
    # references by collocation
    "reference-undetermined": N_(
        "The equations and conditions have more than one solution: something can be added to one, such as a constant, and they still hold. "
        "Add a condition that excludes it."
    ),
    "reference-open": N_(
        "The equations and conditions leave a whole function open, to rounding: they say too little, or they "
        "determine it without any stability, as values and slopes on one side alone do. Add equations or "
        "conditions elsewhere."
    ),
    "reference-family": N_(
        "There is no single solution but a family: {functions} solves the equations and conditions to "
        "rounding, whatever the factor is, so none of them can judge a network. Add a condition that chooses "
        "one and excludes zero."
    ),
    "reference-family-added": N_(
        "There is no single solution but a family: {functions} can be added to each solution, whatever the "
        "factor is, and the sum is a solution too. Add a condition that chooses one, such as a value at a "
        "point."
    ),
    "reference-family-curved": N_(
        "There is no single solution but a family: a solution can be moved along {functions}, and it still is "
        "one. Add a condition that chooses one."
    ),
    "reference-double": N_(
        "The solution that was found is a double one: two solutions meet there, and the least change of the "
        "problem makes them two or none. No digit of it is certain."
    ),
    "reference-contradiction": N_(
        "There is no solution. The equations and conditions do not see {functions}, so the given terms have "
        "to balance (Fredholm's alternative), and they do not: a source, for example, has no way out. The "
        "function that comes nearest misses {name} by {error} of its size."
    ),
    "reference-missed": N_(
        "No smooth solution meets all equations and conditions: the best one misses {name} by {error} of its size. Conditions may "
        "contradict each other or jump where edges meet, or details may be too fine."
    ),
    "reference-missed-joint": N_(
        "No smooth solution meets all equations and conditions: the best one jumps or bends, by {error} of its size, where it should not. "
        "Conditions may contradict each other or jump where edges meet, or details may be too fine."
    ),
    "reference-unsettled": N_(
        "No solution was found: the function that comes nearest to one does not settle, and changes by "
        "{error} of its size with finer steps. There may be no solution, or one that is not smooth or has "
        "finer details than can be resolved."
    ),
    "reference-none-found": N_(
        "No solution was found. Newton's method was started from {starts} functions, small and large ones, with {modes} modes a "
        "coordinate, and none led to a solution: there may be none, or one that is far from all of these."
    ),
    "reference-no-convergence": N_("Newton's method finds no solution of these equations and conditions."),
    "reference-too-many": N_("Collocation of {unknowns} unknowns in {coordinates} coordinates is too costly."),
    # store
    "unknown-run": N_("There is no run {run} in this store."),
    "ambiguous-run": N_("{count} runs begin with {run}, among them {known}. Give more letters."),
    "run-of-another": N_("Run {run} belongs to somebody else, who alone can stop or forget it."),
    "run-elsewhere": N_(
        "Run {run} is being trained by another process, such as an open page's, and goes on there. Pause or stop it there first."
    ),
    "unknown-moment": N_("Run {run} has no picture of step {step}."),
    "unknown-saved-problem": N_("There is no problem {id} in your list."),
    "too-many-problems": N_("Your list holds {limit} problems, and more are not kept; delete some first."),
    "store-too-new": N_(
        "The store {path} was written by a newer version of Tangente (version {found}; this one reads up to {known}). "
        "Update Tangente, or choose another store."
    ),
    "not-a-store": N_("{path} is not a store: {reason}. Choose another file."),
    "store-unusable": N_("The store {path} cannot be used: {reason}."),
    "store-busy": N_("The store {path} is held by another program: {reason}."),
    "store-failed": N_("The store {path} failed: {reason}."),
    "disk-full": N_("There is no room left for the store {path}: {reason}. What was saved is kept; make room and go on."),
    "lease-lost": N_("Another worker has taken over run {run}."),
    "checkpoint-too-large": N_("The run's state takes {size} MB, and at most {limit} MB are kept. Choose a smaller network."),
    "run-ended": N_("Run {run} has come to its end ({status}) and cannot go on; train it again instead."),
    "store-foreign": N_("{path} belongs to another program. Choose another file; nothing was changed."),
    "store-in-memory": N_("{url} would keep the store in memory, where no worker can reach it. Choose a file."),
    "store-bad-url": N_("{url} is neither a file nor a database's URL, such as sqlite:////folder/runs.db or postgresql://host/name."),
}
