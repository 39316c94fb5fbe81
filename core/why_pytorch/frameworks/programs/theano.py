"""Theano: the step is a symbolic graph, differentiated as symbols and compiled to C once."""

import theano
import theano.tensor as T

PACKAGE = "theano"
theano.config.floatX = "float32"


class Program:
    def __init__(self, task):
        self.layers = [(theano.shared(weight), theano.shared(bias)) for weight, bias in task.weights]
        self.parameters = [parameter for layer in self.layers for parameter in layer]
        self.moments = [(theano.shared(p.get_value() * 0), theano.shared(p.get_value() * 0)) for p in self.parameters]
        self.count = theano.shared(task.points.dtype.type(0))
        self.points, self.forcing = theano.shared(task.points), theano.shared(task.forcing)
        self.condition_points, self.condition_values = theano.shared(task.condition_points), theano.shared(task.condition_values)
        self.residual = task.residual
        self.rebuild()

    def network(self, x):
        for weight, bias in self.layers[:-1]:
            x = T.tanh(T.dot(x, weight) + bias)
        weight, bias = self.layers[-1]
        return T.dot(x, weight) + bias

    def adam(self, loss):
        count = self.count + 1
        updates = [(self.count, count)]
        for parameter, gradient, (mean, square) in zip(self.parameters, T.grad(loss, self.parameters), self.moments):
            new_mean, new_square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            step = 1e-3 * new_mean / (1 - 0.9**count) / (T.sqrt(new_square / (1 - 0.999**count)) + 1e-8)
            updates += [(mean, new_mean), (square, new_square), (parameter, parameter - step)]
        return updates

    def rebuild(self):
        u = self.network(self.points)
        gradient = T.grad(u.sum(), self.points)
        first = [gradient[:, i : i + 1] for i in range(self.points.get_value().shape[1])]
        second = T.grad(first[0].sum(), self.points)[:, :1]
        residual = self.residual(u, first, second, self.forcing)
        loss = T.mean(residual**2) + T.mean((self.network(self.condition_points) - self.condition_values) ** 2)
        self.step = theano.function([], loss, updates=self.adam(loss))
