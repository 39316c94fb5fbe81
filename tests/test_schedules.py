import pytest

from core.schedules import learning_rate
from tests.experiments import small


def test_constant_is_constant() -> None:
    experiment = small(steps=10, learning_rate=1e-2)
    assert {learning_rate(experiment, step) for step in range(10)} == {1e-2}


def test_cosine_falls_from_the_learning_rate_to_nearly_nothing() -> None:
    experiment = small(steps=1000, learning_rate=1e-2, schedule="cosine")
    rates = [learning_rate(experiment, step) for step in range(1000)]
    assert rates[0] == 1e-2
    assert rates[250] == pytest.approx(1e-2 * (1 + 0.5**0.5) / 2)
    assert rates[500] == pytest.approx(5e-3)
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 1e-7


def test_without_a_number_of_steps_it_is_constant() -> None:
    experiment = small(steps=None, seconds=1, schedule="cosine", learning_rate=1e-2)
    assert learning_rate(experiment, 10_000) == 1e-2
