"""PyTorch, eager: every step builds its graph anew, from whatever Python runs."""

import torch
from torch import nn

PACKAGE = "torch"


class Program:
    def __init__(self, task):
        layers = []
        for weight, bias in task.weights:
            layer = nn.Linear(*weight.shape)
            layer.weight.data, layer.bias.data = torch.tensor(weight.T), torch.tensor(bias)
            layers += [layer, nn.Tanh()]
        self.network = nn.Sequential(*layers[:-1])
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        self.mse = nn.MSELoss()
        self.points = torch.tensor(task.points, requires_grad=True)
        self.forcing = torch.tensor(task.forcing)
        self.condition_points, self.condition_values = torch.tensor(task.condition_points), torch.tensor(task.condition_values)
        self.residual = task.residual

    def step(self):
        self.optimiser.zero_grad()
        u = self.network(self.points)
        (gradient,) = torch.autograd.grad(u.sum(), self.points, create_graph=True)
        first = gradient.split(1, dim=1)
        (second,) = torch.autograd.grad(first[0].sum(), self.points, create_graph=True)
        residual = self.residual(u, first, second[:, :1], self.forcing)
        loss = self.mse(residual, torch.zeros_like(residual)) + self.mse(self.network(self.condition_points), self.condition_values)
        loss.backward()
        self.optimiser.step()
        return loss.item()
