import pytest

from core.training.learning_rate import learning_rate
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


def test_exponential_falls_by_the_same_factor_at_every_step() -> None:
    experiment = small(steps=1000, learning_rate=1e-2, schedule="exponential")
    rates = [learning_rate(experiment, step) for step in range(1000)]
    assert rates[0] == 1e-2 and rates[500] == pytest.approx(1e-3) and rates[-1] == pytest.approx(1e-4, rel=0.01)
    assert rates[1] / rates[0] == pytest.approx(rates[999] / rates[998])


def test_warm_up_rises_for_a_tenth_and_then_falls() -> None:
    experiment = small(steps=1000, learning_rate=1e-2, schedule="warm-up")
    rates = [learning_rate(experiment, step) for step in range(1000)]
    assert rates[50] == pytest.approx(5e-3) and rates[100] == 1e-2 == max(rates) and rates[550] == pytest.approx(5e-3)
    assert rates[:101] == sorted(rates[:101]) and rates[100:] == sorted(rates[100:], reverse=True)


def test_a_schedule_is_that_of_a_stage() -> None:
    both = small(steps=1000, learning_rate=1e-2, schedule="cosine", optimiser="adam 100, lbfgs")
    alone = small(steps=100, learning_rate=1e-2, schedule="cosine")
    assert [learning_rate(both, step) for step in range(100)] == [learning_rate(alone, step) for step in range(100)]
