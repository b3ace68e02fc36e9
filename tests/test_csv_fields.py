"""Fields of CSV files by a kernel, beside Python's own float and csv module."""

from __future__ import annotations

import csv
import io
import random
import struct
from fractions import Fraction

import numpy as np
import pytest

from mifs._csv.format import CSVFormat
from mifs._csv.plain import PlainText
from mifs._scan import fields as fields_
from mifs._scan.fields import FieldReader, Span
from mifs._scan.walk import walk

pytestmark = pytest.mark.every_way


def read(folder, text, numeric, *, many=False, decimal="."):
    """All columns of a text without a header, as the kernel gives them."""
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    plain = PlainText(path, CSVFormat(header=False), folder)
    spans, _ = walk(plain, ",", 0)
    width = len(next(csv.reader(io.StringIO(text))))
    reader = FieldReader(plain, ",", decimal, width)
    span = Span(0, spans[-1].end, sum(span.n_rows for span in spans))
    every = range(width)
    return list(reader.read(span, every, [numeric] * width, [many] * width).values())


def half_way(rng):
    """Numbers of up to 19 digits in the middle between two floats, and beside it."""
    for _ in range(30):
        exact = Fraction(2 * rng.randint(2**52, 2**53 - 1) + 1) * Fraction(2) ** (
            rng.randint(-12, 10) - 1
        )
        bits = exact.denominator.bit_length() - 1
        digits = exact.numerator * 5**bits
        if digits < 10**19 - 1:
            yield from (f"{digits + delta}e{-bits}" for delta in (-1, 0, 1))


def written(rng):
    """Numbers as people and programs write them."""
    yield from [
        "0",
        "-0",
        "-0.0",
        "5.",
        ".5",
        "-.5",
        "007.50",
        "1e5",
        "1E+5",
        "1e-5",
        "0e99",
        "1e22",
        "1e23",
    ]
    yield from ["9007199254740993.0", "123456789012345", "4.35", "0.1", "1e-64", "1e64"]
    yield from half_way(rng)
    for _ in range(100):
        yield repr(rng.gauss(0, 1) * 10.0 ** rng.randint(-30, 30))
        yield f"{rng.randint(0, 10 ** rng.randint(1, 19))}e{rng.randint(-64, 64)}"
        yield f"{rng.uniform(-1e4, 1e4):.{rng.randint(0, 9)}f}"


def test_numbers_are_those_of_python_to_the_last_bit(tmp_path):
    texts = [text for text in written(random.Random(0)) if "." in text or "e" in text]
    (column,) = read(tmp_path, "".join(f"{text}\n" for text in texts), True)
    found = [struct.pack("d", value) for value in column.values]
    expected = [struct.pack("d", float(text)) for text in texts]
    assert not column.texts
    assert found == expected


@pytest.mark.parametrize(
    "text", ["+5", " 5", "5 ", "1e", "1e+", "e5", ".", "-", "--5", "0x1", "1_0", "nan"]
)
@pytest.mark.parametrize("around", ["{}", '"{}"'])
def test_what_is_no_plain_number_is_left_as_text(tmp_path, text, around):
    (column,) = read(tmp_path, f'1\n{around.format(text)}\n"2"\n3\n', True)
    assert column.texts == [text]
    assert column.codes.tolist() == [-1, 0, -1, -1]
    np.testing.assert_array_equal(column.values, [1, np.nan, 2, 3])
    assert column.whole


@pytest.mark.parametrize("digits", [15, 16, 20, 30])
def test_long_numbers_are_left_as_text(tmp_path, digits):
    whole, fraction = "1" * digits, "0." + "1" * digits
    columns = read(tmp_path, f"{whole},{fraction}\n", True)
    assert columns[0].texts == ([whole] if digits > 15 else [])
    assert columns[1].texts == ([fraction] if digits > 19 else [])


def test_gaps_fractions_and_a_decimal_comma(tmp_path):
    text = 'a;"1,5";"";7\n;2,25;;8\n'.replace(",", "|").replace(";", ",")
    path = tmp_path / "table.csv"
    path.write_text(text.replace("|", "."))
    columns = read(tmp_path, text.replace("|", "."), True)
    assert [column.whole for column in columns] == [False, False, False, True]
    np.testing.assert_array_equal(columns[1].values, [1.5, 2.25])
    assert np.isnan(columns[2].values).all()
    assert columns[0].texts == ["a"]
    (column, _) = read(tmp_path, '"1,5",2\n"-0,5",2\n', True, decimal=",")
    assert column.values.tolist() == [1.5, -0.5]


LETTERS = ["a", "b", ",", '"', "\n", "é", " ", "1", "-", ".", "\r\n", "\t", "🎲"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_texts_are_those_of_the_csv_module(tmp_path, seed, ending):
    rng = random.Random(seed)
    rows = [
        ["x" + "".join(rng.choices(LETTERS, k=rng.randint(0, 3))) for _ in range(3)]
        + ["", rng.choice(["", "z"])]
        for _ in range(80)
    ]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=ending).writerows(rows)
    columns = read(tmp_path, file.getvalue(), False)
    for j, column in enumerate(columns):
        texts = np.array([*column.texts, ""], dtype=object)
        assert texts[column.codes].tolist() == [row[j] for row in rows]


def test_room_for_many_texts_is_made_when_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(fields_, "FEW_TEXTS", 8)
    texts = [f"t{i}" for i in range(50)]
    text = "".join(f"{each}\n" for each in texts)
    for numeric in (False, True):
        (few,) = read(tmp_path, text, numeric)
        assert not few.complete
        assert few.texts == texts[:8]
        (all_,) = read(tmp_path, text, numeric, many=True)
        assert all_.complete
        assert all_.texts == texts
        assert all_.codes.tolist() == list(range(50))


def test_records_that_changed_are_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("1,2\n3\n4,5\n")
    reader = FieldReader(PlainText(path, CSVFormat(), tmp_path), ",", ".", 2)
    for span in (Span(0, 10, 3), Span(0, 4, 2)):
        with pytest.raises(ValueError, match="changed while they were read"):
            reader.read(span, [0, 1], [True, True], [False, False])
