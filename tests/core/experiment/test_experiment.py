import itertools

import pytest

from core.errors import InputError
from core.experiment.experiment import HYPERPARAMETERS, terms
from core.experiment.making import experiment_from_json, experiment_from_toml, experiment_of
from core.problem.binding import content
from core.problem.reading.reading import library, load, problem_from_table
from tests.experiments import small


@pytest.mark.parametrize("name", library())
def test_an_experiment_survives_every_way_it_is_written(name: str) -> None:
    experiment = experiment_of(load(name), {}, {"learning_rate": 2.5e-4, "depth": 5}, {"condition": 7})
    for again in (experiment_from_toml(experiment.to_toml()), experiment_from_json(experiment.to_json())):
        assert again.key == experiment.key
        assert (again.values, again.weights, again.depth) == (experiment.values, experiment.weights, 5)


def test_what_is_left_out_or_auto_comes_from_the_recipe() -> None:
    problem = load("burgers")
    stated = experiment_of(problem, settings={"depth": "auto"})
    assert stated.key == experiment_of(problem).key
    for name, value in problem.recipe.items():
        if name != "weights":
            assert getattr(stated, name) == value


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["u(x, 0) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"], "hard"),
        (["u(0, t) = u(1, t)"], "hard"),
        (["u(x, 0) = cos(pi*x)", "u(0, t) = 0", "u(1, t) = 0"], "soft"),  # they disagree in the corners, so neither is built in
        (["u_x(0, t) = a*u(0, t)", "u(1, t) = 0"], "partial"),
        (["u_x(0, t) = a*u(0, t)"], "soft"),
        ([], "soft"),  # nothing to be met
    ],
)
def test_left_out_constraints_are_what_the_conditions_allow(conditions: list[str], expected: str) -> None:
    table = {"coordinates": {"x": [0, 1], "t": [0, 1]}, "unknowns": ["u"], "parameters": {"a": 2}}
    problem = problem_from_table({**table, "equations": ["u_t = u_xx"], "conditions": conditions})
    assert experiment_of(problem).constraints == expected
    assert experiment_of(problem, settings={"constraints": "auto"}).constraints == expected
    assert experiment_of(problem, settings={"constraints": "soft"}).constraints == "soft"


def test_left_out_constraints_depend_on_the_parameters_values() -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "parameters": {"a": {"value": 0, "low": 0, "high": 1}}}
    problem = problem_from_table({**table, "equations": ["u_xx = 1"], "conditions": ["u(0) = 0", "u(1) + a*u_x(1) = 0"]})
    assert [experiment_of(problem, {"a": value}).constraints for value in (0, 1)] == ["hard", "partial"]


def test_everything_that_determines_a_run_is_in_its_key() -> None:
    other = {
        "depth": 4, "width": 9, "activation": "sin", "learning_rate": 2e-3, "points": 41, "steps": 31, "device": "mps",
        "condition_points": 11, "sampling": "uniform", "resampling": "every-step", "precision": "float32", "seed": 1, "seconds": 5.0,
        "constraints": "hard", "schedule": "cosine", "frequency": 3.0, "optimiser": "adam 10, lbfgs",
        "period": 7, "patience": 50, "windows": 2, "curriculum": "nu from 0.02",
        "architecture": "modified", "factorisation": "random", "slopes": "adaptive", "features": 3,
        "weighting": "ntk", "causality": 2.0, "engine": "autograd",
    }  # fmt: skip
    choices = {name for name, item in HYPERPARAMETERS.items() if len(getattr(item.range, "options", (0, 0))) > 1}
    of_data = {"batch_size": 8, "validation": 0.3, "noise": 0.7}  # which do nothing where there are none
    assert other.keys() | of_data.keys() == choices
    variants = [small("burgers"), small("burgers", values={"nu": 0.02}), small("burgers", weights={"condition-2": 2.0}), small("decay")]
    used = {"period": {"resampling": "adapt"}}  # what a setting needs to do anything; else it is in no key
    variants += [small("burgers", **used.get(name, {}), **{name: value}) for name, value in other.items()]
    variants += [small("noisy-sine", optimiser="adam", **{name: value}) for name, value in of_data.items()]
    for one, two in itertools.combinations(variants, 2):
        assert one.key != two.key


