"""What can go wrong in the mathematics and the machinery, each as a code, a place and values.

Core never words an error for one audience: it raises a code with values. The command line prints `str(error)` in English; the dashboard
translates `MESSAGES[error.code]` through its catalogue and fills in the same values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


def N_(message: str) -> str:
    """Mark a text for the message catalogue, untranslated."""
    return message


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
        """The same error, with the parts of its place that were not known yet filled in."""
        at = Position(self.at.file or file, self.at.key or key, self.at.text, self.at.character)
        return type(self)(self.code, at=at, **self.values)

    @property
    def message(self) -> str:
        """The English sentence, without the place."""
        return MESSAGES[self.code].format(**self.values)

    def __str__(self) -> str:
        place = [part for part in (self.at.file, self.at.key) if part]
        if self.at.character is not None:
            place.append(f"character {self.at.character + 1}")
        head = ", ".join(place)
        lines = [f"{head}: {self.message}" if head else self.message]
        if self.at.text is not None and self.at.character is not None and "\n" not in self.at.text:
            lines += [f"  {self.at.text}", "  " + " " * self.at.character + "^"]
        return "\n".join(lines)

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
    # experiment
    "unknown-hyperparameter": N_("There is no hyperparameter {name}; there are {known}."),
    "unknown-hyperparameter-near": N_("There is no hyperparameter {name}; did you mean {near}?"),
    "unknown-section": N_("{name} is not part of an experiment file; its parts are {known}."),
    "unknown-section-near": N_("{name} is not part of an experiment file; did you mean {near}?"),
    "unknown-parameter": N_("The problem has no parameter {name}; it has {known}."),
    "unknown-parameter-near": N_("The problem has no parameter {name}; did you mean {near}?"),
    "no-parameters": N_("The problem has no parameters, so {name} cannot be set."),
    "unknown-term": N_("There is no loss term {name}; there are {known}."),
    "unknown-term-near": N_("There is no loss term {name}; did you mean {near}?"),
    "not-a-table": N_("{name} must be a table of names and values."),
    "no-limit": N_("A run needs a limit: steps, seconds, or both."),
    "no-problem": N_('An experiment needs a problem: problem = "NAME" for one of the library, or a [problem] table.'),
    "file-too-large": N_("The file has {size} bytes; at most {limit} are read."),
    "not-toml": N_("This is not a TOML file: {reason}."),
    "activation-too-rough": N_(
        "The equation needs a derivative of order {order}, and {activation} has none above order {smoothness}: the network cannot learn it. "
        "Choose a smooth activation, such as tanh."
    ),
    # expressions
    "expression-too-long": N_("An expression may have {limit} characters at most."),
    "bad-character": N_("The character {character} has no meaning here."),
    "bad-character-near": N_("The character {character} has no meaning here; did you mean `{near}`?"),
    "number-too-large": N_("The number {found} is too large."),
    "operand-expected": N_("Expected a number, a name or an opening bracket, but found `{found}`."),
    "operand-missing": N_("Expected a number, a name or an opening bracket, but the text ends here."),
    "operator-expected": N_("Expected an operator or the end, but found `{found}`."),
    "operator-missing": N_("Expected an operator before `{found}`; is `{near}` meant?"),
    "closing-expected": N_("Expected an operator or a closing bracket, but found `{found}`."),
    "bracket-not-closed": N_("This bracket is never closed."),
    "bracket-not-opened": N_("This bracket closes none that is open."),
    "unknown-name": N_("`{name}` is not known here."),
    "unknown-name-near": N_("`{name}` is not known here; did you mean `{near}`?"),
    "no-unknown": N_("`{derivative}` is no derivative: `{name}` is not an unknown; unknowns are: {unknowns}."),
    "no-coordinate": N_("`{derivative}` is no derivative: `{name}` is not a coordinate; coordinates are: {coordinates}."),
    "order-too-high": N_("`{name}` is a derivative of order {order}; the highest order is {limit}."),
    "brackets-missing": N_("`{name}` needs its arguments in brackets, as in `{name}(…)`."),
    "boundary-alone": N_("`boundary` has a meaning only as the place of an unknown, as in `u(boundary)`."),
    "not-a-function": N_("`{name}` is not a function; for a product write `{name}*(…)`."),
    "wrong-arity": N_("The number of arguments of `{name}` must be {expected}, but is {got}."),
    "wrong-place": N_("The number of arguments of `{name}` must be {expected} ({coordinates}), but is {got}."),
    "place-varies": N_("Here `{name}` must be given `{coordinate}` itself or a constant."),
    "differential-incomplete": N_("`D` needs to know along what to differentiate, as in `D(u^2, x)` or `D(u^2, x, 2)`."),
    "coordinate-expected": N_("Expected a coordinate here; coordinates are: {coordinates}."),
    "order-expected": N_("The order must be a whole number from 1 to {limit}, but is `{found}`."),
    "equals-missing": N_("An equation has two sides with `=` between them, but here is no `=`."),
    "equals-twice": N_("An equation has one `=`, but this is the second."),
    "equals-unexpected": N_("An expression has no `=`."),
    "too-many-parts": N_("The expression has more than {limit} parts; split it, for instance by definitions."),
    "too-deep": N_("The expression is nested more than {limit} deep."),
    "division-by-zero": N_("`{expression}` divides by zero."),
    "too-large": N_("`{expression}` is too large to be computed."),
    "not-real": N_("`{expression}` has no real value."),
    "not-constant": N_("A constant is needed here, but the expression depends on {names}."),
    "grows-too-large": N_("With its definitions and derivatives written out, the expression has more than {limit} parts."),
    "not-a-name": N_("A name must be letters, digits and _, beginning with a letter, but got {name}."),
    "not-a-letter": N_("A coordinate must be a single letter, but got {name}."),
    "name-reserved": N_("The name {name} has a meaning of its own; choose another one."),
    "name-twice": N_("The name {name} is given twice."),
}
