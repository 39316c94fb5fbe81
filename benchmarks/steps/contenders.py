"""The contenders: a row for each.

A contender's module has `build(workload, variant)`, which sets up a training and returns what takes so many steps of it.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.steps import tangente

PLAIN = "plain"
"""The one that the others are compared with."""
PIN = "pip install -r requirements-benchmarks.txt"


@dataclass(frozen=True)
class Contender:
    """`module` has `build(workload, variant)`; `packages` are what it needs, under the names of their distributions."""

    label: str
    module: str
    packages: tuple[str, ...]
    variant: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def missing(self) -> str:
        """The reason why the contender cannot take part here; empty where it can."""
        if self.module == tangente.__name__:
            return _no_engine(self.variant)
        for package in self.packages:
            try:
                importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                return f"{package} is not installed ({PIN})"
        return ""

    def versions(self) -> dict[str, str]:
        """The versions of its packages."""
        return {package: importlib.metadata.version(package) for package in self.packages}


def _no_engine(engine: str) -> str:
    engines = tangente.engines()
    if engine and (len(engines) == 1 or engine not in engines):
        return f"there is no choice of an engine {engine}"
    return "each of its engines takes part by itself" if not engine and len(engines) > 1 else ""


def _ours(engine: str = "") -> Contender:
    return Contender(f"Tangente, {engine}" if engine else "Tangente", tangente.__name__, ("torch",), engine)


def _deepxde(backend: str, label: str, *packages: str) -> Contender:
    return Contender(f"DeepXDE on {label}", "benchmarks.steps.deepxde", ("deepxde", *packages), backend, {"DDE_BACKEND": backend})


CONTENDERS = {
    PLAIN: Contender("plain PyTorch loop", "benchmarks.steps.plain", ("torch",)),
    "tangente": _ours(),
    "tangente autograd": _ours("autograd"),
    "tangente jets": _ours("jets"),
    "tangente native": _ours("native"),
    "deepxde": _deepxde("pytorch", "PyTorch", "torch"),
    "deepxde jax": _deepxde("jax", "JAX", "jax", "flax", "optax"),
    "neurodiffeq": Contender("neurodiffeq", "benchmarks.steps.neurodiffeq", ("neurodiffeq", "torch")),
    "pina": Contender("PINA", "benchmarks.steps.pina", ("pina-mathlab", "torch")),
    "jinns": Contender("jinns", "benchmarks.steps.jinns", ("jinns", "jax")),
    "jax nested": Contender("JAX by hand, nested grad", "benchmarks.steps.jax_nested", ("jax",)),
    "jax taylor": Contender("JAX by hand, Taylor mode", "benchmarks.steps.jax_taylor", ("jax",)),
}


def usual() -> list[str]:
    """All but those of ours that there is no use for here: engines, where there is no choice, or none in particular, where there is."""
    return [name for name, contender in CONTENDERS.items() if contender.module != tangente.__name__ or not contender.missing()]
