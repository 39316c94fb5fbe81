"""The figures: every array that a skeleton asks for is one that frames have, in the shape that the trace needs."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import Interval
from core.experiment.experiment import Experiment, terms
from core.loss.losses import Losses
from core.problem import cusps
from core.problem.binding import bind
from core.problem.reading.reading import library, load, problem_from_table
from core.references import Reference
from core.running.display import FULL, Display, State
from core.store.losses import curve
from core.studies.spread import Series, by_step, spread
from core.training.training import train
from dashboard.components.stage.stage import panels
from dashboard.figures import bands, classical, curves, domain, maps, style
from dashboard.figures.loss import loss
from tests.experiments import small

X, T, Y, Z = Interval("x", -1, 1), Interval("t", 0, 2), Interval("y", 0, 3), Interval("z", 0, 1)


KINDS = ["decay", "lagaris-4", "burgers", "kovasznay", "taylor-green", "noisy-sine", "hills"]
"""A problem of each kind that is drawn differently."""


LAYOUT = {"template", "xaxis", "yaxis", "uirevision", "showlegend", "meta", "scene", "annotations", "margin"}
"""What figures say of their own layout; the rest is the template's."""


def arrays_of(experiment: Experiment) -> dict[str, NDArray[Any]]:
    """What a moment has, and what the scripts of the stage lay beside it, as they do: axes, the reference, losses."""
    snapshot = next(train(experiment))
    losses = Losses(experiment, next(snapshot.network.parameters()).device)
    coordinates = experiment.bound.coordinates
    shape = [len(axis) for axis in grids.axes(coordinates, grids.FULL)]
    reference = Reference("exact", np.zeros((*shape, len(experiment.bound.unknowns))), 0.0, 0.0)
    drawn = Display(experiment, losses, lambda: reference).draw(State.of(snapshot), snapshot.losses.numpy(), FULL)
    fields: dict[str, NDArray[Any]] = dict(drawn.fields)
    kinds = {
        "axis": "solution.",
        "error-axis": "error.",
        "residual-axis": "residual.",
        "reference-axis": "solution.",
        "slope-axis": "slope.",
    }
    for kind, begin in kinds.items():
        if not any(name.startswith(begin) for name in drawn.fields):
            continue
        size = next(field.shape for name, field in drawn.fields.items() if name.startswith(begin))[0]
        axes = grids.axes(coordinates, {len(coordinates): size})
        fields |= {f"{kind}.{item.name}": axis for item, axis in zip(coordinates, axes, strict=True)}
    fields |= {f"reference.{unknown}": np.zeros(shape) for unknown in experiment.bound.unknowns}
    rows = np.ones((3, len(experiment.weights)), np.float32)
    held = {"validation.steps": np.arange(3.0), "validation.loss": np.ones(3)} if experiment.measured is not None else {}
    return fields | curve(rows, experiment.weights) | held


def traces(experiment: Experiment) -> list[dict[str, Any]]:
    return [trace for panel in panels(experiment) for trace in json.loads(panel["figure"])["data"]]


@pytest.mark.parametrize("problem", KINDS)
def test_figures_have_the_template_in_common_and_need_nothing_of_the_page(problem: str) -> None:
    template = plotly.io.templates["tangente"]
    for panel in panels(small(problem)):
        figure = go.Figure(json.loads(panel["figure"]))
        assert figure.layout.template == template and template.layout.font.color == style.TEXT
        own = figure.layout.to_plotly_json().keys()
        assert {name.rstrip("23") for name in own} <= LAYOUT, panel["name"]


@pytest.mark.parametrize("problem", KINDS)
def test_every_array_is_one_that_there_is(problem: str) -> None:
    experiment = small(problem)
    arrays = arrays_of(experiment)
    for unknown in experiment.bound.unknowns:
        for trace in traces(experiment):
            names = {place: name.format(unknown=unknown, equation=1) for place, name in trace["meta"]["fill"].items()}
            if not names:
                continue  # data, which stand in the figure itself
            if names["y"].startswith(("others", "ghost", "cursor")):
                continue  # of other solutions, of the run before, of the moment that is looked at: made in the browser
            shapes = {place: [*arrays[name].shape] for place, name in names.items()}
            if cut := trace["meta"].get("slice"):
                place = "z" if "z" in shapes else "y"
                assert shapes[place].pop(cut["dimension"]) == len(arrays[cut["along"]])
            if trace["type"] in ("heatmap", "surface"):
                across = [*shapes["x"], *shapes["y"]] if trace.get("transpose") else [*shapes["y"], *shapes["x"]]
                assert shapes["z"] == across
            else:
                assert len({tuple(shape) for shape in shapes.values()}) == 1


