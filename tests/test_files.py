"""CSV files: read whole and exactly, or refused with the line and the remedy."""

from __future__ import annotations

import csv
import io
import warnings

import numpy as np
import pandas as pd
import pytest
from csv_readers import READERS, every_reader
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer

from mifs._csv.columns import split_target
from mifs._csv.files import read_csv
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs.exceptions import MifsWarning

__all__ = ["every_reader"]


@pytest.fixture
def write(tmp_path):
    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_real_table_comes_back_bit_for_bit(tmp_path):
    data = load_breast_cancer(as_frame=True).frame
    data.to_csv(tmp_path / "data.csv", index=False)
    pd.testing.assert_frame_equal(read_csv(tmp_path / "data.csv"), data)


def test_random_floats_come_back_bit_for_bit(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2**64, 3000, dtype=np.uint64)
    values = bits.view(np.float64)
    data = pd.DataFrame({"x": values[np.isfinite(values)]})
    data.to_csv(tmp_path / "data.csv", index=False)
    pd.testing.assert_frame_equal(read_csv(tmp_path / "data.csv"), data)


NAMES = ["1", "007", "1.5", 'say "x"', "a,b", "größe", "特徴", " y", "NA", "a.1", "a"]


@pytest.mark.every_way
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending(write, ending):
    frame = read_csv(write(ending.join(["a,b", "1,x", "", ",y", '"3","u, v"'])))
    assert frame["a"].fillna(0).tolist() == [1, 0, 3]
    assert frame["b"].tolist() == ["x", "y", "u, v"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_odd_names_survive(write, ending):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending)
    writer.writerows([NAMES, range(len(NAMES))])
    frame = read_csv(write(text.getvalue()))
    assert list(frame.columns) == NAMES
    assert frame.iloc[0].tolist() == list(range(len(NAMES)))


def test_types_are_inferred_from_all_rows(write):
    # More rows than pandas takes at once; a scan takes fewer.
    n = 70_000 if read_csv is READERS["whole"] else 2_000
    rows = [f"{i},{i},{i % 2 == 0},{'abc'[i % 3]}" for i in range(n)]
    frame = read_csv(write("n,x,b,s\n" + "\n".join(rows) + "\n1,0.5,True,a"))
    assert [str(t) for t in frame.dtypes[:3]] == ["int64", "float64", "bool"]
    assert frame["s"].map(type).eq(str).all()


def test_fields_may_hold_newlines_quotes_and_delimiters(write):
    frame = read_csv(write('a,b\n"x ""y"", z","two\nlines"\nsay "q" now,""\n'))
    assert frame["a"].tolist() == ['x "y", z', 'say "q" now']
    assert frame["b"].tolist()[0] == "two\nlines"
    assert pd.isna(frame["b"].tolist()[1])


def test_missing_markers(write):
    path = write("a,b\nNA,None\n,x\n?,y\n")
    assert read_csv(path)["b"].tolist() == ["None", "x", "y"]
    assert read_csv(path)["a"].isna().tolist() == [True, True, False]
    replaced = read_csv(path, CSVFormat(missing=("?",)))
    assert replaced["a"].isna().tolist() == [False, True, True]


def test_blank_lines_hold_no_row(write):
    frame = read_csv(write("\n  \na,b\n1,2\n\n \t\n3,4\n\n"))
    assert frame["a"].tolist() == [1, 3]


