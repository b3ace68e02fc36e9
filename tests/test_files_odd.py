"""Odd CSV files: codes, marks, titles, missing names, other kinds of files."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from csv_readers import every_reader
from hypothesis import given, settings
from hypothesis import strategies as st

from mifs._csv.files import read_csv
from mifs._csv.findings import CSVError, CSVWarning
from mifs._csv.format import CSVFormat
from mifs._csv.layout import Layout, code_columns
from mifs._csv.marked import CODE, marks_of
from mifs._kernels import csv_scan

__all__ = ["every_reader"]


@pytest.fixture
def write(tmp_path):
    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def found(content, write, **options):
    with pytest.raises(CSVError) as caught:
        read_csv(write(content), CSVFormat(**options))
    return caught.value


# Codes: digits of which a number would lose something.

CODED = ["02116", "+5", "00", "-01", "+.5", "1234567890123456", "-1234567890123456"]
CODED += ["9223372036854775808", "1180591620717411303424", "007.5", " 007", '"007"']
NUMBERS = ["0", "0.5", "-0.5", "0e5", "1e-05", "123456789012345", "-0", ".5"]
NUMBERS += ["0.30000000000000004", "12345678901234567.5", "1.2345678901234568e+16"]


@pytest.mark.parametrize("value", CODED)
@pytest.mark.parametrize("place", [0, 17, 39])
def test_one_code_makes_text_of_a_column(write, value, place):
    rows = [f"{i},{i % 7}" for i in range(40)]
    rows[place] = f"{value},{place % 7}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CSVWarning)
        frame = read_csv(write("code,n\n" + "\n".join(rows)))
    expected = [row.split(",")[0].replace('"', "") for row in rows]
    assert frame["code"].tolist() == expected
    assert frame["n"].dtype == np.int64


@pytest.mark.parametrize("value", NUMBERS)
def test_numbers_stay_numbers(write, value):
    frame = read_csv(write(f"code,n\n1,1\n{value},2\n3,3\n"))
    assert frame["code"].tolist() == [1, float(value), 3]


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_codes_in_every_place_of_a_row(write, quoted, ending):
    mark = '"' if quoted else ""
    row = ",".join(f"{mark}{v}{mark}" for v in ("02116", "1", "007"))
    frame = read_csv(write(ending.join(["a,b,c", "1,1,1", row])))
    assert frame["a"].tolist() == ["1", "02116"]
    assert frame["b"].tolist() == [1, 1]
    assert frame["c"].tolist() == ["1", "007"]


def test_zip_codes_keep_their_levels_and_gaps(write):
    frame = read_csv(write("zip,y\n02116,1\n2116,0\n,1\nNA,0\n"))
    assert frame["zip"].tolist()[:2] == ["02116", "2116"]
    assert frame["zip"].isna().tolist() == [False, False, True, True]


def test_text_and_numbers_by_declaration(write):
    path = write("zip,n,y\n02116,1.0,1\n2116,2,0\n")
    frame = read_csv(path, CSVFormat(text=("n",), numbers=("zip",)))
    assert frame["zip"].tolist() == [2116, 2116]
    assert frame["n"].tolist() == ["1.0", "2"]
    error = found("a,y\n1,2\nx,3\n", write, numbers=("a",))
    assert "'a' is to be read as numbers, but 'x' is none" in str(error)
    assert (error.kind, error.column, error.value) == ("missing", "a", "x")
    long = read_csv(write(f"a,y\n{2**70},1\n1,0\n"), CSVFormat(numbers=("a",)))
    assert long["a"].tolist() == [float(2**70), 1.0]


def test_declared_numbers_are_read_to_the_last_bit(write):
    rng = np.random.default_rng(0)
    values = np.exp(30 * rng.normal(size=200)).tolist()
    rows = [f"{value!r},{k % 2}" for k, value in enumerate(values)]
    path = write("\n".join(["a,y", "NA,1", *rows]))
    frame = read_csv(path, CSVFormat(numbers=("a",), text=("y",)))
    assert frame["a"].tolist()[1:] == values
    assert np.isnan(frame["a"][0])


def test_the_warning_of_codes_shows_one(write):
    rows = ["0.5", "1.25", "12.75", "007.5"]
    with pytest.warns(CSVWarning, match=r"such as '007\.5'"):
        read_csv(write("a,b\n" + "".join(f"{row},1\n" for row in rows)))
    rows[-1] = "1234567890123456"
    with pytest.warns(CSVWarning, match=r"15 digits, .* '1234567890123456'"):
        read_csv(write("a,b\n" + "".join(f"{row},1\n" for row in rows)))


def test_a_missing_value_makes_no_codes(write):
    path = write("a,b,y\n-099,007,1\n5,7,0\n")
    frame = read_csv(path, CSVFormat(missing=("-099",)))
    assert frame["a"].tolist()[1] == 5
    assert np.isnan(frame["a"].tolist()[0])
    assert frame["b"].tolist() == ["007", "7"]


def test_measures_that_are_text_for_a_plus_are_named(write):
    rows = "".join(f"+{i}.5,{i}\n" for i in range(30))
    with pytest.warns(CSVWarning, match=r"'a' is kept as text.*'\+0.5'") as caught:
        read_csv(write("a,y\n" + rows))
    assert (caught[0].message.kind, caught[0].message.column) == ("continuous", "a")


FIELDS = st.text(st.sampled_from("0019+-. ,;x\"'\n"), max_size=6) | st.from_regex(
    r"[+-]?0?[0-9]{1,18}", fullmatch=True
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(FIELDS, FIELDS, st.just("1")), min_size=1, max_size=6))
def test_code_columns_equal_their_twin(rows):
    quoted = [[f'"{f.replace(chr(34), chr(34) * 2)}"' for f in row] for row in rows]
    text = "a,b,c\n" + "".join(",".join(row) + "\n" for row in quoted)
    mask = code_columns(text.encode(), ",", Layout(6, len(rows) + 1, 3))
    # A code that text follows in its field is text anyway.
    for j in range(2):
        whole = [row[j] for row in rows if "\n" not in row[j]]
        if any(CODE.match(field.rstrip()) for field in whole if _number(field)):
            assert mask[j]
        if not any(re.match(r"\s*[+-]?[0-9.]", row[j]) for row in rows):
            assert not mask[j]
    assert not mask[2]


def _number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


# Numbers with marks.


@pytest.mark.parametrize(
    ("texts", "marks"),
    [
        (["1,234.50", "999.00", "12,345.00"], ("", ",", ".")),
        (["1.234,50", "999,00"], ("", ".", ",")),
        (["1 234", "5"], ("", " ", ".")),
        (["12,34,567", "5"], ("", ",", ".")),
        (["$12", "$1.5"], ("$", "", ".")),
        (["-$12", "$1,000.5"], ("$", ",", ".")),
        (["12%", "-3.5 %"], ("%", "", ".")),
        (["12 €", "1,5 €"], ("€", "", ",")),
        (["1", "2"], None),
        (["a", "b%"], None),
        (["0,123", "1,500"], None),
        (["1,23", "4,567"], None),
    ],
)
def test_marks_are_recognised(texts, marks):
    assert marks_of(texts, ".") == marks


@pytest.mark.parametrize(
    ("spell", "options", "message", "kind"),
    [
        ('"{:,.2f}"', {"thousands": ","}, "the thousands mark ','", "thousands"),
        ("${}", {"units": ("$",)}, "the currency sign '\\$'", "unit"),
        ("{}%", {"units": ("%",)}, "a percent sign", "unit"),
        (
            '"${:,.2f}"',
            {"units": ("$",), "thousands": ","},
            "currency sign '\\$' and the thousands mark ','",
            "unit+thousands",
        ),
    ],
)
def test_marked_numbers_are_named_and_then_read(write, spell, options, message, kind):
    values = np.random.default_rng(0).integers(0, 10_000_000, 60) / 4
    rows = "".join(spell.format(v) + f",{i % 2}\n" for i, v in enumerate(values))
    path = write("price,y\n" + rows + ",1\n")
    with pytest.warns(CSVWarning, match=message) as caught:
        frame = read_csv(path)
    assert frame["price"].dtype.kind == "O"
    assert caught[0].message.kind == kind
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = read_csv(path, CSVFormat(**options))
    assert frame["price"].tolist()[:-1] == values.tolist()
    assert np.isnan(frame["price"].tolist()[-1])


def test_thousands_are_groups_and_never_a_guess(write):
    path = write('a,b,c\n"1,5","1,234",x\n"2,5","5,678",y\n')
    frame = read_csv(path, CSVFormat(thousands=","))
    assert frame["a"].tolist() == ["1,5", "2,5"]
    assert frame["b"].tolist() == [1234, 5678]
    assert frame["c"].tolist() == ["x", "y"]


# The first lines.


@pytest.mark.parametrize(
    ("above", "line", "skip"),
    [
        ("Report of May\n", 1, 1),
        ("# made by hand, in May\n", 1, 1),
        ("\nReport\n\nof May\n", 2, 4),
        ("sep=;\n", 1, 1),
        ("Report,,\n", 1, None),
    ],
)
def test_a_title_is_named_with_the_lines_to_skip(write, above, line, skip):
    text = above + "a,b,y\n" + "1,2,0\n3,4,1\n" * 5
    if skip is None:  # as wide as the table: its names are odd, and are said to be
        with pytest.warns(CSVWarning, match="has no name"):
            read_csv(write(text))
        return
    error = found(text, write)
    assert error.line == line
    assert "looks like a title or a comment" in str(error)
    assert (error.kind, error.value) == ("title", str(skip))
    frame = read_csv(write(text), CSVFormat(skip_lines=skip))
    assert list(frame.columns) == ["a", "b", "y"]


def test_a_title_of_several_fields_is_named_by_its_line(write):
    for title in ("r,s", "r,s,t,u"):
        error = found(f"{title}\na,b,c\n1,2,3\n4,5,6\n", write)
        assert (error.line, error.kind, error.value) == (1, "title", "1")
        assert "skip the first line" in str(error)
        assert "--" not in str(error)
    error = found("t\n" + "a,b\n1,2\n" * 5 + "3\n", write)
    assert (error.line, error.kind, error.value) == (1, "title", "1")
    error = found("a,b,c\n1,2\n3,4\n", write)
    assert (error.line, error.kind, error.value) == (2, "title", "1")
    error = found("a,b\n1,2\n3,4,5\n", write)
    assert (error.line, error.kind, error.value) == (3, "ragged", None)


def test_lines_are_counted_from_the_top_of_the_file(write):
    error = found("title\na,b\n1,2\n3\n", write, skip_lines=1)
    assert (error.line, error.kind) == (4, "ragged")
    error = found(b"title\na,b\n1,2\n\xe9,4\n", write, skip_lines=1)
    assert error.line == 4
    assert "no more than 9 lines" in str(found("a,b\n1,2\n", write, skip_lines=9))


HEADLESS = {
    "iris": ("5.1,3.5,1.4,setosa\n4.9,3.0,1.4,setosa\n6.3,3.3,6.0,virginica\n", 4),
    "numbers": ("5,3,1\n4,9,0\n6,2,1\n", 3),
    "texts": ("p,x,s\ne,x,s\np,b,y\ne,x,y\n", 3),
    "rising with a text": ("1,2,yes\n3,4,no\n5,6,yes\n", 3),
    "twice": ("1,1,yes\n3,4,no\n5,6,yes\n", 3),
    "a gap": ("5.1,,1.4,setosa\n4.9,3.0,1.4,setosa\n6.3,3.3,6.0,virginica\n", 4),
}


@pytest.mark.parametrize(("text", "width"), HEADLESS.values(), ids=HEADLESS)
def test_a_file_without_names_is_recognised(write, text, width):
    error = found(text, write)
    assert "look like data, not like names" in str(error)
    assert (error.kind, error.line) == ("header", 1)
    frame = read_csv(write(text), CSVFormat(header=False))
    assert list(frame.columns) == [str(i + 1) for i in range(width)]
    assert len(frame) == text.count("\n")


@pytest.mark.parametrize(
    "names",
    ["0,1,2,3", "1,2,y,z", "2019,2020,2021,y", "400.5,401,402.5,404", "a,2020,b,y"],
)
def test_names_may_be_numbers(write, names):
    if names.startswith("400"):  # too few to rise by no chance
        assert found(names + "\n1,2,3,4\n2,1,4,3\n", write).kind == "header"
        frame = read_csv(write(names + "\n1,2,3,4\n"), CSVFormat(header=True))
    else:
        frame = read_csv(write(names + "\n1,2,3,4\n2,1,4,3\n"))
    assert list(frame.columns) == names.split(",")
    spectrum = ",".join(str(400 + i * 0.5) for i in range(9))
    assert read_csv(write(spectrum + "\n" + ",".join("512345678") + "\n")).shape[0] == 1


def test_a_code_in_the_first_row_counts_without_a_header(write):
    frame = read_csv(write("007,1\n8,0\n"), CSVFormat(header=False))
    assert frame["1"].tolist() == ["007", "8"]
    assert frame["2"].tolist() == [1, 0]


# Other kinds of files.

TABLE = b"a,y\n1,0\n2,1\n"
PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("suffix", PACKED)
def test_packed_files_are_read(write, suffix):
    frame = read_csv(write(PACKED[suffix](TABLE), f"data.csv.{suffix}"))
    assert frame["a"].tolist() == [1, 2]
    error = found(PACKED[suffix](TABLE)[:20], write)
    assert "seems damaged" in str(error)


def test_zstd_is_read_by_pyarrow(write):
    pyarrow = pytest.importorskip("pyarrow")
    packed = pyarrow.compress(TABLE, "zstd", asbytes=True)
    assert read_csv(write(packed)).shape == (2, 2)
    assert "damaged" in str(found(packed[:12], write))


OTHER = {
    "Feather": (b"ARROW1\0\0rest", "is a Feather file: save the table as CSV"),
    "Parquet": (b"PAR1rest", "is a Parquet file: save"),
    "zip": (b"PK\x03\x04" + b"data.csv" * 20, "is a zip archive: unpack it"),
    "xlsx": (b"PK\x03\x04" + b"xl/workbook" * 20, "Excel workbook: save"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "Excel workbook: save"),
    "jsonl": (b'{"a": 1, "y": 0}\n{"a": 2, "y": 1}\n', "is JSON: .*lines=True"),
    "json": (b'[{"a": 1},\n {"a": 2}]\n', "is JSON: "),
    "html": (b"<!DOCTYPE html>\n<html></html>\n", "is a page of HTML"),
}


@pytest.mark.parametrize(("content", "message"), OTHER.values(), ids=OTHER)
def test_other_kinds_of_files_are_named(write, content, message):
    error = found(content, write)
    assert re.search(message, str(error))
    assert error.kind == "other kind"
    assert "UTF-16" not in str(error)


@pytest.mark.parametrize("wide", ["utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le"])
def test_unmarked_wide_encodings_are_named_and_then_work(write, wide):
    content = "größe,y\n1,0\n2,1\n".encode(wide)
    error = found(content, write)
    assert (error.kind, error.value) == ("encoding", wide)
    frame = read_csv(write(content), CSVFormat(encoding=error.value))
    assert frame["größe"].tolist() == [1, 2]


@pytest.mark.parametrize("encoding", ["rot13", "hex", "zlib", "base64", "uu"])
def test_encodings_of_no_text_are_refused(encoding):
    with pytest.raises(ValueError, match="is not an encoding of text"):
        CSVFormat(encoding=encoding)


@pytest.mark.parametrize(
    "options",
    [
        {"thousands": "."},
        {"thousands": "12"},
        {"thousands": "1"},
        {"units": ("5",)},
        {"units": ("",)},
        {"skip_lines": -1},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ValueError, match=r"give|cannot be both"):
        CSVFormat(**options)


def test_findings_say_where_and_can_be_pickled():
    error = CSVError("is empty", "data.csv", "empty", column="a")
    assert str(error) == "data.csv is empty"
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.kind, copy.column) == (str(error), "empty", "a")
    assert str(CSVWarning("x", "d.csv", line=3)) == "d.csv, line 3: x"
    assert str(CSVError("only a fact")) == "only a fact"


def test_whole_tables_are_as_pandas_reads_them(write):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "f": rng.normal(size=300) * 10.0 ** rng.integers(-20, 14, 300),
            "i": rng.integers(-(10**14), 10**14, 300),
            "s": rng.choice(["a", "b c", "0x1", "-", "+", "00a"], 300),
            "b": rng.random(300) < 0.5,
        }
    )
    read = read_csv(write(frame.to_csv(index=False)))
    pd.testing.assert_frame_equal(read, frame)


@pytest.mark.every_way
def test_bytes_that_are_no_text_are_found_as_python_finds_them():
    rng = np.random.default_rng(0)
    characters = list("aé€😀\u07ff\u0800\uffff\U00010000\U0010ffff")
    for _ in range(2000):
        text = bytearray("".join(rng.choice(characters, rng.integers(1, 90))).encode())
        if rng.random() < 0.7:
            text[rng.integers(len(text))] = rng.integers(1, 256)
        text += b"\n"
        try:
            text.decode()
            expected = -1
        except UnicodeDecodeError as error:
            expected = error.start
        data = np.frombuffer(bytes(text), np.uint8)
        assert csv_scan.first_invalid(data) == expected
    data = np.frombuffer(b"a" * 100 + b"\0\n", np.uint8)
    assert csv_scan.first_invalid(data) == 100


def test_a_blank_before_the_only_field_makes_no_blank_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a\n 5\n\n6\n  \n x\n")
    assert read_csv(path)["a"].tolist() == [" 5", "6", " x"]
    path.write_text("a\n 5\n6\n")
    assert read_csv(path)["a"].tolist() == [5, 6]
