"""PyTorch, compiled: a plain torch.compile of the step has no second derivatives, so that loss and gradients are recorded first."""

import torch
from torch import nn
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import make_fx

PACKAGE = "torch"


class Program:
    def __init__(self, task):
        layers = []
        for weight, bias in task.weights:
            layer = nn.Linear(*weight.shape)
            layer.weight.data, layer.bias.data = torch.tensor(weight.T), torch.tensor(bias)
            layers += [layer, nn.Tanh()]
        self.network = nn.Sequential(*layers[:-1])
        self.parameters = dict(self.network.named_parameters())
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.mse = nn.MSELoss()
        self.points = torch.tensor(task.points, requires_grad=True)
        self.forcing = torch.tensor(task.forcing)
        self.condition_points, self.condition_values = torch.tensor(task.condition_points), torch.tensor(task.condition_values)
        self.residual = task.residual
        self.rebuild()

    def loss_and_gradients(self, parameters, points):
        u = functional_call(self.network, parameters, points)
        (gradient,) = torch.autograd.grad(u.sum(), points, create_graph=True)
        first = gradient.split(1, dim=1)
        (second,) = torch.autograd.grad(first[0].sum(), points, create_graph=True)
        residual = self.residual(u, first, second[:, :1], self.forcing)
        at_conditions = functional_call(self.network, parameters, self.condition_points)
        loss = self.mse(residual, torch.zeros_like(residual)) + self.mse(at_conditions, self.condition_values)
        return loss, torch.autograd.grad(loss, list(parameters.values()))

    def rebuild(self):
        recorded = make_fx(lambda *given: self.loss_and_gradients(*given))(self.parameters, self.points)
        self.compiled = torch.compile(recorded)

    def step(self):
        with torch.no_grad():
            loss, gradients = self.compiled(self.parameters, self.points)
        for parameter, gradient in zip(self.network.parameters(), gradients):
            parameter.grad = gradient
        self.optimiser.step()
        return loss.item()
