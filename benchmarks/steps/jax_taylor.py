"""JAX by hand in Taylor mode: value, first and second derivatives go through the layers together, in one product each; `jit` around it."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from benchmarks.steps.jax_training import Weights, training
from benchmarks.steps.workloads import Axes, Steps, Workload


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    return training(workload, derivatives)


def derivatives(weights: Weights, points: jax.Array, wanted: tuple[Axes, ...]) -> list[jax.Array]:
    """(n,) each, of the first order, or of the second along one axis.

    After tanh: y = tanh(z), y' = (1 − y²) z', y'' = (1 − y²) (z'' − 2 y z'²).
    """
    count, first = len(points), sorted({axes[0] for axes in wanted if axes})
    second = [axis for axis in first if (axis, axis) in wanted]
    ones = [jnp.zeros_like(points).at[:, axis].set(1) for axis in first]
    streams = jnp.concatenate([points, *ones, *[jnp.zeros_like(points) for _ in second]])  # (streams n, d)
    *hidden, (matrix, bias) = weights
    for inner, shift in hidden:
        products = jnp.split(streams @ inner, 1 + len(first) + len(second))  # (n, width) each
        y = jnp.tanh(products[0] + shift)
        slope = 1 - y * y
        z_1 = dict(zip(first, products[1 : 1 + len(first)], strict=True))
        z_2 = dict(zip(second, products[1 + len(first) :], strict=True))
        tops = [slope * (z_2[axis] - 2 * y * z_1[axis] ** 2) for axis in second]
        streams = jnp.concatenate([y, *[slope * z_1[axis] for axis in first], *tops])
    found = (streams @ matrix).reshape(-1, count)
    names: list[Axes] = [(), *((axis,) for axis in first), *((axis, axis) for axis in second)]
    values = dict(zip(names, found, strict=True))
    values[()] = values[()] + bias[0]
    return [values[axes] for axes in wanted]
