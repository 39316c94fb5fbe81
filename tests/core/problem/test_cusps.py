"""Steps in equations: where a network bends, what it is asked for there, and that it then learns what is right on both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.diagnosis.measuring import checked
from core.engines.native_step import suits
from core.engines.objective import Objective
from core.errors import InputError
from core.experiment import experiment as experiments
from core.experiment.experiment import Experiment, terms
from core.experiment.making import experiment_from_json, experiment_from_toml, experiment_of
from core.expressions import At, Derivative, to_text
from core.loss.losses import Losses
from core.network.building import build
from core.network.inputs import Cusps, Scale
from core.network.parameters import Vector
from core.problem import cusps
from core.problem.binding import bind
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table
from core.training.training import Checkpoint, Snapshot, train
from core.why_pytorch.frameworks.stated import stated

CPU = torch.device("cpu")
FLUX = "(1 + 9*heaviside(x - 0.5))*u_x"


def problem(*equations: str, conditions: tuple[str, ...] = ("u(0) = 0", "u(1) = 1"), **more: Any) -> Problem:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": list(equations), "conditions": list(conditions)}
    return problem_from_table({**table, "definitions": {"k": "1 + 9*heaviside(x - 0.5)"}, **more})


ROD = problem("D(k*u_x, x) = 0")
SIGNED = problem("D((5.5 + 4.5*sign(x - 0.5))*u_x, x) = 0")
MIXED = problem("q = k*u_x", "q_x = 0", unknowns=["u", "q"])
SOURCE = problem("u_xx = heaviside(x - 0.5)")
BEAM = problem("D(k*u_xx, x, 2) = 1", conditions=("u(0) = 0", "u_x(0) = 0", "u_xx(1) = 0", "u_xxx(1) = 0"))
PLATE = problem(
    "D(k*u_x, x) + D(k*u_y, y) = 0",
    coordinates={"x": [0, 1], "y": [0, 1]},
    conditions=("u(0, y) = 0", "u(1, y) = sin(pi*y)", "u(x, 0) = 0", "u(x, 1) = 0"),
)
PARTED = problem(
    *("p = k*u_x", "q = k*u_y", "p_x + q_y = 0"),
    unknowns=["u", "p", "q"],
    coordinates={"x": [0, 1], "y": [0, 1]},
    conditions=("u(0, y) = 0", "u(1, y) = sin(pi*y)", "u(x, 0) = 0", "u(x, 1) = 0"),
)
COMPOSITE = problem(
    "u_t = D((1 + 4*heaviside(x - 0.3) - 4*heaviside(x - 0.6))*u_x, x)",
    coordinates={"x": [0, 1], "t": [0, 0.2]},
    conditions=("u(0, t) = u(1, t)", "u_x(0, t) = u_x(1, t)", "u(x, 0) = sin(2*pi*x)"),
)
RIVER = problem(
    "u_t + D(k*u, x) = 0",
    coordinates={"x": [0, 1], "t": [0, 1]},
    conditions=("u(x, 0) = 0", "u(0, t) = sin(t)^2"),
)
ALL = {
    **{"rod": ROD, "sign": SIGNED, "mixed": MIXED, "source": SOURCE, "beam": BEAM, "plate": PLATE},
    **{"parted": PARTED, "composite": COMPOSITE, "river": RIVER},
}


def small(problem: Problem, **settings: Any) -> Experiment:
    base = {"depth": 2, "width": 8, "points": 40, "condition_points": 10, "steps": 20, "precision": "float64"}
    return experiment_of(problem, None, {**base, **settings})


def last(experiment: Experiment) -> Snapshot:
    *_, snapshot = train(experiment)
    return snapshot


def said(snapshot: Snapshot, *places: float) -> list[float]:
    with torch.no_grad():
        values: list[float] = snapshot.best().network(torch.tensor([[place] for place in places], dtype=torch.float64))[:, 0].tolist()
    return values


# Where, and what is asked for.


@pytest.mark.parametrize(
    ("name", "inputs", "asked"),
    [
        ("rod", ("x", "|x − 0.5|"), [FLUX]),
        ("sign", ("x", "|x − 0.5|"), ["(5.5 + 4.5*sign(x - 0.5))*u_x"]),
        ("mixed", ("x", "|x − 0.5|"), []),
        ("source", ("x", "|x − 0.5|"), ["u_x"]),
        ("beam", ("x", "|x − 0.5|"), ["u_x", FLUX.replace("u_x", "u_xx"), FLUX.replace("u_x", "u_xxx")]),
        ("plate", ("x", "y", "|x − 0.5|"), [FLUX]),
        ("parted", ("x", "y", "sign(x − 0.5)"), ["p", "u"]),
        ("river", ("x", "t", "sign(x − 0.5)"), [FLUX.replace("u_x", "u")]),
    ],
)
def test_a_network_bends_where_the_equation_steps_and_is_asked_for_all_else_that_is_continuous(
    name: str, inputs: tuple[str, ...], asked: list[str]
) -> None:
    experiment = small(ALL[name], constraints="soft")
    assert experiment.inputs == inputs
    assert sorted(to_text(tree) for tree, _place in cusps.asked(experiment.cusps)) == sorted(asked)
    numbered = tuple(f"interface-{number}" for number in range(1, len(asked) + 1))
    assert tuple(name for name in experiment.terms if name.startswith("interface")) == numbered
    assert len(Losses(experiment, CPU).terms(build(experiment, CPU), Losses(experiment, CPU).draws.at_step(0))) == len(experiment.terms)


@pytest.mark.parametrize("name", library())
def test_no_other_problem_of_the_library_has_cusps(name: str) -> None:
    experiment = experiment_of(load(name))
    assert bool(experiment.cusps) == (name == "two-materials")
    assert isinstance(build(experiment, CPU)[0], Cusps if experiment.cusps else Scale)


def test_where_there_are_cusps_and_only_there_the_key_tells_of_their_version(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("decay", "heat", "two-materials")
    before = [experiment_of(load(name)).key for name in names]
    monkeypatch.setattr(experiments, "CUSPS", experiments.CUSPS + 1)
    assert [experiment_of(load(name)).key == key for name, key in zip(names, before, strict=True)] == [True, True, False]


def test_a_step_that_leaves_the_domain_leaves_the_network_and_its_weight_does_no_harm() -> None:
    moved = problem("D((1 + 9*heaviside(x - a))*u_x, x) = 0", parameters={"a": {"value": 0.5, "low": 0, "high": 2}})
    away = experiment_of(moved, {"a": 1.5}, {"steps": 5}, {"interface-1": 3.0})
    assert away.cusps == () and away.inputs == ("x",) and away.terms == ("equation-1", "condition-1", "condition-2")
    assert terms(moved, {"a": 0.25}) == terms(moved) == (*away.terms, "interface-1")
    assert experiment_of(moved, {"a": 0.25}).inputs == ("x", "|x − 0.25|")


def test_interfaces_are_a_kind_of_term_with_a_weight_of_its_own() -> None:
    given = experiment_of(BEAM, None, {"steps": 5}, {"interface": 5.0, "interface-2": 7.0, "condition": 2.0})
    assert [dict(given.weights)[f"interface-{number}"] for number in (1, 2, 3)] == [5.0, 7.0, 5.0]
    assert experiment_from_toml(given.to_toml()) == given and experiment_from_json(given.to_json()) == given
    with pytest.raises(InputError, match="interface-9"):
        experiment_of(BEAM, None, {"steps": 5}, {"interface-9": 5.0})


# The network.


@pytest.mark.parametrize("settings", [{}, {"constraints": "soft"}, {"architecture": "modified"}, {"features": 3}])
@pytest.mark.parametrize("name", ALL)
def test_all_engines_agree_on_loss_gradient_and_jacobian(name: str, settings: dict[str, Any]) -> None:
    found = {}
    for engine in ("autograd", "jets", "native"):
        experiment = small(ALL[name], optimiser="adam", engine=engine, **settings)
        network = build(experiment, CPU)
        if engine != "native" or suits(network):
            objective = Objective(network, Losses(experiment, CPU), 0, engine)
            _loss, terms = objective.descend()
            slopes = Vector.of(network).slopes.clone()
            residuals, rows, _terms = objective.jacobian()
            found[engine] = (terms.clone(), slopes, residuals.clone(), rows.clone())
    assert ("native" in found) == ("architecture" not in settings)
    for others in found.values():
        for value, expected in zip(others, found["autograd"], strict=True):
            torch.testing.assert_close(value, expected, rtol=1e-10, atol=1e-12 * float(expected.abs().max()))


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_network_is_continuous_where_it_bends_and_its_slopes_jump(precision: str) -> None:
    experiment = small(ROD, precision=precision, constraints="soft")
    losses, network = Losses(experiment, CPU), build(experiment, CPU)
    step = 1e-6 if precision == "float64" else 1e-3
    places = torch.tensor([[0.5 - step], [0.5 - 1e-12], [0.5], [0.5 + 1e-12], [0.5 + step]], dtype=losses.dtype)
    with torch.no_grad():
        first, before, here, after, second = network(places)[:, 0].tolist()
    assert before == pytest.approx(here, abs=1e-6) and after == pytest.approx(here, abs=1e-6)
    below, above = (here - first) / step, (second - here) / step
    assert abs(above - below) > 0.1
    term = losses.terms(network, losses.draws.at_step(0))[-1].item()  # what the engine says of the same, exactly
    assert term == pytest.approx((10 * above - below) ** 2, rel=1e-2)


def test_where_a_coordinate_is_periodic_so_is_the_bend() -> None:
    experiment = small(COMPOSITE)
    assert experiment.periodic == ("x",) and experiment.inputs == ("t", "|x − 0.3|", "|x − 0.6|", "cos x", "sin x")
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    ends = losses.draws.columns(torch.tensor([[0.0, 0.1], [1.0, 0.1]]))
    for value in losses.leaves(network, ends).values():
        if value is not ends["x"]:
            torch.testing.assert_close(value[0], value[1])


def test_the_ends_of_a_ring_are_an_interface_where_a_factor_differs_there() -> None:
    ring = problem(
        "u_t = D(k*u_x, x)",
        coordinates={"x": [0, 1], "t": [0, 0.2]},
        conditions=("u(0, t) = u(1, t)", "u(x, 0) = sin(2*pi*x)"),
    )
    experiment = small(ring)
    assert experiment.inputs == ("t", "|x − 0.5|", "|x − 1|", "cos x", "sin x")
    assert [place for _tree, place in cusps.asked(experiment.cusps)] == ["x = 0.5", "x = 1"]
    losses, network = Losses(experiment, CPU), build(experiment, CPU)
    near = 1e-9
    columns = losses.draws.columns(torch.tensor([[1 - near, 0.1], [near, 0.1]]))
    leaves = losses.leaves(network, columns)
    slopes = next(value for leaf, value in losses.values(network, columns, frozenset({Derivative("u", "x")})).items() if leaf.by == "x")
    torch.testing.assert_close(*leaves[Derivative("u", "t")], atol=1e-6, rtol=0)  # one value, as far as the equation asks for it
    assert abs(slopes[0] - slopes[1]) > 0.1
    points = losses.draws.at_step(0)
    at_ends = losses.condition_leaves(network, points)[-1]
    jump = torch.stack([value for leaf, value in at_ends.items() if isinstance(leaf, At)]).std()
    assert jump > 0.01
    with pytest.raises(InputError, match="periodic by construction"):
        small(ring, constraints="soft")


def test_ends_that_depend_on_each_other_otherwise_are_no_ring() -> None:
    conditions = ("u(x, 0) = x", "u_x(0, t) = 0", "u(1, t) = u(0, t)^2")
    found = bind(problem("u_t + D(x*u, x) = 0", coordinates={"x": [0, 1], "t": [0, 1]}, conditions=conditions), {})
    assert found.interfaces == ()


def test_a_point_on_the_interface_does_no_harm() -> None:
    losses, network = Losses(small(ROD), CPU), build(small(ROD), CPU)
    (residual,) = losses.residuals(network, losses.draws.columns(torch.tensor([[0.5]])))
    assert bool(residual.isfinite().all())


# What it learns.


@pytest.mark.parametrize("engine", [pytest.param("autograd", marks=pytest.mark.slow), "jets", "native"])
def test_two_materials_meet_at_ten_elevenths_by_every_engine(engine: str) -> None:
    snapshot = last(experiment_of(ROD, None, {"engine": engine, "steps": 16}))
    assert said(snapshot, 0.25, 0.5, 0.75) == pytest.approx([5 / 11, 10 / 11, 10.5 / 11], abs=1e-3)  # what smooth networks say is 0.5
    assert snapshot.losses[-1].item() < 1e-4  # the flux's, which is 20/11


@pytest.mark.parametrize("name", ["sign", "mixed"])
def test_the_same_written_otherwise_is_the_same(name: str) -> None:
    assert said(last(experiment_of(ALL[name], None, {"steps": 14})), 0.5) == pytest.approx([10 / 11], abs=1e-2)


def test_soft_conditions_and_single_precision_find_it_as_well() -> None:
    settings = {"constraints": "soft", "precision": "float32", "optimiser": "adam 300, lbfgs", "steps": 500}
    snapshot = last(experiment_of(ROD, None, {**settings, "width": 12, "depth": 2, "points": 100}))
    with torch.no_grad():
        found = snapshot.best().network(torch.tensor([[0.5]]))
    assert found.item() == pytest.approx(10 / 11, abs=1e-2)


def test_a_source_that_steps_is_met_on_both_sides() -> None:
    """u = a x below and above that plus (x − 0.5)²/2, with a = 7/8."""
    snapshot = last(experiment_of(SOURCE, None, {"steps": 14}))
    assert said(snapshot, 0.25, 0.5, 0.75) == pytest.approx([7 / 32, 7 / 16, 21 / 32 + 1 / 32], abs=1e-3)


def test_a_beam_of_two_stiffnesses_sags_as_it_should() -> None:
    """k u'' = (1 − x)²/2, so that u(1) = ∫ (1 − x)³/(2k) dx, with k = 1 and 10."""
    snapshot = last(experiment_of(BEAM, None, {"steps": 1000, "width": 10, "depth": 2, "points": 100}))
    assert experiment_of(BEAM).optimiser == "ssbroyden"
    tip = (1 - 0.5**4) / 8 + 0.5**4 / 80
    assert said(snapshot, 1.0) == pytest.approx([tip], rel=1e-2)


def test_a_plate_of_two_materials_carries_one_flux_across() -> None:
    """u = sin πy times A sinh πx below and, above, what has its value and a tenth of its slope at x = 0.5."""
    snapshot = last(experiment_of(PLATE, None, {"steps": 15, "points": 300, "width": 12, "depth": 2, "resampling": "fixed"}))
    half, pi = np.pi / 2, np.pi
    scale = 1 / (np.sinh(half) * np.cosh(half) + np.cosh(half) / 10 * np.sinh(half))
    with torch.no_grad():
        found = snapshot.best().network(torch.tensor([[0.5, 0.5], [0.25, 0.5]], dtype=torch.float64))[:, 0]
    assert found.tolist() == pytest.approx([scale * np.sinh(half), scale * np.sinh(pi / 4)], abs=1e-3)


def test_a_diagnosis_knows_the_interface_among_the_terms() -> None:
    experiment = small(PLATE, constraints="soft", optimiser="adam")
    found = checked(experiment, last(experiment).checkpoint())
    assert found is not None
    assert [term.name for term in found.terms] == list(experiment.terms)
    assert 0 < found.terms[-1].unmet <= 1


@pytest.mark.parametrize("optimiser", ["adam", "levenberg-marquardt", "ssbroyden"])
def test_resuming_gives_the_same_bits_as_not_stopping(optimiser: str) -> None:
    experiment = small(PLATE, optimiser=optimiser, resampling="adapt", period=3, steps=12)
    stop: Checkpoint | None = None
    for snapshot in train(experiment):
        if snapshot.step == 5:
            stop = snapshot.checkpoint()
    *_, resumed = train(experiment, stop)
    for one, other in zip(snapshot.network.state_dict().values(), resumed.network.state_dict().values(), strict=True):
        assert torch.equal(one, other)


# What is refused.


def test_windows_of_time_stop_at_no_interface() -> None:
    changing = problem(
        "D((1 + heaviside(t - 0.5))*u, t) = u_xx",
        coordinates={"x": [0, 1], "t": [0, 1]},
        conditions=("u(x, 0) = sin(pi*x)", "u(boundary) = 0"),
    )
    with pytest.raises(InputError, match=r"at t = 0\.5"):
        small(changing, windows=4)
    switched = problem(
        "u_t = u_xx + heaviside(t - 0.5)",
        coordinates={"x": [0, 1], "t": [0, 1]},
        conditions=("u(x, 0) = sin(pi*x)", "u(boundary) = 0"),
    )
    assert small(switched, windows=4).inputs == ("x", "t", "|t − 0.5|")  # of which nothing is asked there


def test_no_curriculum_moves_an_interface() -> None:
    parameters = {"a": {"value": 0.5, "low": 0.1, "high": 0.9}, "c": {"value": 9, "low": 1, "high": 20}}
    moved = problem("D((1 + c*heaviside(x - a))*u_x, x) = 0", parameters=parameters)
    with pytest.raises(InputError, match="changes a"):
        small(moved, curriculum="a from 0.2")
    assert small(moved, curriculum="c from 2").curriculum == "c from 2"


def test_other_frameworks_are_not_given_what_they_would_get_wrong() -> None:
    with pytest.raises(InputError, match=r"step inside a derivative.*x = 0\.5"):
        stated(ROD, {})


def test_no_step_is_built_into_what_is_continuous() -> None:
    conditions = ("u(0, y) = 0", "u(1, y) = 0", "u(x, 0) = 0", "u(x, 1) = heaviside(x - 0.5)*(1 - x)")
    stepping = problem("D(k*u_x, x) + D(k*u_y, y) = 0", coordinates={"x": [0, 1], "y": [0, 1]}, conditions=conditions)
    with pytest.raises(InputError, match="Condition 4"):
        small(stepping, constraints="hard")
    found = small(stepping)
    assert found.trial is None or 3 not in found.trial.met