@pytest.mark.parametrize("problem", library())
def test_every_term_and_unknown_is_drawn(problem: str) -> None:
    experiment = small(problem)
    drawn = {name for trace in traces(experiment) for name in trace["meta"]["fill"].values()}
    assert {f"loss.{term}" for term in (*experiment.trained, "total")} <= drawn
    built = set(terms(experiment.problem)) - set(experiment.trained)
    assert not {f"loss.{term}" for term in built} & drawn, "what is built in is not trained"
    if len(experiment.bound.coordinates) == 1:
        kinds = ("solution", "reference", "error")
        assert {f"{kind}.{unknown}" for kind in kinds for unknown in experiment.bound.unknowns} <= drawn


def test_time_runs_to_the_right() -> None:
    for coordinates, transpose in (((X, T), False), ((T, X), True)):
        figure = maps.solution(coordinates)
        assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("t", "x")
        assert figure.data[0].transpose is transpose


def test_the_first_of_two_space_coordinates_runs_to_the_right() -> None:
    figure = maps.solution((X, Y))
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("x", "y")
    assert figure.data[0].transpose is True


def test_of_three_coordinates_time_is_cut_and_else_the_last() -> None:
    for coordinates, cut, sides in (((X, Y, T), 2, "xy"), ((T, X, Y), 0, "xy"), ((X, T, Y), 1, "xy"), ((X, Y, Z), 2, "xy")):
        figure = maps.solution(coordinates)
        assert maps.sliced(coordinates) == cut
        assert figure.data[0].meta["slice"] == {"dimension": cut, "along": f"axis.{coordinates[cut].name}"}
        assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == tuple(sides)
    assert maps.sliced((X, T)) is None and "slice" not in maps.solution((X, T)).data[0].meta
    assert maps.residual((X, Y, T)).data[0].meta["slice"]["along"] == "residual-axis.t"


def test_maps_of_space_are_drawn_to_scale_unless_they_would_be_lines() -> None:
    def to_scale(*coordinates: Interval) -> bool:
        layout = maps.solution(coordinates).layout
        return bool(layout.yaxis.scaleanchor == "x" and layout.xaxis.constrain == layout.yaxis.constrain == "domain")

    assert to_scale(X, Y) and to_scale(X, Y, T)
    assert not to_scale(X, T) and not to_scale(X, Interval("y", 0, 20))


def test_network_and_reference_share_one_scale_centred_at_zero() -> None:
    network, reference = maps.solution((X, T)).data[0], maps.reference((X, T)).data[0]
    assert network.colorscale == reference.colorscale
    assert network.meta["limits"] == reference.meta["limits"] == {"of": ["reference.{unknown}", "solution.{unknown}"], "signed": True}
    assert network.zmin == -network.zmax


def test_errors_and_residuals_are_coloured_by_powers_of_ten() -> None:
    for figure in (maps.error((X, T)), maps.residual((X, T))):
        assert figure.data[0].meta["limits"]["signed"] is False
        assert figure.data[0].meta["changed"] == {"z": "log10"}


def test_the_axes_of_curves_have_room_for_the_whole_film() -> None:
    named = {"u": "u"}
    assert curves.solution(X, named, named, named).layout.meta == {"yaxis": {"reference": ["reference.u"], "film": ["solution.u"]}}
    assert curves.residual(X, {1: "equation"}).layout.meta == {"yaxis": {"reference": [], "film": ["residual.1"]}}


def test_unknowns_against_each_other_are_a_plane_of_two_and_a_space_of_three() -> None:
    plane, space = (curves.phase(unknowns, network="network", reference="reference") for unknowns in ("uv", "xyz"))
    assert [trace.type for trace in plane.data] == ["scatter"] * 2 and [trace.type for trace in space.data] == ["scatter3d"] * 2
    assert plane.data[1].meta["fill"] == {"x": "solution.u", "y": "solution.v"}
    assert space.layout.scene.zaxis.title.text == "z"


def test_losses_are_on_log_axes_that_reach_to_the_end() -> None:
    figure = loss({"equation-1": "equation"}, 2000, step="step", total="total")
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.autorangeoptions.include == (1, 2000)
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["equation", "total"]
    assert loss({}, None, step="step", total="total").layout.xaxis.autorangeoptions.include is None


