import math

import pytest

from core.errors import InputError
from core.ranges import Choice, Curriculum, Integer, Real, Stages, nearest


def code(call: object) -> str:
    with pytest.raises(InputError) as caught:
        call()  # type: ignore[operator]
    assert str(caught.value)
    return caught.value.code


def test_a_real_takes_numbers_and_their_text() -> None:
    assert Real(0, 1).check("rate", "1e-3") == 1e-3
    assert Real(0, 1).check("rate", 1) == 1.0


@pytest.mark.parametrize("value", [math.nan, "nan", True, "fast", None, [1]])
def test_a_real_refuses_what_is_no_number(value: object) -> None:
    assert code(lambda: Real(0, 1).check("rate", value)) == "not-a-number"


@pytest.mark.parametrize("value", [1.1, -0.1, math.inf, "1e999"])
def test_a_real_refuses_what_lies_outside(value: object) -> None:
    assert code(lambda: Real(0, 1).check("rate", value)) == "out-of-range"


def test_an_integer_takes_whole_numbers_only() -> None:
    assert Integer(1, 10).check("depth", "4") == 4
    assert code(lambda: Integer(1, 10).check("depth", 4.5)) == "not-an-integer"
    assert code(lambda: Integer(1, 10).check("depth", True)) == "not-an-integer"
    assert code(lambda: Integer(1, 10).check("depth", math.inf)) == "not-an-integer"
    assert code(lambda: Integer(1, 10).check("depth", 11)) == "out-of-range"


def test_a_choice_offers_the_nearest_name() -> None:
    assert Choice(("tanh", "sin")).check("activation", "sin") == "sin"
    with pytest.raises(InputError, match="did you mean tanh"):
        Choice(("tanh", "sin")).check("activation", "tahn")
    assert code(lambda: Choice(("tanh", "sin")).check("activation", 3)) == "not-a-choice"


def test_a_choice_knows_other_names_for_its_options() -> None:
    devices = Choice(("cpu", "cuda:0"), (("cuda", "cuda:0"),))
    assert devices.check("device", "cuda") == devices.check("device", "cuda:0") == "cuda:0"


def test_nearest_finds_a_slip_and_nothing_far() -> None:
    assert nearest("burger", ["heat", "burgers"]) == "burgers"
    assert nearest("zzz", ["heat", "burgers"]) is None


STAGES = Stages(("adam", "lbfgs", "ssbroyden"), ("adam",))


@pytest.mark.parametrize(
    "text",
    ["adam 1000, lbfgs", "adam 1000 -> lbfgs", "adam 1000 → lbfgs", " adam  1000 ,lbfgs ", ["adam 1000", "lbfgs"], "adam 1e3, lbfgs"],
)
def test_stages_are_read_however_they_are_written(text: object) -> None:
    assert STAGES.check("optimiser", text) == "adam 1000, lbfgs"
    assert STAGES.check("optimiser", STAGES.check("optimiser", text)) == "adam 1000, lbfgs"


def test_one_method_is_a_sequence_too() -> None:
    assert STAGES.check("optimiser", "lbfgs") == "lbfgs"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adam, lbfgs", "stage-without-steps"),
        ("adam 10 20, lbfgs", "stage-without-steps"),
        ("adam 10, lbfgs 20", "last-stage-has-steps"),
        ("adam 0, lbfgs", "out-of-range"),
        ("adam many, lbfgs", "not-an-integer"),
        ("adam 10, lbgfs", "not-a-choice-near"),
        ("adam 10, ", "not-a-choice"),
        ("", "not-a-choice"),
        (None, "not-a-choice"),
        ([], "not-a-choice"),
        ({"adam": 10}, "not-a-choice"),
    ],
)
def test_a_mistake_in_stages_is_told(text: object, expected: str) -> None:
    assert code(lambda: STAGES.check("optimiser", text)).removesuffix("-near") == expected.removesuffix("-near")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", "none"),
        (" beta  from 1.0 ", "beta from 1"),
        ("nu from 1e-05", "nu from 1e-05"),
        ("a from -0.333333333333", "a from -0.333333333333"),
    ],
)
def test_a_curriculum_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert Curriculum().check("curriculum", text) == expected
    assert Curriculum().check("curriculum", expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not-a-curriculum"),
        (None, "not-a-curriculum"),
        (["beta", "from", "1"], "not-a-curriculum"),
        ("beta", "not-a-curriculum"),
        ("beta to 1", "not-a-curriculum"),
        ("beta from 1 on", "not-a-curriculum"),
        ("beta from one", "not-a-number"),
        ("beta from nan", "not-a-number"),
        ("beta from inf", "out-of-range"),
    ],
)
def test_a_mistake_in_a_curriculum_is_told(text: object, expected: str) -> None:
    assert code(lambda: Curriculum().check("curriculum", text)) == expected
