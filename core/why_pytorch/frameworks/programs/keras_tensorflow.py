"""Keras on TensorFlow: layers and optimiser are Keras', the derivatives TensorFlow's tapes', recorded once by tf.function."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

PACKAGE = "keras"


class Program:
    def __init__(self, task):
        layers = [keras.layers.Dense(len(bias), "tanh") for _, bias in task.weights[:-1]]
        self.model = keras.Sequential([keras.Input(task.points.shape[1:]), *layers, keras.layers.Dense(1)])
        self.model.set_weights([array for layer in task.weights for array in layer])
        self.optimiser = keras.optimizers.Adam(1e-3, epsilon=1e-8)
        self.optimiser.build(self.model.trainable_weights)
        self.mse = keras.losses.MeanSquaredError()
        self.points, self.forcing = tf.constant(task.points), tf.constant(task.forcing)
        self.condition_points, self.condition_values = tf.constant(task.condition_points), tf.constant(task.condition_values)
        self.residual = task.residual
        self.rebuild()

    def train(self):
        with tf.GradientTape() as tape:
            with tf.GradientTape() as outer:
                outer.watch(self.points)
                with tf.GradientTape() as inner:
                    inner.watch(self.points)
                    u = self.model(self.points)
                first = tf.split(inner.gradient(u, self.points), self.points.shape[1], axis=1)
            second = outer.gradient(first[0], self.points)[:, :1]
            residual = self.residual(u, first, second, self.forcing)
            loss = self.mse(tf.zeros_like(residual), residual) + self.mse(self.condition_values, self.model(self.condition_points))
        variables = self.model.trainable_weights
        self.optimiser.apply(tape.gradient(loss, variables), variables)
        return loss

    def rebuild(self):
        self.recorded = tf.function(self.train)

    def step(self):
        return self.recorded().numpy()