def test_delimiter_and_decimal(write):
    path = write("a;b\n1,5;2\n-0,25;3\n")
    frame = read_csv(path, CSVFormat(delimiter=";", decimal=","))
    assert frame["a"].tolist() == [1.5, -0.25]
    assert read_csv(write("a\tb\n1,5\t2\n", "data.tsv")).shape == (1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_recognised(write, encoding):
    frame = read_csv(write("größe,y\nä,1\n".encode(encoding)))
    assert frame.to_dict("list") == {"größe": ["ä"], "y": [1]}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le", "UTF8"])
def test_named_encodings_are_used(write, encoding):
    path = write("größe,y\nä,1\n".encode(encoding))
    frame = read_csv(path, CSVFormat(encoding=encoding))
    assert frame.to_dict("list") == {"größe": ["ä"], "y": [1]}


REFUSED = {
    "row too short": ("a,b,c\n1,2,3\n4,5\n", "line 3: 2 fields, too few.* 3 fields"),
    "row too long": ("a,b\n1,2\n3,4,5\n", "line 3: 3 fields, too many"),
    "every row too long": ("a,b\n1,2,3\n3,4,5\n", "line 2: 3 fields, too many"),
    "short after a two-line field": ('a,b\n"x\ny",2\n3\n', "line 4: 1 field,"),
    "short in the middle of blank lines": ("a,b\n\n\n1\n", "line 4: 1 field,"),
    "stray quote": ('a,b\n1,2\n3,"x"y\n4,"z"\n', "line 3: text follows a closing"),
    "two stray quotes": ('a,b,c\n1,"x,2\n3,"y,4\n', "line 2: text follows a closing"),
    "lone return": ("a,b\n1,2\r,3\n", "line 2: a carriage return that ends no"),
    "open quote": ('a,b\n1,2\n3,"x\n4,5\n', "line 3: .* quote that never closes"),
    "latin-1 bytes": (
        b"a,b\n1,x\n2,\xe9\n",
        "line 3: byte 0xe9 .*encoding, such as latin-1$",
    ),
    "latin-1 header": (b"\xe9,b\n1,x\n", "line 1: byte 0xe9 is not valid utf-8"),
    "unmarked UTF-16": ("a,b\n1,2\n".encode("utf-16-le"), "looks like utf-16-le"),
    "NUL": (b"a,b\n1,2\n\x00,3\n", "line 3: holds a NUL byte"),
    "names twice": ("a,b,a\n1,2,3\n", "columns 1 and 3 are all named 'a'"),
    "endless name": ("a" * 200_000 + ",b\n1,2\n", "header: field larger than"),
    "empty": ("", "is empty"),
    "blank": ("\n \n", "is empty"),
    "header only": ("a,b\n", "has a header and no rows"),
    "other delimiter": ("a;b;y\n1,5;2;0\n", "line 1: .* if ';' separates the fields"),
    "tabs": ("a\tb\n1\t2\n", "line 1: .* if tab separates the fields"),
    "gzip": (b"\x1f\x8b\x08\x00", "compressed by gzip: unpack it"),
    "Excel": (b"PK\x03\x04\x00", "Excel workbook: save the table as CSV"),
    "Parquet": (b"PAR1\x00", "Parquet file"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_odd_files_are_refused(write, content, message):
    path = write(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_csv(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"delimiter": "ab"}, "delimiter 'ab' is not usable"),
        ({"delimiter": "é"}, "one ASCII character"),
        ({"delimiter": '"'}, "one ASCII character"),
        ({"decimal": ";"}, "decimal mark ';': give"),
        ({"encoding": "latin-17"}, "encoding 'latin-17' is unknown"),
    ],
)
def test_impossible_formats_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        CSVFormat(**arguments)


def test_one_character_is_not_two_things(write):
    with pytest.raises(ValueError, match="both the delimiter and the decimal mark"):
        read_csv(write("a,b\n1,2\n"), CSVFormat(decimal=","))


def test_an_absent_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "none.csv")


def test_nameless_columns_are_named_with_a_warning(write):
    with pytest.warns(MifsWarning, match="column 1 has no name.*'Unnamed: 0'"):
        frame = read_csv(write(",b\n0,5\n1,6\n"))
    assert list(frame.columns) == ["Unnamed: 0", "b"]


def test_numbers_lost_to_text_are_named(write):
    numbers = "".join(f"{i}.5;1\n" for i in range(40))
    path = write("a;b\n" + numbers + "?;1\n")
    with pytest.warns(
        MifsWarning, match=r"'a' is taken as text, yet 40 of 41 .*'\?' is not"
    ):
        read_csv(path, CSVFormat(delimiter=";"))
    path = write("a;b\n" + numbers.replace(".", ","))
    with pytest.warns(
        MifsWarning, match="'a' is taken as text.*decimal mark may be ','"
    ):
        read_csv(path, CSVFormat(delimiter=";"))


def test_levels_that_look_like_numbers_need_no_warning(write):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = read_csv(write("a,b\n" + "0,1\n1,1\n2,0\n3+,1\n" * 30))
    assert sorted(set(frame["a"])) == ["0", "1", "2", "3+"]


def test_split_target():
    frame = pd.DataFrame({"id": [1, 2], "x": [3, 4], "y": [0, 1]})
    features, target = split_target(frame, "y", ["id"], "data.csv")
    assert list(features.columns) == ["x"]
    assert target.name == "y"