def test_the_title_is_not_in_the_key() -> None:
    problem = load("heat")
    renamed = problem_from_table({**problem.table(), "title": "Another title"})
    assert content(experiment_of(problem, settings={"steps": 5}).problem) == content(experiment_of(renamed, settings={"steps": 5}).problem)


def test_seconds_alone_lift_the_recipes_steps() -> None:
    problem = load("burgers")
    assert experiment_of(problem, settings={"seconds": 3}).steps is None
    both = experiment_of(problem, settings={"seconds": 3, "steps": 10})
    assert (both.steps, both.seconds) == (10, 3.0)


def test_a_weight_names_a_term_or_a_kind() -> None:
    problem = load("burgers")
    assert terms(problem) == ("equation-1", "condition-1", "condition-2", "condition-3")
    weights = dict(experiment_of(problem, weights={"condition": 5, "condition-2": 7}).weights)
    assert (weights["condition-1"], weights["condition-2"], weights["condition-3"]) == (5, 7, 5)


BAD = [
    ("", "no-problem", "problem"),
    ("problem = 3", "no-problem", "problem"),
    ('problem = "burger"', "unknown-problem-near", "problem"),
    ('problem = "burgers"\nnetwrok = 1', "unknown-section-near", "netwrok"),
    ('problem = "burgers"\nnetwork = 1', "not-a-table", "network"),
    ('problem = "burgers"\n[network]\ndepht = 3', "unknown-hyperparameter-near", "network.depht"),
    ('problem = "burgers"\n[network]\nsteps = 3', "unknown-hyperparameter", "network.steps"),
    ('problem = "burgers"\n[network]\ndepth = 0', "out-of-range", "network.depth"),
    ('problem = "burgers"\n[network]\ndepth = 2.5', "not-an-integer", "network.depth"),
    ('problem = "burgers"\n[network]\nactivation = "tahn"', "not-a-choice-near", "network.activation"),
    ('problem = "burgers"\n[training]\nlearning_rate = nan', "not-a-number", "training.learning_rate"),
    ('problem = "burgers"\n[training]\nlearning_rate = "fast"', "not-a-number", "training.learning_rate"),
    ('problem = "burgers"\n[training]\nweights = 3', "not-a-table", "training.weights"),
    ('problem = "burgers"\n[training.weights]\ncondition-9 = 1', "unknown-term-near", "training.weights.condition-9"),
    ('problem = "burgers"\n[training.weights]\ncondition = -1', "out-of-range", "training.weights.condition"),
    ('problem = "burgers"\n[values]\nmu = 1', "unknown-parameter-near", "values.mu"),
    ('problem = "burgers"\n[values]\nnu = "x"', "unknown-name", "values.nu"),
    ('problem = "poisson"\n[values]\nnu = 1', "no-parameters", "values.nu"),
    ("problem = ", "toml-value", "line 1"),
    ("a = 1\na = 2", "toml-twice", "line 2"),
    ("# " + "x" * 16_000, "file-too-large", None),
]


@pytest.mark.parametrize(("text", "code", "key"), BAD, ids=range(len(BAD)))
def test_bad_files_are_refused_at_the_place_of_the_mistake(text: str, code: str, key: str | None) -> None:
    with pytest.raises(InputError) as caught:
        experiment_from_toml(text, file="mine.toml")
    assert (caught.value.code, caught.value.at.key, caught.value.at.file) == (code, key, "mine.toml")
    assert str(caught.value).startswith("mine.toml")


@pytest.mark.parametrize(
    ("problem", "settings", "inputs"),
    [
        ("burgers", {}, ("x", "t")),
        ("burgers", {"features": 2}, ("cos 1", "cos 2", "sin 1", "sin 2")),
        ("convection", {"constraints": "hard"}, ("t", "cos x", "sin x")),
        ("convection", {"constraints": "soft", "features": 1}, ("cos 1", "sin 1")),
        ("convection", {"constraints": "hard", "features": 1}, ("cos 1", "sin 1", "cos x", "sin x")),
    ],
)
def test_inputs_are_coordinates_or_waves_of_them(problem: str, settings: dict[str, object], inputs: tuple[str, ...]) -> None:
    assert small(problem, **settings).inputs == inputs


def test_relu_under_a_second_derivative_is_warned_about() -> None:
    assert [warning.code for warning in small("burgers", activation="relu").warnings] == ["activation-too-rough"]
    assert small("burgers", activation="tanh").warnings == ()
    assert small("decay", activation="relu").warnings == ()
