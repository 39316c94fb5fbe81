"""Which frameworks there are, whether they can run here, and how each is run."""

from __future__ import annotations

import ast
import io
import json
import os
import sys
import tokenize
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.errands.batch import Errand
from core.errors import N_
from core.why_pytorch.frameworks import installing
from core.why_pytorch.frameworks.task import TASKS

HERE = Path(__file__).resolve().parent
RECORDS = HERE / "records"
"""What was measured once, where a framework cannot run: `NAME-TASK.json`, with `date`, `machine` and the events of the race."""


@dataclass(frozen=True)
class Framework:
    """One way to train: a file of `programs/`, or more than one setting of one package.

    `package` is what is imported, `install` what pip installs. A framework with a `variable` needs an interpreter of its own: its path
    is in the environment under that name.
    """

    name: str
    label: str
    package: str
    derivatives: str
    about: str
    install: str = ""
    variable: str = ""

    @property
    def source(self) -> Path:
        """The program."""
        return HERE / "programs" / f"{self.name}.py"

    @property
    def python(self) -> str | None:
        """The interpreter that runs it; None where there is none."""
        if not self.source.exists():
            return None
        if self.variable:
            return os.environ.get(self.variable) or None
        return sys.executable if find_spec(self.package) else installing.interpreter(self.package)

    @property
    def lines(self) -> int:
        """Lines of code of the program, without blank lines, comments and docstrings; none where there is no program."""
        if not self.source.exists():
            return 0
        text = self.source.read_text(encoding="utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        code = {row for token in tokens if token.type not in _NO_CODE for row in range(token.start[0], token.end[0] + 1)}
        return len(code - _docstrings(text))

    def takes(self, task: str) -> bool:
        """Whether there is a program for a task; one with derivatives worked out by hand has it for those of `TASKS` alone."""
        return task in TASKS or self.derivatives not in (HAND, PAPER)

    def errand(self, task: str, steps: int, change: int) -> Errand | None:
        """The errand that runs the framework on one of `TASKS`, or on a file that states one; None where it cannot run here."""
        if self.python is None or not self.takes(task):
            return None
        arguments = (self.name, task, "--steps", str(steps), "--change", str(change))
        return Errand(self.name, "core.why_pytorch.frameworks.race", arguments, self.python)

    def record(self, task: str) -> dict[str, Any] | None:
        """The measurements that were made of the framework once, on another machine."""
        if task not in TASKS:
            return None
        file = RECORDS / f"{self.name}-{task}.json"
        if not file.exists():
            return None
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER
}  # fmt: skip


def _docstrings(text: str) -> set[int]:
    """The numbers of the lines that are docstrings."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    found = [node.body[0] for node in nodes if node.body and ast.get_docstring(node) is not None]
    return {row for node in found for row in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


YES, BACKEND, HAND, PAPER = N_("yes"), N_("by its backend"), N_("by hand"), N_("on paper")

FRAMEWORKS = {
    found.name: found
    for found in (
        Framework("pytorch", "PyTorch", "torch", YES, N_("Every step builds its graph anew, from whatever Python runs.")),
        Framework("pytorch_compiled", "PyTorch (compiled)", "torch", YES, N_("The step is recorded once and compiled.")),
        Framework("tensorflow", "TensorFlow (eager)", "tensorflow", YES, N_("Every operation at once, on a tape."), "tensorflow-cpu"),
        Framework("tensorflow_graph", "TensorFlow (graph)", "tensorflow", YES, N_("tf.function records the step once."), "tensorflow-cpu"),
        Framework("tensorflow_xla", "TensorFlow (XLA)", "tensorflow", YES, N_("The recorded step, compiled by XLA."), "tensorflow-cpu"),
        Framework("jax_jit", "JAX", "jax", YES, N_("Functions are transformed, then compiled by XLA."), "jax"),
        Framework("keras_pytorch", "Keras on PyTorch", "keras", BACKEND, N_("Keras' layers; PyTorch differentiates."), "keras"),
        Framework("keras_tensorflow", "Keras on TensorFlow", "keras", BACKEND, N_("Keras' layers in a TensorFlow graph."), "keras"),
        Framework("keras_jax", "Keras on JAX", "keras", BACKEND, N_("Keras' layers, compiled through JAX."), "keras"),
        Framework(
            "pytensor", "PyTensor", "pytensor", YES, N_("Theano's living successor: a symbolic graph, compiled by Numba."), "pytensor"
        ),
        Framework("numpy_by_hand", "NumPy by hand", "numpy", PAPER, N_("Every derivative worked out on paper and written down.")),
        Framework(
            "theano", "Theano", "theano", YES, N_("The first to differentiate symbolic graphs; no longer made."), "", "TANGENTE_THEANO"
        ),
        Framework("cntk", "CNTK", "cntk", HAND, N_("Microsoft's toolkit; no longer made."), "", "TANGENTE_CNTK"),
        Framework("caffe", "Caffe", "caffe", HAND, N_("Networks of ready-made layers; no longer made."), "", "TANGENTE_CAFFE"),
    )
}
