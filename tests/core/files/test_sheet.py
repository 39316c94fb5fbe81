"""Tables as spreadsheets write them: what is recognised, what is left out, and what is refused as it can be read in two ways."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.domain import Interval
from core.errors import InputError
from core.files.sheet import Sheet, read
from core.problem.measurements.data import read as measurements

CUP = """\ufeffCooling of a cup
# taken on Monday

"time [s]";"T (°C)";"note"
0;81,5;poured
60;74,25;
120;68,0;
"180";"62,75";stirred
"""
EXPECTED = [[0, 81.5], [60, 74.25], [120, 68], [180, 62.75]]


def numbers(sheet: Sheet, *titles: str) -> list[list[float]]:
    places = [sheet.index(title) for title in titles]
    assert None not in places
    array, _, mistakes = sheet.numbers([place for place in places if place is not None])
    assert not mistakes
    return [list(row) for row in array.tolist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_spreadsheets_file_is_understood_in_any_encoding(encoding: str) -> None:
    found = read((CUP.removeprefix("\ufeff") if encoding != "utf-8" else CUP).encode(encoding), file="cup.csv")
    assert (found.separator, found.decimal) == (";", ",")
    assert [(column.name, column.unit) for column in found.columns] == [("time", "s"), ("T", "°C"), ("note", "")]
    assert found.left_out == (1, 2, 3)
    assert numbers(found, "time", "T (°C)") == EXPECTED


@pytest.mark.parametrize(
    ("text", "separator", "decimal"),
    [
        ("t,u\n0,1.5\n1,2.5\n", ",", "."),
        ("t;u\n0;1,5\n1;2,5\n", ";", ","),
        ("t\tu\n0\t1,5\n1\t2,5\n", "\t", ","),
        ("t|u\n0|1.5\n1|2.5\n", "|", "."),
        ("t u\n0 1.5\n1   2.5\n", " ", "."),
        ("sep=;\nt;u\n0;1,5\n1;2,5\n", ";", ","),
        ("t;u\ns;K\n0;1,5\n1;2,5\n", ";", ","),
        ("t;u;\n0;1,5;\n1;2,5;\n", ";", ","),
        ("t [s], u [m]\r\n0, 1.5\r\n\r\n1, 2.5\r\n", ",", "."),
        ("% made by an instrument\nt,u\n0,1.5\n// a gap\n1,2.5", ",", "."),
    ],
)
def test_separators_and_decimal_signs_are_recognised(text: str, separator: str, decimal: str) -> None:
    found = read(text.encode(), file="m.csv")
    assert (found.separator, found.decimal) == (separator, decimal)
    assert numbers(found, "t", "u") == [[0, 1.5], [1, 2.5]]


@pytest.mark.parametrize(
    ("title", "name", "unit"),
    [("T (°C)", "T", "°C"), ("time [s]", "time", "s"), ("v / m/s", "v", "m/s"), ("v /km", "v", "km"), ("u", "u", ""), ("(K)", "(K)", "")],
)
def test_units_are_told_from_names(title: str, name: str, unit: str) -> None:
    column = read(f"{title};b\n0;1\n1;2\n".encode(), file="m.csv").columns[0]
    assert (column.title, column.name, column.unit) == (title, name, unit)


def test_a_file_without_names_numbers_its_columns() -> None:
    found = read(b"0,1\n1,2\n", file="m.csv")
    assert found.header is None and numbers(found, "1", "2") == [[0, 1], [1, 2]]


def test_lines_that_cannot_be_read_are_told_and_the_others_kept() -> None:
    found = read(b"t;u\n0;1,5\n1;warm\n2\n3;nan\n4;2,5\n", file="m.csv")
    array, lines, mistakes = found.numbers([0, 1])
    assert array.tolist() == [[0, 1.5], [4, 2.5]] and [line.number for line in lines] == [2, 6]
    assert [(error.code, error.at.key) for error in mistakes] == [
        ("data-not-a-number", "line 3, column u"),
        ("data-row-length", "line 4"),
        ("data-not-a-number", "line 5, column u"),
    ]


@pytest.mark.parametrize("text", ["t;u\n0;1,500\n1;2,250\n", "t;u\n0;1,5\n1;2.5\n", "t\tu\n0\t1,234,567\n1\t2\n"])
def test_what_can_be_read_in_two_ways_is_refused_at_its_cell(text: str) -> None:
    found: list[InputError] = []
    try:
        found = read(text.encode(), file="m.csv").numbers([0, 1])[2]
    except InputError as error:
        found = [error]
    assert [(error.code, error.at.key is not None) for error in found] == [("data-thousands", True)]


def test_points_that_may_part_thousands_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        read(b"t;u\n1;1.500\n2;12.251\n3;999\n", file="m.csv")
    assert (caught.value.code, caught.value.at.key) == ("data-thousands", "line 2, column 2")
    assert numbers(read(b"t;u\n1;1.500\n2;12.251\n3;0.999\n", file="m.csv"), "u") == [[1.5], [12.251], [0.999]]


@pytest.mark.parametrize("row", ["1 000;2 000", "1s;2m", "<1;<2", "(1);(2)", "$1;$2", "1.5.2020;x", "1D0;2.5d-3"])
def test_a_row_that_is_written_oddly_is_told_and_not_taken_for_units(row: str) -> None:
    found = read(f"t;u\n{row}\n2;3\n3;4\n".encode(), file="m.csv")
    assert [error.code for error in found.numbers([0, 1])[2]] == ["data-not-a-number"]


def test_a_minus_sign_is_one_in_every_row() -> None:
    assert numbers(read("t;u\n−1;−2,5\n2;3\n".encode(), file="m.csv"), "t", "u") == [[-1, -2.5], [2, 3]]


def test_decimal_commas_are_sure_where_one_cannot_part_thousands() -> None:
    assert numbers(read(b"t;u\n0;1,500\n1;0,250\n", file="m.csv"), "u") == [[1.5], [0.25]]


def test_the_quick_way_and_the_careful_one_read_the_same() -> None:
    plain = "t;u\n" + "".join(f"{number};{number / 7:.6f}\n".replace(".", ",") for number in range(300))
    quick, careful = (
        read(text.encode(), file="m.csv").numbers([0, 1])[0] for text in (plain, plain.replace("0;0,000000", '"0";"0,000000"'))
    )
    assert np.array_equal(quick, careful) and len(quick) == 300


def test_columns_are_chosen_by_their_titles() -> None:
    axes = (Interval("t", 0.0, 200.0),)
    found = measurements(CUP.encode(), axes, ("u",), file="cup.csv", titles={"t": "time [s]", "u": "T"})
    assert [list(row) for row in found.rows] == EXPECTED
    with pytest.raises(InputError) as caught:
        measurements(CUP.encode(), axes, ("u",), file="cup.csv", titles={"t": "tmie", "u": "T"})
    assert caught.value.code == "data-no-such-column" and "time [s], T (°C), note" in str(caught.value)