@pytest.mark.parametrize(
    ("target", "exclude", "message"),
    [
        ("Price", [], r"data.csv has no column 'Price'; near names: 'price', ' PRICE'"),
        ("zz", [], r"no column 'zz'; its columns: 'id', 'price', ' PRICE'"),
        ("price", ["idd"], "no column 'idd'; near names: 'id'"),
        ("price", ["price"], "both the target and excluded"),
        ("price", ["id", " PRICE"], "has no feature"),
    ],
)
def test_columns_that_are_not_there(target, exclude, message):
    frame = pd.DataFrame({"id": [1], "price": [2], " PRICE": [3]})
    with pytest.raises(ValueError, match=message):
        split_target(frame, target, exclude, "data.csv")


FIELDS = st.text(st.sampled_from('ab1 ,;"\n\r\té'), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_whatever_a_csv_writer_quotes_comes_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("quoted") / "data.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([["name", "b", "c"], *[["t" + r[0], *r[1:]] for r in rows]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        frame = read_csv(path)
    assert frame["name"].tolist() == ["t" + row[0] for row in rows]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab,"\n\r '), max_size=30))
def test_any_text_is_read_as_the_csv_module_reads_it_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "data.csv"
    path.write_bytes(b"p,q\n" + text.encode())
    try:
        frame = read_csv(path)
    except ValueError:
        return
    rows = csv.reader(io.StringIO(text, newline=""))
    expected = [row for row in rows if len(row) > 1 or "".join(row).strip()]
    read = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
    assert read == expected


# A missing value that is a number, in columns of numbers and of text.
SENTINELS = {
    "whole": (["-99", "3", "5"], "-99", [None, 3.0, 5.0]),
    "whole among floats": (["-99", "3.5", "5"], "-99", [None, 3.5, 5.0]),
    "fraction": (["-99.0", "3", "5"], "-99", [None, 3.0, 5.0]),
    "fraction for whole": (["-99", "3", "5"], "-99.0", [None, 3.0, 5.0]),
    "another spelling": (["-9.9e1", "3", " -99"], "-99", [None, 3.0, None]),
    "comma": (["-9,50", "3,5", "5"], "-9,5", [None, 3.5, 5.0]),
    "zero": (["0", "0.0", "-0", "2"], "0", [None, None, None, 2.0]),
    "text": (["-99", "-99.0", "x"], "-99", [None, None, "x"]),
    "another number": (["-99.5", "-9", "5"], "-99", [-99.5, -9.0, 5.0]),
    "all": (["-99", "-99", "-99"], "-99", [None, None, None]),
}


@pytest.mark.parametrize("case", SENTINELS)
def test_a_number_may_stand_for_a_missing_value(write, case):
    values, missing, expected = SENTINELS[case]
    path = write("a;b\n" + "".join(f"{value};1\n" for value in values))
    decimal = "," if case == "comma" else "."
    form = CSVFormat(delimiter=";", decimal=decimal, missing=(missing,))
    column = read_csv(path, form)["a"]
    found = [None if pd.isna(value) else value for value in column]
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_a_number_that_stands_for_a_missing_value_comes_late(write):
    lines = [f"{i % 7},{i}" for i in range(100)]
    lines[70] = "-99,3"
    path = write("a,b\n" + "\n".join(lines) + "\n")
    frame = read_csv(path, CSVFormat(missing=("-99",)))
    assert frame["a"].isna().to_numpy().nonzero()[0].tolist() == [70]
    assert frame["a"].drop(70).tolist() == [i % 7 for i in range(100) if i != 70]
    assert frame["b"].tolist() == [*range(70), 3, *range(71, 100)]


@pytest.mark.parametrize("texts", [("True", "false"), ("TRUE", "", "False")])
def test_booleans_are_numbers_where_it_is_said(write, texts):
    path = write("a,b\n" + "".join(f"{text},1\n" for text in texts))
    column = read_csv(path, CSVFormat(numbers=("a",)))["a"]
    expected = [{"t": 1.0, "f": 0.0}.get(text[:1].lower()) for text in texts]
    assert [None if pd.isna(value) else value for value in column] == expected
    assert column.dtype == float


def test_booleans_beside_numbers_are_none(write):
    path = write("a,b\nTrue,1\n1,1\n")
    with pytest.raises(CSVError, match="'True' is none"):
        read_csv(path, CSVFormat(numbers=("a",)))


@pytest.mark.parametrize("options", [{"thousands": "'"}, {"units": ("$",)}])
def test_marks_leave_other_numbers_as_they_are(write, options):
    frame = read_csv(write("a,b\ninf,1\n1 ,2\n"), CSVFormat(**options))
    assert frame["a"].tolist() == [float("inf"), 1.0]


def test_a_column_of_text_without_a_value_is_missing(write):
    frame = read_csv(write("a,b\nNA,1\n,2\n"), CSVFormat(text=("a",)))
    assert frame["a"].isna().all()
