"""JAX: pure functions of one point are differentiated, mapped over all points and compiled, each by a function of functions."""

import jax
import jax.numpy as jnp
from jax.example_libraries import optimizers

PACKAGE = "jax"


def network(weights, x):
    *hidden, (weight, bias) = weights
    for inner, shift in hidden:
        x = jnp.tanh(x @ inner + shift)
    return x @ weight + bias


def fields(weights, x):
    """u, its gradient and u_xx at one point: the derivative of the gradient along the first coordinate."""
    along_x = jnp.zeros_like(x).at[0].set(1)
    gradient, second = jax.jvp(jax.grad(lambda x: network(weights, x)[0]), (x,), (along_x,))
    return network(weights, x), gradient, second[:1]


class Program:
    def __init__(self, task):
        self.points, self.forcing = jnp.array(task.points), jnp.array(task.forcing)
        self.condition_points, self.condition_values = jnp.array(task.condition_points), jnp.array(task.condition_values)
        self.adam = optimizers.adam(1e-3)
        self.state = self.adam.init_fn(task.weights)
        self.steps = 0
        self.residual = task.residual
        self.rebuild()

    def loss(self, weights):
        u, gradient, second = jax.vmap(fields, (None, 0))(weights, self.points)
        residual = self.residual(u, jnp.split(gradient, gradient.shape[1], axis=1), second, self.forcing)
        misses = network(weights, self.condition_points) - self.condition_values
        return jnp.mean(residual**2) + jnp.mean(misses**2)

    def rebuild(self):
        @jax.jit
        def train(number, state):
            loss, gradients = jax.value_and_grad(self.loss)(self.adam.params_fn(state))
            return loss, self.adam.update_fn(number, gradients, state)

        self.train = train

    def step(self):
        loss, self.state = self.train(self.steps, self.state)
        self.steps += 1
        return loss.item()
