"""The tribunal: its truths obey their own problems, its judge tells lies from right answers, and a sample of its cases is heard."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cases import KINDS, docket, draw
from benchmarks.tribunal import ledger, report
from benchmarks.tribunal.case import Array, Fate, Solutions, one, several
from benchmarks.tribunal.hearing import Record, hear
from benchmarks.tribunal.judge import Verdict, distance, judge
from benchmarks.tribunal.patches import gaps, misfits
from benchmarks.witnesses.differences import Reactor
from benchmarks.witnesses.elements import Held, Open, Rod, constant
from benchmarks.witnesses.layers import End, Layer, march, solve
from benchmarks.witnesses.responses import Bell, Constant, Signal, Steps, Tent
from benchmarks.witnesses.shooting import branches
from core.errors import InputError
from core.problem.binding import bind
from core.problem.reading.reading import problem_from_table
from core.references import Reference
from tests.examples import slow_of

AXIS: Array = np.linspace(0, 1, 101)
SLOW = ("interface-transient", "interface-waves", "pulse-heat", "rough-heat", "scale-stiff", "smooth-reactions")
"""Kinds whose witnesses take seconds a patch; these witnesses are tested by themselves."""
LONG = ("interface-exchange", "interface-plane", "interface-steady", "interface-beams", "pulse-doses", "pulse-neuron")
"""The other kinds that take longest."""
PATIENT = ("pulse-neuron", "rough-sources", "several-scanned", "smooth-orbits")
"""Kinds whose witnesses take tenths of a second a patch: one solution of one case is enough."""
SAMPLE = (
    *("interface-steady/1/0", "interface-steady/1/1", "interface-nonlinear/1/0", "interface-exchange/1/0", "interface-beams/1/0"),
    *("pulse-ode/1/0", "pulse-ode/1/1", "pulse-oscillator/1/2", "pulse-doses/1/0", "pulse-growth/1/0"),
    *("several-bratu/1/0", "several-slopes/1/0", "no-one-resonance/1/0", "no-one-balance/1/0"),
    *("rough-sources/1/1", "scale-layers/1/0", "scale-units/1/0", "smooth-ode/1/0", "smooth-bvp/1/0", "smooth-orbits/1/0"),
)
"""Cases that take a few seconds at most."""
LONGEST = ("interface-exchange/1/0", "interface-nonlinear/1/0", "several-bratu/1/0", "no-one-balance/1/0")
"""The cases among them that take longest."""


def reference(values: Array, error: float, *others: Array) -> Reference:
    return Reference("lines", values, error, 0.1, others=others)


@pytest.mark.parametrize("kind", slow_of([kind for kind in KINDS if kind not in SLOW], *LONG))
def test_a_truth_obeys_its_own_problem(kind: str) -> None:
    """Equations at five of nine places, as the others may lie where it bends; every condition."""
    few = kind in PATIENT
    for number in range(1 if few else 3):
        case = draw(kind, 2, number)
        if isinstance(case.truth, Fate) and "exact" in case.table:  # it is refused as it is read
            continue
        problem = bind(problem_from_table(case.table), {})
        for formula in case.truth.formulas[: 1 if few else 2] if isinstance(case.truth, Solutions) else ():
            assert misfits(problem, formula)[4] < 1e-3
            assert max(gaps(problem, formula)) < 1e-3


def test_a_patch_notices_a_false_truth() -> None:
    case = draw("smooth-bvp", 2, 0)
    assert isinstance(case.truth, Solutions)
    problem, formula = bind(problem_from_table(case.table), {}), case.truth.formulas[0]
    assert min(misfits(problem, lambda axes: formula(axes) + 0.1 * axes[0][:, None] ** 2)) > 1e-3
    assert max(gaps(problem, lambda axes: formula(axes) + 0.1)) > 1e-3


def test_equal_names_are_equal_cases_and_others_differ() -> None:
    assert draw("pulse-ode", 3, 4).table == draw("pulse-ode", 3, 4).table != draw("pulse-ode", 3, 5).table


def test_a_docket_has_its_count_and_every_kind() -> None:
    names = docket(1000, 0, tuple(KINDS))
    assert len(set(names)) == 1000
    counts = {kind: sum(name.startswith(f"{kind}/") for name in names) for kind in KINDS}
    assert min(counts.values()) >= 5
    for group in ("interface-", "pulse-", ("several-", "no-one-", "none-", "ill-posed")):
        assert sum(count for kind, count in counts.items() if kind.startswith(group)) >= 150
    assert {name.split("/")[0] for name in names[:120]} == set(KINDS)  # a part stands for all


def test_flux_is_continuous_through_layers() -> None:
    """Two materials, 1 and 10: u(0.5) = 10/11 (conduction in series)."""
    layers = [Layer(low, high, np.array([[0, 1 / k], [0, 0]]), np.zeros(2)) for low, high, k in ((0.0, 0.5, 1.0), (0.5, 1.0, 10.0))]
    state = solve(layers, [End(0.0, (1, 0), 0.0), End(1.0, (1, 0), 1.0)], AXIS)
    assert state[50, 0] == pytest.approx(10 / 11, abs=1e-13)
    assert np.ptp(state[:, 1]) < 1e-13


def test_layers_march_like_an_exponential() -> None:
    state = march(
        [Layer(0.0, 0.3, np.array([[-2.0]]), np.array([1.0])), Layer(0.3, 1.0, np.array([[-2.0]]), np.array([0.0]))], (0.0,), AXIS
    )
    level = (1 - np.exp(-0.6)) / 2
    assert state[-1, 0] == pytest.approx(level * np.exp(-1.4), rel=1e-13)


def test_elements_keep_the_flux_continuous_and_settle_to_the_steady_state() -> None:
    borders, k = (0.0, 0.45, 1.0), (1.14, 0.3)
    rod = Rod(borders, Held(Constant(0.0)), Held(Constant(1.0)), constant(k, borders))
    places: Array = 0.45 + np.array([-2e-4, -1e-4, 0.0, 1e-4, 2e-4])
    for time in (0.2, 30.0):
        u = rod.diffuse(np.zeros_like, places, np.array([time]))[:, 0]
        before, after = (3 * u[2] - 4 * u[1] + u[0]) / 2e-4, (-3 * u[2] + 4 * u[3] - u[4]) / 2e-4
        assert k[0] * before == pytest.approx(k[1] * after, rel=1e-5)
    assert u[2] == pytest.approx((0.45 / 1.14) / (0.45 / 1.14 + 0.55 / 0.3), rel=1e-7)


def test_elements_agree_with_fourier_after_a_step_at_an_end() -> None:
    """u(0.5, t) = 1/2 − Σ 2·sin(nπ/2)/(nπ)·exp(−n²π²·(t − 0.503)) (Carslaw and Jaeger 1959, section 3.4)."""
    rod = Rod((0.0, 1.0), Held(Steps((0.503,), (1.0,))), Held(Constant(0.0)), np.ones_like)
    found = rod.diffuse(np.zeros_like, np.array([0.5]), np.array([0.2, 0.6]))[0]
    n = np.arange(1, 400)
    series = 0.5 - 2 * np.sum(np.sin(n * np.pi / 2) / (n * np.pi) * np.exp(-((n * np.pi) ** 2) * 0.097))
    assert found == pytest.approx([0.0, series], abs=1e-7)


def test_elements_with_a_contact_settle_to_its_level() -> None:
    rod = Rod((0.0, 1.0), Open(3.0, Constant(3.0 * 2.0)), Open(), np.ones_like)
    assert rod.diffuse(np.zeros_like, np.array([0.3]), np.array([50.0]))[0, 0] == pytest.approx(2.0, rel=1e-8)


@pytest.mark.parametrize("signal", [Steps((0.3, 0.42), (2.0, -2.0)), Bell(0.5, 0.03, 1.5), Tent(0.5, 0.1, 2.0), Constant(0.7)])
@pytest.mark.parametrize("rate", [0.0, 1.3, 900.0])
def test_an_answer_obeys_its_equation(signal: Signal, rate: float) -> None:
    """The trapezium rule with the exact decay is the judge; for a smooth signal it errs by the square of the step."""
    times: Array = np.linspace(0, 1, 200_001)
    driven = np.nan_to_num(signal.at(times), nan=1.0)
    step = times[1]
    decay = np.exp(-rate * step)
    found = [0.0]
    for before, after in itertools.pairwise(driven):
        found.append(decay * found[-1] + step / 2 * (decay * before + after))
    assert signal.answer(rate, times[::4000]) == pytest.approx(found[::4000], abs=2e-4 * max(found) + 1e-5)


def test_shooting_finds_both_branches() -> None:
    """u'' = 3·u²/2 between 4 and 1 has the solution 4/(1 + x)², and another one (Stoer and Bulirsch, section 7.3)."""
    starts: Array = np.sinh(np.linspace(-5, 5, 801))
    found = branches(lambda u, _: 1.5 * u**2, lambda s: (4.0, s), starts, 1.0, 1.0)
    values = [branch((AXIS,))[:, 0] for branch in found]
    assert len(values) == 2
    assert min(np.abs(value - 4 / (1 + AXIS) ** 2).max() for value in values) < 1e-10


def test_the_witness_of_reactions_meets_a_front_in_closed_form() -> None:
    """tanh(x/(√2·w)) stands still in u_t = w²·u_xx + u − u³, its ends held."""
    w = 0.3
    reactor = Reactor((w**2,), lambda u: u - u**3, lambda x: np.tanh(x / (2**0.5 * w))[None], held=True)
    axes = np.linspace(-1, 1, 11), np.array([0.0, 0.5, 1.0])
    exact = np.tanh(axes[0] / (2**0.5 * w))[:, None, None]
    fine, coarse = reactor.extrapolated(8, axes), reactor.extrapolated(4, axes)
    assert np.abs(fine - exact).max() < 1e-6
    assert np.abs(fine - exact).max() <= np.abs(coarse - fine).max()


def test_py_pde_agrees_with_the_witness_of_reactions() -> None:
    """Zwicker 2020, Journal of Open Source Software 5, 2158: another program, by finite volumes of second order."""
    pde = pytest.importorskip("pde", reason="no py-pde is installed (pip install -r requirements-benchmarks.txt)")
    grid = pde.CartesianGrid([[0, 1]], 128)
    start = pde.ScalarField.from_expression(grid, "0.3 + 0.2*cos(2*pi*x)")
    equation = pde.PDE({"u": "0.02*laplace(u) + 3*u*(1 - u)"}, bc={"derivative": 0})
    found = equation.solve(start, t_range=1.0, dt=1e-3, solver="scipy", tracker=None, rtol=1e-8, atol=1e-10)
    reactor = Reactor((0.02,), lambda u: 3 * u * (1 - u), lambda x: 0.3 + 0.2 * np.cos(2 * np.pi * x)[None], held=False)
    places: Array = np.linspace(0, 1, 65)  # every other one lies between two cells of the grid's 128
    ours = reactor.extrapolated(4, (places, np.array([0.0, 1.0])))[:, 1, 0]
    assert found.interpolate(places[1:-1, None]) == pytest.approx(ours[1:-1], abs=1e-4)


def test_a_wrong_answer_is_a_lie_and_a_right_one_is_right() -> None:
    truth, right = one(np.sin), np.sin(AXIS)[:, None]
    assert judge(truth, (AXIS,), reference(right, 1e-12)).verdict == Verdict.RIGHT
    assert judge(truth, (AXIS,), reference(right * (1 + 1e-4), 1e-6)).verdict == Verdict.LIE
    assert judge(truth, (AXIS,), reference(right * (1 + 5e-6), 1e-6)).verdict == Verdict.RIGHT  # within ten times
    assert judge(truth, (AXIS,), reference(right * (1 + 5e-10), 1e-15)).verdict == Verdict.RIGHT  # within 1e-9
    assert judge(truth, (AXIS,), reference(right * np.nan, 1e-3)).verdict == Verdict.LIE


def test_what_a_witness_may_be_off_by_is_no_lie() -> None:
    right = np.sin(AXIS)[:, None]
    truth = Solutions(one(np.sin).formulas, one(lambda x: np.sin(x) * (1 + 1e-5)).formulas[0])
    assert judge(truth, (AXIS,), reference(right * (1 + 9e-6), 1e-12)).verdict == Verdict.RIGHT
    assert judge(truth, (AXIS,), reference(right * (1 + 1e-4), 1e-12)).verdict == Verdict.LIE


def test_one_of_several_branches_alone_is_missed_and_a_false_one_is_a_lie() -> None:
    truth, up, down = several(np.cosh, lambda x: -np.cosh(x)), np.cosh(AXIS)[:, None], -np.cosh(AXIS)[:, None]
    assert judge(truth, (AXIS,), reference(up, 1e-12)).verdict == Verdict.MISSED
    assert judge(truth, (AXIS,), reference(down, 1e-12, up)).verdict == Verdict.RIGHT
    assert judge(truth, (AXIS,), reference(up, 1e-12, 2 * up)).verdict == Verdict.LIE
    assert judge(truth, (AXIS,), InputError("reference-undetermined")).verdict == Verdict.REFUSED


@pytest.mark.parametrize("fate", Fate)
def test_where_there_is_no_one_solution_any_is_a_lie(fate: Fate) -> None:
    assert judge(fate, (AXIS,), reference(np.zeros((101, 1)), 1e-15)).verdict == Verdict.LIE
    assert judge(fate, (AXIS,), InputError("reference-no-convergence")).verdict == Verdict.RIGHT
    assert judge(fate, (AXIS,), InputError("reference-ill-posed")).slander == (fate is not Fate.ILL_POSED)


def test_a_refusal_that_denies_the_solution_is_told() -> None:
    judged = judge(one(np.sin), (AXIS,), InputError("reference-ill-posed"))
    assert (judged.verdict, judged.slander) == (Verdict.REFUSED, True)


def test_points_on_a_jump_do_not_count() -> None:
    known = np.where(AXIS == 0.5, np.nan, AXIS > 0.5)[:, None]
    assert distance((AXIS >= 0.5).astype(float)[:, None], known) == 0
    assert distance(np.zeros((101, 1)), np.zeros((101, 1))) == 0


def record(name: str, verdict: Verdict) -> Record:
    return Record(name, verdict, "1 known", 0.5, 1e-13, 1e-15, "lines", 0, "", False, "", "", 0.1, {"unknowns": ["u"]})


def test_a_ledger_survives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    ledger.write(path, record("pulse-ode/0/0", Verdict.RIGHT))
    whole = path.read_text()
    path.write_text(whole + whole[:40])
    assert list(ledger.read(path)) == ["pulse-ode/0/0"]
    ledger.mend(path)
    ledger.write(path, record("pulse-ode/0/1", Verdict.LIE))
    assert list(ledger.read(path)) == ["pulse-ode/0/0", "pulse-ode/0/1"]


def test_a_report_counts_names_faults_and_gives_lies_as_files() -> None:
    records = [record("pulse-ode/0/0", Verdict.RIGHT), record("pulse-ode/0/1", Verdict.LIE), record("several-bratu/0/0", Verdict.REFUSED)]
    kinds = ("pulse-ode", "several-bratu")
    assert "| pulse-ode | 2 | 1 | 1 | 0 | 0 | 0 | 0 |" in report.table(records, kinds)
    assert [fault.split(",")[0] for fault in report.faults(records, kinds)] == [
        "1 × lie",
        "all: 1 of 3 refused",
        "several-bratu: 1 of 1 refused",
    ]
    assert report.findings(records).startswith("# pulse-ode/0/1: truth 1 known, lines claims 1.0e-15, off by 5.0e-01\n[problem]\n")


@pytest.mark.parametrize("name", slow_of(SAMPLE, *LONGEST))
def test_a_sample_is_heard_without_a_lie(name: str) -> None:
    heard = hear(name)
    assert heard.verdict in (Verdict.RIGHT, Verdict.REFUSED), report.findings([heard]) or report.toml(name, heard.table)
