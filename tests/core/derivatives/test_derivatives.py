import pytest
import torch

from core.derivatives.reverse import derivatives
from core.expressions import Derivative

COLUMNS = {name: torch.linspace(0.1, 1, 9, dtype=torch.float64)[:, None].requires_grad_() for name in ("x", "t")}


def wanted(*orders: str) -> set[Derivative]:
    return {Derivative("u", by) for by in orders}


def test_derivatives_of_a_known_function() -> None:
    x, t = COLUMNS["x"], COLUMNS["t"]
    u = torch.sin(2 * x) * torch.exp(-t)
    found = derivatives({"u": u}, COLUMNS, wanted("", "x", "t", "xx", "xt", "xxx", "xxxx"))
    exact = {
        "": u,
        "x": 2 * torch.cos(2 * x) * torch.exp(-t),
        "t": -u,
        "xx": -4 * u,
        "xt": -2 * torch.cos(2 * x) * torch.exp(-t),
        "xxx": -8 * torch.cos(2 * x) * torch.exp(-t),
        "xxxx": 16 * u,
    }
    assert {item.by for item in found} == exact.keys()
    for item, value in found.items():
        assert value.shape == (9, 1)
        torch.testing.assert_close(value, exact[item.by], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("by", ["x", "xx", "xxx", "t", "tt", "xt"])
def test_a_constant_output_has_zero_derivatives(by: str) -> None:
    found = derivatives({"u": torch.ones(9, 1, dtype=torch.float64)}, COLUMNS, wanted(by))
    assert torch.equal(found[Derivative("u", by)], torch.zeros(9, 1, dtype=torch.float64))


def test_an_output_that_loses_a_coordinate_has_zero_derivatives_from_there_on() -> None:
    found = derivatives({"u": 2 * COLUMNS["x"]}, COLUMNS, wanted("x", "xx", "xxx", "t"))
    assert torch.equal(found[Derivative("u", "x")], torch.full((9, 1), 2.0, dtype=torch.float64))
    for by in ("xx", "xxx", "t"):
        assert torch.equal(found[Derivative("u", by)], torch.zeros(9, 1, dtype=torch.float64))


def test_derivatives_can_be_differentiated_by_the_weights() -> None:
    weight = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    found = derivatives({"u": weight * COLUMNS["x"] ** 3}, COLUMNS, wanted("xx"))
    (gradient,) = torch.autograd.grad(found[Derivative("u", "xx")].sum(), weight)
    torch.testing.assert_close(gradient, (6 * COLUMNS["x"]).sum())


def test_shared_derivatives_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *args, **options: calls.append(1) or real(*args, **options))
    derivatives({"u": torch.sin(COLUMNS["x"] * COLUMNS["t"])}, COLUMNS, wanted("x", "t", "xx", "xt"))
    assert len(calls) == 2  # u → u_x, u_t; u_x → u_xx, u_xt
