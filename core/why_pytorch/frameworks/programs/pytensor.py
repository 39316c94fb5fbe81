"""PyTensor: the whole step is one symbolic graph, gradients included, compiled before there is a number."""

import numpy as np
import pytensor
import pytensor.tensor as pt

PACKAGE = "pytensor"
pytensor.config.floatX = "float32"


class Program:
    def __init__(self, task):
        self.weights = [(pytensor.shared(weight), pytensor.shared(bias)) for weight, bias in task.weights]
        self.variables = [variable for layer in self.weights for variable in layer]
        self.moments = [
            (pytensor.shared(np.zeros_like(v.get_value())), pytensor.shared(np.zeros_like(v.get_value()))) for v in self.variables
        ]
        self.steps = pytensor.shared(np.float32(0))
        self.points, self.forcing = pytensor.shared(task.points), pytensor.shared(task.forcing)
        self.condition_points, self.condition_values = pytensor.shared(task.condition_points), pytensor.shared(task.condition_values)
        self.coordinates = task.points.shape[1]
        self.residual = task.residual
        self.rebuild()

    def network(self, x):
        for weight, bias in self.weights[:-1]:
            x = pt.tanh(x @ weight + bias)
        weight, bias = self.weights[-1]
        return x @ weight + bias

    def adam(self, loss):
        number = self.steps + 1
        updates = {self.steps: number}
        for variable, gradient, (mean, square) in zip(self.variables, pt.grad(loss, self.variables), self.moments):
            updates[mean] = 0.9 * mean + 0.1 * gradient
            updates[square] = 0.999 * square + 0.001 * gradient**2
            scale = pt.sqrt(updates[square] / (1 - 0.999**number)) + 1e-8
            updates[variable] = variable - 0.001 * updates[mean] / (1 - 0.9**number) / scale
        return updates

    def rebuild(self):
        u = self.network(self.points)
        gradient = pt.grad(u.sum(), self.points)
        first = [gradient[:, i : i + 1] for i in range(self.coordinates)]
        second = pt.grad(first[0].sum(), self.points)[:, :1]
        residual = self.residual(u, first, second, self.forcing)
        misses = self.network(self.condition_points) - self.condition_values
        loss = pt.mean(residual**2) + pt.mean(misses**2)
        self.train = pytensor.function([], loss, updates=self.adam(loss))

    def step(self):
        return self.train().item()
