"""CNTK: a graph, evaluated in C++. It differentiates by parameters, not within a loss, so that u's derivatives are propagated by hand."""

import cntk as C
import numpy as np

PACKAGE = "cntk"


class Program:
    def __init__(self, task):
        self.layers = [(C.parameter(init=weight), C.parameter(init=bias)) for weight, bias in task.weights]
        self.sample = task.points[None]  # all points are one sample
        self.points, self.forcing = C.input_variable(task.points.shape), C.constant(task.forcing)
        self.condition_points, self.condition_values = C.constant(task.condition_points), C.constant(task.condition_values)
        self.learner = C.adam(
            [parameter for layer in self.layers for parameter in layer],
            lr=C.learning_parameter_schedule(1e-3),
            momentum=C.momentum_schedule(0.9),
            variance_momentum=C.momentum_schedule(0.999),
            epsilon=1e-8,
        )
        self.residual = task.residual
        self.rebuild()

    def network(self, x):
        for weight, bias in self.layers[:-1]:
            x = C.tanh(C.times(x, weight) + bias)
        weight, bias = self.layers[-1]
        return C.times(x, weight) + bias

    def derivatives(self, x):
        """u, its first derivatives, and the second one along the first coordinate."""
        value, second = x, C.constant(0, x.shape)
        firsts = [C.constant(np.broadcast_to(axis, x.shape).copy()) for axis in np.eye(x.shape[1], dtype=np.float32)]
        for i, (weight, bias) in enumerate(self.layers):
            value = C.times(value, weight) + bias
            firsts, second = [C.times(first, weight) for first in firsts], C.times(second, weight)
            if i < len(self.layers) - 1:
                value = C.tanh(value)
                one = 1 - value * value
                second = one * (second - 2 * value * firsts[0] * firsts[0])
                firsts = [one * first for first in firsts]
        return value, firsts, second

    def rebuild(self):
        residual = self.residual(*self.derivatives(self.points), self.forcing)
        misses = self.network(self.condition_points) - self.condition_values
        loss = C.reduce_mean(residual * residual) + C.reduce_mean(misses * misses)
        self.trainer = C.Trainer(None, loss, [self.learner])

    def step(self):
        self.trainer.train_minibatch({self.points: self.sample})
        return self.trainer.previous_minibatch_loss_average
