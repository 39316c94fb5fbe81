"""Caffe: a network of ready-made layers, described once. It differentiates by weights alone: u's derivatives are layers, by hand."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("GLOG_minloglevel", "2")

import caffe
from caffe import layers as L

PACKAGE = "caffe"


class Blob:
    """Arithmetic for what layers give."""

    def __init__(self, top):
        self.top = top

    def __add__(self, other):
        return Blob(L.Eltwise(self.top, other.top) if isinstance(other, Blob) else L.Power(self.top, shift=other))

    def __mul__(self, other):
        return Blob(L.Eltwise(self.top, other.top, operation=0) if isinstance(other, Blob) else L.Power(self.top, scale=other))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


class Program:
    def __init__(self, task):
        self.task, self.residual = task, task.residual
        self.temporary = tempfile.TemporaryDirectory()  # as long as the program lives
        self.folder = Path(self.temporary.name)
        self.solver = self.solve()
        for i, (weight, bias) in enumerate(task.weights):
            stored = self.solver.net.params[f"layer{i}"]
            stored[0].data[...], stored[1].data[...] = weight.T, bias

    def solve(self):
        net, solver, state = self.folder / "net.prototxt", self.folder / "solver.prototxt", self.folder / "state"
        net.write_text(str(self.net().to_proto()))
        solver.write_text(
            f'net: "{net}" snapshot: 1000000000 snapshot_prefix: "{state}" '
            'type: "Adam" base_lr: 1e-3 lr_policy: "fixed" momentum: 0.9 momentum2: 0.999 delta: 1e-8'
        )
        solver = caffe.get_solver(str(solver))
        for name in ("points", "forcing", "condition_points", "condition_values"):
            solver.net.blobs[name].data[...] = getattr(self.task, name)
        for axis in range(self.task.points.shape[1]):
            solver.net.blobs[f"along{axis}"].data[:, axis] = 1
        return solver

    def net(self):
        net, task = caffe.NetSpec(), self.task
        for name in ("points", "forcing", "condition_points", "condition_values"):
            net[name] = L.Input(shape={"dim": list(getattr(task, name).shape)})
        net.zero = L.Input(shape={"dim": list(task.forcing.shape)})
        firsts = []
        for axis in range(task.points.shape[1]):
            net[f"along{axis}"] = L.Input(shape={"dim": list(task.points.shape)})
            firsts.append(Blob(net[f"along{axis}"]))
        value, second, condition = Blob(net.points), None, Blob(net.condition_points)
        last = len(task.weights) - 1
        for i in range(last + 1):
            linear, slope = self.linear(i), self.linear(i, bias_term=False)
            value, firsts, second, condition = (
                linear(value),
                [slope(first) for first in firsts],
                second and slope(second),
                linear(condition),
            )
            net[f"layer{i}"] = value.top
            if i < last:
                value, condition = Blob(L.TanH(value.top)), Blob(L.TanH(condition.top))
                one = 1 - value * value
                bend = value * one * firsts[0] * firsts[0] * -2
                second = bend + one * second if second else bend
                firsts = [one * first for first in firsts]
        residual = self.residual(value, firsts, second, Blob(net.forcing))
        net.equation_loss = L.EuclideanLoss(residual.top, net.zero, loss_weight=2)  # it halves
        net.condition_loss = L.EuclideanLoss(condition.top, net.condition_values, loss_weight=2)
        return net

    def linear(self, i, **settings):
        """Applies the weights of layer `i`, which all layers of that number share."""
        shared = [{"name": f"weight{i}"}, {"name": f"bias{i}"}][: 2 if settings.get("bias_term", True) else 1]
        return lambda blob: Blob(L.InnerProduct(blob.top, num_output=len(self.task.weights[i][1]), param=shared, **settings))

    def step(self):
        self.solver.step(1)
        blobs = self.solver.net.blobs
        return 2 * (float(blobs["equation_loss"].data) + float(blobs["condition_loss"].data))

    def rebuild(self):
        self.solver.snapshot()  # only files carry Adam's state over
        state = self.folder / f"state_iter_{self.solver.iter}.solverstate"
        self.solver = self.solve()
        self.solver.restore(str(state))
