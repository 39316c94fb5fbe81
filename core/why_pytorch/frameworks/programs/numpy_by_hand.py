"""NumPy by hand: every derivative worked out on paper, those of the two tasks' equations too: a third equation needs paper first."""

import numpy as np

PACKAGE = "numpy"
PARTIALS = {  # of the residual, by u, by each first derivative and by the second one
    ("ode", "residual"): lambda u, first, task: (0.0, [0.0], 1.0),
    ("ode", "changed"): lambda u, first, task: (0.0, [0.0], 1.0),
    ("burgers", "residual"): lambda u, first, task: (first[0], [u, 1.0], -0.01 / np.pi),
    ("burgers", "changed"): lambda u, first, task: (first[0] + 5, [u, 1.0], -0.01 / np.pi),
}


def tanh(a):
    """The streams of tanh(u), (2 + d, n, width), from u, its first derivatives and u_xx; and tanh's first three derivatives."""
    s = np.tanh(a[0])
    one = 1 - s**2
    two = -2 * s * one
    three = (6 * s**2 - 2) * one
    return np.concatenate([s[None], one * a[1:-1], (two * a[1] ** 2 + one * a[-1])[None]]), (one, two, three)


def tanh_back(a, slopes, out):
    """The loss's derivatives by `a`, from those by its tanh, `out`."""
    one, two, three = slopes
    back = one * out
    back[0] += two * (out[1:-1] * a[1:-1]).sum(0) + out[-1] * (three * a[1] ** 2 + two * a[-1])
    back[1] += 2 * two * a[1] * out[-1]
    return back


class Program:
    def __init__(self, task):
        self.task, self.residual = task, task.residual
        self.weights = [array.copy() for layer in task.weights for array in layer]
        self.means, self.squares = [np.zeros_like(array) for array in self.weights], [np.zeros_like(array) for array in self.weights]
        self.steps = 0
        points = np.concatenate([task.points, task.condition_points])
        along = [np.broadcast_to(axis, points.shape) for axis in np.eye(points.shape[1], dtype=points.dtype)]
        self.start = np.stack([points, *along, np.zeros_like(points)])  # (2 + d, points and condition points, d)

    def loss_and_gradients(self):
        z, notes = self.start, []
        for weight, bias in zip(self.weights[::2], self.weights[1::2]):
            a = z @ weight
            a[0] += bias
            notes.append((z, a))
            z, slopes = tanh(a)
            notes[-1] += (slopes,)
        n, u, misses = len(self.task.points), a[:, : len(self.task.points)], a[0, len(self.task.points) :] - self.task.condition_values
        residual = self.residual(u[0], u[1:-1], u[-1], self.task.forcing)
        loss = np.mean(residual**2) + np.mean(misses**2)
        by_u, by_first, by_second = PARTIALS[self.task.name, self.residual.__name__](u[0], u[1:-1], self.task)
        back = np.zeros_like(a)
        for row, partial in zip(back, [by_u, *by_first, by_second]):
            row[:n] = 2 / n * residual * partial
        back[0, n:] = 2 / len(misses) * misses
        gradients = []
        for layer in reversed(range(len(notes))):
            z, a, slopes = notes[layer]
            if layer < len(notes) - 1:
                back = tanh_back(a, slopes, back)
            gradients = [np.einsum("kni,kno->io", z, back, optimize=True), back[0].sum(0), *gradients]
            back = back @ self.weights[2 * layer].T
        return loss, gradients

    def step(self):
        loss, gradients = self.loss_and_gradients()
        self.steps += 1
        for weight, gradient, mean, square in zip(self.weights, gradients, self.means, self.squares):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            weight -= 0.001 * mean / (1 - 0.9**self.steps) / (np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8)
        return float(loss)
