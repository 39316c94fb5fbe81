"""A step of Adam on the flat parameters: D. P. Kingma and J. Ba, "Adam: A method for stochastic optimization", ICLR 2015."""

from __future__ import annotations

from core.engines.kernel.emission.emission import Integer, Module

CONSTANTS = 7
"""β₁, 1 − β₁, β₂, 1 − β₂, the rate over 1 − β₁ᵗ, 1 / √(1 − β₂ᵗ) and ε."""


def emit(module: Module) -> None:
    """`adam(table, theta, gradient, count)`; the table holds the addresses of both moments and of the constants."""
    lanes = module.shape.lanes
    with module.function("adam", "tppi", public=True) as (f, table, theta, gradient, count):
        first, second, constants = (table.pointer(number) for number in range(3))
        numbers = [constants.number(number) for number in range(CONSTANTS)]

        def move(place: Integer, *, whole: bool) -> None:
            beta, rest, beta_2, rest_2, rate, root, epsilon = (item.splat() if whole else item for item in numbers)
            g, m, v, t = ((item.at(place).vector() if whole else item.number(place)) for item in (gradient, first, second, theta))
            m = f.fma(beta, m, rest * g)
            v = f.fma(beta_2, v, rest_2 * g * g)
            first.at(place).write(m)
            second.at(place).write(v)
            theta.at(place).write(t - rate * m / f.fma(f.intrinsic("sqrt", v), root, epsilon))

        last = count.floor(lanes)
        with f.loop(0, last, lanes) as place:
            move(place, whole=True)
        with f.loop(last, count) as place:
            move(place, whole=False)
