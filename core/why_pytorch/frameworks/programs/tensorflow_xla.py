"""TensorFlow, XLA: the recorded step is compiled to machine code as a whole, by one argument more."""

import tensorflow as tf

PACKAGE = "tensorflow"


class Program:
    def __init__(self, task):
        self.weights = [(tf.Variable(weight), tf.Variable(bias)) for weight, bias in task.weights]
        self.variables = [variable for layer in self.weights for variable in layer]
        self.optimiser = tf.optimizers.Adam(1e-3, epsilon=1e-8)
        self.points, self.forcing = tf.constant(task.points), tf.constant(task.forcing)
        self.condition_points, self.condition_values = tf.constant(task.condition_points), tf.constant(task.condition_values)
        self.residual = task.residual
        self.optimiser.build(self.variables)
        self.rebuild()

    def network(self, x):
        for weight, bias in self.weights[:-1]:
            x = tf.tanh(x @ weight + bias)
        weight, bias = self.weights[-1]
        return x @ weight + bias

    def train(self):
        with tf.GradientTape() as tape:
            with tf.GradientTape() as outer:
                outer.watch(self.points)
                with tf.GradientTape() as inner:
                    inner.watch(self.points)
                    u = self.network(self.points)
                first = tf.split(inner.gradient(u, self.points), self.points.shape[1], axis=1)
            second = outer.gradient(first[0], self.points)[:, :1]
            residual = self.residual(u, first, second, self.forcing)
            misses = self.network(self.condition_points) - self.condition_values
            loss = tf.reduce_mean(residual**2) + tf.reduce_mean(misses**2)
        self.optimiser.apply_gradients(zip(tape.gradient(loss, self.variables), self.variables))
        return loss

    def rebuild(self):
        self.recorded = tf.function(self.train, jit_compile=True)

    def step(self):
        return self.recorded().numpy()
