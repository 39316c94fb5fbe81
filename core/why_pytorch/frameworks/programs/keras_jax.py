"""Keras on JAX: layers and optimiser are Keras', called without state, so that JAX can differentiate and compile them."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras

PACKAGE = "keras"


class Program:
    def __init__(self, task):
        layers = [keras.layers.Dense(len(bias), "tanh") for _, bias in task.weights[:-1]]
        self.model = keras.Sequential([keras.Input(task.points.shape[1:]), *layers, keras.layers.Dense(1)])
        self.model.set_weights([array for layer in task.weights for array in layer])
        self.optimiser = keras.optimizers.Adam(1e-3, epsilon=1e-8)
        self.optimiser.build(self.model.trainable_variables)
        self.mse = keras.losses.MeanSquaredError()
        self.points, self.forcing = jnp.array(task.points), jnp.array(task.forcing)
        self.condition_points, self.condition_values = jnp.array(task.condition_points), jnp.array(task.condition_values)
        self.weights = [variable.value for variable in self.model.trainable_variables]
        self.state = [variable.value for variable in self.optimiser.variables]
        self.residual = task.residual
        self.rebuild()

    def network(self, weights, x):
        return self.model.stateless_call(weights, [], x)[0]

    def loss(self, weights):
        along_x = jnp.zeros_like(self.points).at[:, 0].set(1)
        slopes = jax.grad(lambda x: self.network(weights, x).sum())
        u = self.network(weights, self.points)
        gradient, second = jax.jvp(slopes, (self.points,), (along_x,))
        residual = self.residual(u, jnp.split(gradient, gradient.shape[1], axis=1), second[:, :1], self.forcing)
        misses = self.mse(self.condition_values, self.network(weights, self.condition_points))
        return self.mse(jnp.zeros_like(residual), residual) + misses

    def rebuild(self):
        @jax.jit
        def train(weights, state):
            loss, gradients = jax.value_and_grad(self.loss)(weights)
            return loss, *self.optimiser.stateless_apply(state, gradients, weights)

        self.train = train

    def step(self):
        loss, self.weights, self.state = self.train(self.weights, self.state)
        return loss.item()
