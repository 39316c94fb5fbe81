"""Keras on PyTorch: layers and optimiser are Keras', the derivatives PyTorch's, every step anew."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

PACKAGE = "keras"


class Program:
    def __init__(self, task):
        layers = [keras.layers.Dense(len(bias), "tanh") for _, bias in task.weights[:-1]]
        self.model = keras.Sequential([keras.Input(task.points.shape[1:]), *layers, keras.layers.Dense(1)])
        self.model.set_weights([array for layer in task.weights for array in layer])
        self.optimiser = keras.optimizers.Adam(1e-3, epsilon=1e-8)
        self.mse = keras.losses.MeanSquaredError()
        self.points = torch.tensor(task.points, requires_grad=True)
        self.forcing = torch.tensor(task.forcing)
        self.condition_points, self.condition_values = torch.tensor(task.condition_points), torch.tensor(task.condition_values)
        self.residual = task.residual

    def step(self):
        self.model.zero_grad()
        u = self.model(self.points)
        (gradient,) = torch.autograd.grad(u.sum(), self.points, create_graph=True)
        first = gradient.split(1, dim=1)
        (second,) = torch.autograd.grad(first[0].sum(), self.points, create_graph=True)
        residual = self.residual(u, first, second[:, :1], self.forcing)
        loss = self.mse(torch.zeros_like(residual), residual) + self.mse(self.condition_values, self.model(self.condition_points))
        loss.backward()
        variables = self.model.trainable_weights
        with torch.no_grad():
            self.optimiser.apply([variable.value.grad for variable in variables], variables)
        return loss.item()
