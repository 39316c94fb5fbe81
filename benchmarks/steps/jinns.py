"""jinns, on JAX: its `solve` is one compiled loop, compiled here once for each number of steps, as its documentation allows.

It draws the points by itself, as many. The oscillator's u_t = 0 at the start, for which it has no condition, is a second equation
of t that does not depend on t, which the compiler evaluates once.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import equinox
import jax
import jax.numpy as jnp
import jinns
import optax
from jinns.data import CubicMeshPDENonStatio, CubicMeshPDEStatio, DataGeneratorODE
from jinns.loss import (
    ODE,
    Dirichlet,
    LossODE,
    LossPDENonStatio,
    LossPDEStatio,
    LossWeightsODE,
    LossWeightsPDENonStatio,
    LossWeightsPDEStatio,
    PDENonStatio,
    PDEStatio,
)
from jinns.nn import PINN_MLP
from jinns.parameters import Params

from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Steps, Workload

Stated = tuple[Any, Any]
"""The loss, and what draws the points."""


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    warnings.simplefilter("ignore")
    layers: list[tuple[Any, ...]] = []
    for fan_in, fan_out in zip(workload.sizes, workload.sizes[1:], strict=False):
        layers += [(equinox.nn.Linear, fan_in, fan_out), (jax.nn.tanh,)]
    kind, state = PROBLEMS[workload.problem]
    network, initial = PINN_MLP.create(key=jax.random.PRNGKey(0), eqx_list=tuple(layers[:-1]), eq_type=kind)
    params = Params(nn_params=initial, eq_params={})
    loss, data = state(workload, network, params)
    adam = optax.adam(LEARNING_RATE)
    held: list[Any] = [params, adam.init(params)]

    @equinox.filter_jit  # type: ignore[untyped-decorator]
    def run(count: int, params: Any, memory: Any) -> tuple[Any, Any, Any]:
        found = jinns.solve(
            n_iter=count, init_params=params, data=data, loss=loss, optimizer=adam, opt_state=memory, verbose=False, ahead_of_time=False
        )
        return found[0], found[5], found[1][-1]

    def steps(count: int) -> float:
        held[0], held[1], last = run(count, *held)
        return float(last)

    return steps


class Burgers(PDENonStatio):  # type: ignore[misc]
    def equation(self, t_x: Any, u: Any, params: Any) -> Any:
        def first(t_x: Any) -> Any:
            return jax.grad(lambda t_x: u(t_x, params)[0])(t_x)

        gradient, along_x = jax.jvp(first, (t_x,), (jnp.array([0.0, 1.0]),))
        return gradient[0:1] + u(t_x, params) * gradient[1:2] - NU * along_x[1:2]


class Oscillator(ODE):  # type: ignore[misc]
    def equation(self, t: Any, u: Any, params: Any) -> Any:
        def speed(t: Any) -> Any:
            return jax.grad(lambda t: u(t, params)[0])(t)

        u_t, u_tt = jax.jvp(speed, (t,), (jnp.ones_like(t),))
        return u_tt + 2 * DELTA * u_t + OMEGA**2 * u(t, params)


class Speed(ODE):  # type: ignore[misc]
    def equation(self, t: Any, u: Any, params: Any) -> Any:
        return jax.grad(lambda t: u(t, params)[0])(jnp.zeros(1))


class Poisson(PDEStatio):  # type: ignore[misc]
    def equation(self, x: Any, u: Any, params: Any) -> Any:
        def first(x: Any) -> Any:
            return jax.grad(lambda x: u(x, params)[0])(x)

        twice = [jax.jvp(first, (x,), (along,))[1][axis] for axis, along in enumerate(jnp.eye(2))]
        load = 2 * math.pi**2 * jnp.sin(math.pi * x[0]) * jnp.sin(math.pi * x[1])
        return (-twice[0] - twice[1] - load)[None]


def burgers(workload: Workload, network: Any, params: Any) -> Stated:
    start, end, _ = workload.conditions
    loss = LossPDENonStatio(
        u=network,
        dynamic_loss=Burgers(),
        boundary_condition=Dirichlet(),
        initial_condition_fun=lambda x: -jnp.sin(math.pi * x),
        loss_weights=LossWeightsPDENonStatio(dyn_loss=workload.weight, initial_condition=start.weight, boundary_loss=end.weight),
        params=params,
    )
    data = CubicMeshPDENonStatio(
        key=jax.random.PRNGKey(1), n=workload.points, nb=2 * end.points, ni=start.points, dim=1, min_pts=(-1,), max_pts=(1,), tmin=0, tmax=1
    )
    return loss, data


def oscillator(workload: Workload, network: Any, params: Any) -> Stated:
    start, speed = workload.conditions
    loss = LossODE(
        u=network,
        dynamic_loss=(Oscillator(), Speed()),
        initial_condition=(0.0, jnp.array([1.0])),
        loss_weights=LossWeightsODE(dyn_loss=(workload.weight, speed.weight), initial_condition=start.weight),
        params=params,
    )
    return loss, DataGeneratorODE(key=jax.random.PRNGKey(1), nt=workload.points, tmin=0, tmax=1)


def poisson(workload: Workload, network: Any, params: Any) -> Stated:
    (rim,) = workload.conditions
    loss = LossPDEStatio(
        u=network,
        dynamic_loss=Poisson(),
        boundary_condition=Dirichlet(),
        loss_weights=LossWeightsPDEStatio(dyn_loss=workload.weight, boundary_loss=rim.weight),
        params=params,
    )
    data = CubicMeshPDEStatio(key=jax.random.PRNGKey(1), n=workload.points, nb=rim.points, dim=2, min_pts=(0, 0), max_pts=(1, 1))
    return loss, data


PROBLEMS: dict[str, tuple[str, Callable[[Workload, Any, Any], Stated]]] = {
    "burgers": ("PDENonStatio", burgers),
    "damped-oscillator": ("ODE", oscillator),
    "poisson": ("PDEStatio", poisson),
}
