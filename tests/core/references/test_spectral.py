"""Differentiation and interpolation on spectral grids are exact on polynomials and waves, and accurate on smooth functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.polynomial.chebyshev import Chebyshev as Series
from numpy.typing import NDArray

from core.references.common.spectral import Chebyshev, Fourier

Array = NDArray[np.float64]
Grid = Chebyshev | Fourier


def polynomial(degree: int, low: float, high: float) -> Series:
    return Series(np.random.default_rng(0).uniform(-1, 1, degree + 1), domain=[low, high])


@pytest.mark.parametrize("grid", [Chebyshev(9, -1.5, 2.0), Chebyshev(8, 0.0, 7.0)])
def test_chebyshev_nodes_ascend_from_end_to_end(grid: Chebyshev) -> None:
    nodes = grid.nodes
    assert (nodes[0], nodes[-1]) == (grid.low, grid.high)
    assert (np.diff(nodes) > 0).all()
    assert nodes == pytest.approx(
        (grid.low + grid.high) / 2 - (grid.high - grid.low) / 2 * np.cos(np.pi * np.arange(grid.n) / (grid.n - 1))
    )


def test_fourier_nodes_leave_out_the_right_end() -> None:
    assert Fourier(4, -1.0, 1.0).nodes.tolist() == [-1.0, -0.5, 0.0, 0.5]


@pytest.mark.parametrize("n", [2, 3, 6, 7, 20, 33])
@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_chebyshev_derivatives_are_exact_on_polynomials(n: int, order: int) -> None:
    grid = Chebyshev(n, -1.5, 2.0)
    function = polynomial(min(n - 1, 6), -1.5, 2.0)
    expected = function.deriv(order)(grid.nodes) if order else function(grid.nodes)
    error = np.abs(grid.derivative(order) @ function(grid.nodes) - expected).max()
    assert error <= 2e-15 * n ** (2 * order) * (1 + np.abs(expected).max())


@pytest.mark.parametrize(("order", "error"), [(1, 1e-11), (2, 1e-7), (3, 1e-3)])
def test_chebyshev_derivatives_keep_their_digits_on_fine_grids(order: int, error: float) -> None:
    grid = Chebyshev(128, -1.0, 1.0)
    assert grid.derivative(order) @ np.exp(grid.nodes) == pytest.approx(np.exp(grid.nodes), abs=error)
    assert np.abs(grid.derivative(order) @ np.ones(128)).max() <= 1e-15 * 128 ** (2 * order)


def waves(order: int, x: Array, low: float, high: float) -> Array:
    k = 2 * np.pi / (high - low)
    return (2 * k) ** order * np.sin(2 * k * x + order * np.pi / 2) + k**order * np.cos(k * x + order * np.pi / 2) + (order == 0)


@pytest.mark.parametrize("n", [6, 7, 32, 33])
@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_fourier_derivatives_are_exact_on_waves(n: int, order: int) -> None:
    grid = Fourier(n, 0.5, 3.0)
    expected = waves(order, grid.nodes, 0.5, 3.0)
    assert grid.derivative(order) @ waves(0, grid.nodes, 0.5, 3.0) == pytest.approx(expected, abs=1e-15 * (3.0 * n) ** order + 1e-14)


@pytest.mark.parametrize(("order", "factor"), [(1, 0.0), (2, -16.0), (3, 0.0), (4, 256.0)])
def test_the_highest_mode_of_an_even_number_of_nodes_is_a_cosine(order: int, factor: float) -> None:
    """cos 4x at eight nodes: its odd derivatives vanish there. The square of the first matrix would not be the second."""
    grid = Fourier(8, 0.0, 2 * np.pi)
    highest = np.cos(4 * grid.nodes)
    assert grid.derivative(order) @ highest == pytest.approx(factor * highest, abs=1e-12)


def test_fourier_second_derivative_is_the_textbook_matrix() -> None:
    """Trefethen 2000, equation 3.12, for n = 4 and the period 2π."""
    step, entries = np.pi / 2, Fourier(4, 0.0, 2 * np.pi).derivative(2)[:, 0]
    expected = [-(np.pi**2) / (3 * step**2) - 1 / 6, *(-((-1.0) ** j) / (2 * np.sin(j * step / 2) ** 2) for j in (1, 2, 3))]
    assert entries == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    ("grid", "function"),
    [
        (Chebyshev(40, -1.5, 2.0), np.exp),
        (Chebyshev(7, -1.5, 2.0), polynomial(6, -1.5, 2.0)),
        (Fourier(40, -1.5, 2.0), lambda x: np.exp(np.sin(2 * np.pi * x / 3.5))),
        (Fourier(41, -1.5, 2.0), lambda x: np.exp(np.sin(2 * np.pi * x / 3.5))),
        (Fourier(6, -1.5, 2.0), lambda x: waves(0, x, -1.5, 2.0)),
    ],
)
def test_interpolation_meets_smooth_functions(grid: Grid, function: Callable[[Array], Array]) -> None:
    points = np.concatenate([np.linspace(-1.5, 2.0, 101), grid.nodes, grid.nodes[1:] - 1e-15])
    matrix = grid.interpolation(points)
    assert matrix.shape == (len(points), grid.n)
    assert matrix @ function(grid.nodes) == pytest.approx(function(points), abs=1e-13)
    assert matrix[101 : 101 + grid.n] == pytest.approx(np.eye(grid.n), abs=1e-12)


@pytest.mark.parametrize("n", [16, 17])
@pytest.mark.parametrize(("low", "high"), [(0.0, 2 * np.pi), (-1.0, 1.0), (0.1, 0.7)])
def test_fourier_interpolation_wraps_round(n: int, low: float, high: float) -> None:
    grid = Fourier(n, low, high)
    values = np.random.default_rng(0).normal(size=n)
    assert grid.interpolation(np.array([high])) @ values == pytest.approx(values[:1], abs=1e-12)
    around = grid.interpolation(np.array([low + 0.3, high + 0.3, low - 0.2, high - 0.2])) @ values - np.zeros(4)
    period = grid.interpolation(np.array([low + 0.3 + (high - low), low - 0.2 + (high - low)])) @ values
    assert around[[0, 2]] == pytest.approx(period, abs=1e-11)


def test_the_symbol_of_a_derivative_is_the_derivative() -> None:
    grid = Fourier(16, 0.0, 3.0)
    values = np.exp(np.sin(2 * np.pi * grid.nodes / 3))
    for order in range(5):
        by_modes = np.fft.irfft(grid.symbol(order) * np.fft.rfft(values), 16)
        assert by_modes == pytest.approx(grid.derivative(order) @ values, abs=1e-10)