def test_no_two_of_many_terms_look_alike() -> None:
    terms = {f"condition-{number}": str(number) for number in range(1, 21)}
    lines = [trace.line for trace in loss(terms, 100, step="step", total="total").data if trace.showlegend is not False]
    assert len({(line.color, line.dash) for line in lines}) == 21


def test_zoom_stays_for_new_data_and_goes_with_new_axes() -> None:
    def kept(figure: go.Figure) -> str:
        return str(figure.layout.uirevision)

    assert kept(maps.solution((X, T))) == kept(maps.solution((X, T)))
    assert kept(maps.solution((X, T))) != kept(maps.solution((X, Y)))
    assert kept(curves.error(X, ["u"])) != kept(curves.error(Y, ["u"]))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast of two colours."""

    def light(colour: str) -> float:
        channels = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    dark, bright = sorted([light(one), light(other)])
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", style.PALETTE)
@pytest.mark.parametrize("background", ["#ffffff", "#11161d"])
def test_lines_stand_out_on_both_themes(colour: str, background: str) -> None:
    assert contrast(colour, background) >= 3


# Finished figures: the editor's.


@pytest.mark.parametrize("name", library())
def test_the_domain_shows_every_condition_in_its_colour_and_with_its_number(name: str) -> None:
    problem = load(name)
    figure = domain.domain(bind(problem, {}))
    numbers = [trace for trace in figure.data if trace.mode == "markers+text"]
    asked = cusps.asked(cusps.find(bind(problem, {})))  # which are numbered after the conditions
    assert {trace.text[0] for trace in numbers} == {str(number) for number in range(1, len(problem.conditions) + len(asked) + 1)}
    colours = [color for color, _text in domain.legend([*problem.conditions, *(place for _tree, place in asked)])]
    assert all(trace.marker.color == colours[int(trace.text[0]) - 1] for trace in numbers)


def test_where_an_equation_steps_a_dashed_line_crosses_the_domain() -> None:
    def crossing(coordinates: dict[str, list[float]], equation: str, *conditions: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
        table = {"coordinates": coordinates, "unknowns": ["u"], "equations": [equation], "conditions": list(conditions)}
        figure = domain.domain(bind(problem_from_table(table), {}))
        (line,) = (trace for trace in figure.data if trace.mode == "lines" and trace.line.dash == "dash")
        return line.x, line.y

    across, high = crossing({"x": [0, 1]}, "D((1 + heaviside(x - 0.3))*u_x, x) = 0", "u(0) = 0", "u(1) = 1")
    assert across == (0.3, 0.3) and high[0] == -high[1]
    plate = {"x": [0, 1], "y": [0, 2]}
    found = crossing(plate, "D((1 + heaviside(y - 1))*u_x, x) + D((1 + heaviside(y - 1))*u_y, y) = 1", "u(boundary) = 0")
    assert found == ((0, 1), (1, 1))


def test_a_condition_is_drawn_where_it_holds() -> None:
    burgers = bind(load("burgers"), {})
    lines = {trace.line.color: (trace.x, trace.y) for trace in domain.domain(burgers).data[1:] if trace.mode == "lines"}
    assert lines[style.colour(0)] == ((0, 0), (-1, 1))  # u(x, 0): time to the right
    assert lines[style.colour(1)] == ((0, 1), (-1, -1))
    assert lines[style.colour(2)] == ((0, 1), (1, 1))


def test_a_periodic_condition_is_drawn_at_both_ends_and_the_boundary_on_every_side() -> None:
    def places(name: str, number: int) -> int:
        return len(domain.places(bind(load(name), {}).conditions[number]))

    convection = load("convection")
    periodic = next(number for number, text in enumerate(convection.conditions) if text.count("u(") == 2)
    assert places("convection", periodic) == 2
    assert places("helmholtz", 0) == 4


@pytest.mark.parametrize("name", ["cavity", "beam", "lorenz"])
def test_conditions_of_one_place_are_all_seen(name: str) -> None:
    discs = [trace for trace in domain.domain(bind(load(name), {})).data if trace.mode == "markers+text"]
    at = [(trace.x[0], trace.y[0]) for trace in discs]
    assert len(set(at)) == len(at) > 2


def test_lines_over_one_another_differ_in_breadth() -> None:
    widths = {trace.line.width for trace in domain.domain(bind(load("cavity"), {})).data if trace.mode == "lines"}
    assert len(widths) > 2


@pytest.mark.parametrize(("name", "cut"), [("burgers", None), ("heat", None), ("kovasznay", None), ("taylor-green", 3)])
def test_a_classical_field_lies_as_its_axes_say(name: str, cut: int | None) -> None:
    problem = bind(load(name), {})
    axes = grids.axes(problem.coordinates, grids.FULL)
    mesh = np.meshgrid(*axes, indexing="ij")
    right, up = maps.shown(problem.coordinates)
    (trace,) = classical.field(problem.coordinates, axes, mesh[right] + 100 * mesh[up], cut).data
    assert trace.z.shape == (len(trace.y), len(trace.x))
    expected = np.asarray(trace.x)[None, :] + 100 * np.asarray(trace.y)[:, None]
    assert np.allclose(trace.z, expected, rtol=1e-5, atol=1e-3)


def test_classical_curves_are_one_an_unknown() -> None:
    problem = bind(load("lagaris-4"), {})
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    figure = classical.curves(problem.coordinates[0], axis, problem.unknowns, np.stack([axis, -axis], axis=1))
    assert [trace.name for trace in figure.data] == list(problem.unknowns)
    assert np.allclose(figure.data[1].y, -axis, atol=1e-6)


def test_the_curves_of_further_solutions_are_dotted_and_named_once() -> None:
    problem = bind(load("decay"), {})
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    first, *further = (np.full((len(axis), 1), height) for height in (1.0, 2.0, 3.0))
    figure = classical.curves(problem.coordinates[0], axis, problem.unknowns, first, ["others"], further)
    assert [(trace.y[0], trace.line.dash == "dot", trace.showlegend) for trace in figure.data] == [
        (1, False, None),
        (2, True, True),
        (3, True, False),
    ]
    assert figure.layout.showlegend


# Several runs.

WORDS = bands.Words("median", "middle half", "smallest to largest")


def drawn(figure: go.Figure) -> list[tuple[str | None, str | None, list[float]]]:
    return [(trace.name, trace.fill, list(trace.y)) for trace in figure.data]


def test_a_band_is_filled_between_its_edges_and_the_median_is_on_top() -> None:
    steps = np.arange(1.0, 4)
    band = by_step([Series(steps, scale * steps) for scale in (1, 2, 3, 4, 5)])
    assert drawn(bands.course(band, "step", WORDS)) == [
        (None, None, [1, 2, 3]),
        ("smallest to largest", "tonexty", [5, 10, 15]),
        (None, None, [2, 4, 6]),
        ("middle half", "tonexty", [4, 8, 12]),
        ("median", None, [3, 6, 9]),
    ]


def test_a_band_without_an_upper_end_is_drawn_above_all_else_and_an_infinite_median_is_not() -> None:
    series = [Series(np.array([1.0, 2.0]), np.array([1.0, 2.0])), *[Series(np.array([1.0]), np.array([4.0]), failed=True)] * 2]
    _low, high, _lower, _upper, median = drawn(bands.course(by_step(series), "step", WORDS))
    assert high[2] == [4, 40] and median[2][0] == 4 and np.isnan(median[2][1])


def test_each_unknown_has_a_band_of_its_own_colour() -> None:
    spreads = {name: spread(np.outer([1.0, 2.0, 3.0], np.ones(5)) + shift) for shift, name in enumerate("uv")}
    figure = bands.curves(T, np.linspace(0, 2, 5), spreads, WORDS)
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["u, median", "v, median"]
    assert figure.data[4].line.color != figure.data[9].line.color and list(figure.data[9].y) == [3] * 5


@pytest.mark.parametrize(("coordinates", "cut"), [((X, T), None), ((X, Y), None), ((X, Y, T), 1)])
def test_a_map_of_the_spread_begins_at_zero_and_lies_the_right_way(coordinates: tuple[Interval, ...], cut: int | None) -> None:
    axes = [np.linspace(item.low, item.high, 3 + index) for index, item in enumerate(coordinates)]
    values = np.random.default_rng(0).random([len(axis) for axis in axes])
    trace = bands.distance(coordinates, axes, values, cut).data[0]
    assert np.shape(trace.z) == (len(trace.y), len(trace.x)) and trace.zmin == 0 and trace.zmax == values.max()
    plane = values if cut is None else values[:, :, cut]
    assert trace.z == pytest.approx(plane if T in coordinates[:2] else plane.T)
