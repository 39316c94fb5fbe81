"""JAX by hand, as its users write it: a function of one point, `grad` of `grad` of it, `vmap` over all points, `jit` around the whole."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from benchmarks.steps.jax_training import Weights, training
from benchmarks.steps.workloads import Axes, Steps, Workload


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    return training(workload, derivatives)


def network(weights: Weights, *point: jax.Array) -> jax.Array:
    """The output, (), at one point, whose coordinates are given one by one."""
    values = jnp.stack(point)
    *hidden, (matrix, bias) = weights
    for inner, shift in hidden:
        values = jnp.tanh(values @ inner + shift)
    return (values @ matrix + bias)[0]


def derivatives(weights: Weights, points: jax.Array, wanted: tuple[Axes, ...]) -> list[jax.Array]:
    """(n,) each; what several have in common, the compiler computes once."""

    def at_one(*point: jax.Array) -> list[jax.Array]:
        found = []
        for axes in wanted:
            function = network
            for axis in axes:
                function = jax.grad(function, argnums=1 + axis)
            found.append(function(weights, *point))
        return found

    found: list[jax.Array] = jax.vmap(at_one)(*points.T)
    return found
