"""mifs select: the columns that were chosen, as they were written."""

from __future__ import annotations

import bz2
import csv
import io
import os
from itertools import compress

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs import JMI
from mifs._cli import _copying, main
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat

# As it stands in the file: nothing of it may be parsed and printed again.
ODD = ["1.50", "1e3", ".5", "1.", "0.1000000000000000055", "-0", "+7", "NA", ""]
TEXTS = ['say "hi"', "a,b", "line\nbreak", " space", "=1+1", "größe", "'", "@x", ""]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    n = 90
    signal = rng.integers(0, 2, n)
    header = ["id", "text", "noise", "odd", "signal", "y"]
    noise = rng.normal(size=n)
    records = [
        [f"{i:05}", TEXTS[i % 9], f"{noise[i]:.3f}", ODD[i * 7 % 9], str(signal[i])]
        for i in range(n)
    ]
    y = signal ^ (rng.random(n) < 0.1)
    return [header, *([*record, "ny"[k]] for record, k in zip(records, y, strict=True))]


def text_of(rows, **dialect):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **dialect).writerows(rows)
    return text.getvalue()


def run(*arguments, **options):
    return CliRunner().invoke(main, ["select", *map(str, arguments)], **options)


def selected(*arguments, **options):
    done = run(*arguments, "-t", "y", **options)
    assert done.exit_code == 0, done.stderr
    return done


def columns(rows, *names):
    places = [rows[0].index(name) for name in names]
    return [[row[place] for place in places] for row in rows]


def test_fields_are_copied_as_text_in_the_order_of_the_file(folder, rows):
    (folder / "in.csv").write_text(text_of(rows))
    options = ("-k", 1, "--keep", "odd", "--keep", "text", "--keep", "id")
    done = selected("in.csv", *options, "-o", "out.csv")
    assert done.stderr.splitlines()[-1] == "1 feature: signal"
    written = (folder / "out.csv").read_text()
    kept = columns(rows, "id", "text", "odd", "signal", "y")
    assert list(csv.reader(io.StringIO(written, newline=""))) == kept
    assert written == text_of(kept)
    assert sorted(os.listdir()) == ["in.csv", "out.csv"]
    assert selected("in.csv", *options).stdout == written
    assert selected("in.csv", *options, "-o", "-").stdout == written
    standard = selected("-", *options, input=text_of(rows))
    assert standard.stdout == written


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (lambda text: text.replace("\n", "\r\n").encode(), ()),
        (lambda text: text.encode("latin-1"), ("--encoding", "latin-1")),
        (lambda text: text.encode("utf-16"), ()),
        (lambda text: bz2.compress(text.encode()), ()),
        (lambda text: b"\xef\xbb\xbf" + text.rstrip("\n").encode(), ()),
        (lambda text: text.replace("\n", "\n\n", 1).encode(), ()),
        (lambda text: b"A title, above\n" + text.encode(), ("--skip-lines", 1)),
    ],
)
def test_the_same_of_every_way_to_write_a_file(folder, rows, write, options):
    rows = [[field.replace("\n", " ") for field in row] for row in rows]
    (folder / "in.csv").write_bytes(write(text_of(rows)))
    done = selected("in.csv", "-k", 1, "--keep", "text", *options)
    assert done.stdout == text_of(columns(rows, "text", "signal", "y"))


def test_other_delimiters_and_no_header(folder, rows):
    (folder / "in.csv").write_text(text_of(rows, delimiter=";"))
    done = selected("in.csv", "-k", 1, "-d", ";", "--keep", "text")
    kept = columns(rows, "text", "signal", "y")
    assert done.stdout == text_of(kept, delimiter=";")
    done = selected("in.csv", "-k", 1, "-d", ";", "--keep", "text", "-o", "out.tsv")
    assert (folder / "out.tsv").read_text() == text_of(kept, delimiter="\t")
    (folder / "in.csv").write_text(text_of(rows[1:]))
    done = run("in.csv", "-k", 1, "--no-header", "-t", "6", "--keep", "2")
    assert done.stdout == text_of(kept[1:])


def test_the_features_are_those_of_the_selector(folder):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(0, 3, (200, 12)), columns=list("abcdefghijkl"))
    y = frame["c"] + frame["h"] + rng.integers(0, 2, 200) > 2
    frame.assign(y=y.astype(int)).to_csv("in.csv", index=False)
    chosen = JMI(4).fit(frame, y).path_["name"].tolist()
    header = selected("in.csv", "-k", 4).stdout.splitlines()[0]
    assert header == ",".join([*sorted(chosen), "y"])
    group = selected("in.csv", "-k", 1, "--group", "pair=c,h").stdout.splitlines()[0]
    assert group == "c,h,y"


def test_nothing_chosen_leaves_the_target_and_what_is_kept(folder):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.integers(0, 3, (80, 4)), columns=list("abcd"))
    frame["y"] = rng.integers(0, 2, 80)
    frame.to_csv("in.csv", index=False)
    done = selected("in.csv", "-k", "auto", "--keep", "d")
    assert done.stdout.splitlines()[0] == "d,y"


def test_rows_stay(folder, rows):
    rows[5][-1] = ""
    (folder / "in.csv").write_text(text_of(rows))
    done = selected("in.csv", "-k", 1, "--drop-missing-target")
    assert done.stdout == text_of(columns(rows, "signal", "y"))


def test_several_files_are_one_table(folder, rows):
    (folder / "a.csv").write_text(text_of(rows[:40]))
    (folder / "b.csv").write_text(text_of([rows[0], *rows[40:]]))
    done = selected("?.csv", "-k", 1, "--keep", "id")
    assert done.stdout == text_of(columns(rows, "id", "signal", "y"))


def test_to_parquet_the_types_are_those_of_the_reader(folder, rows):
    (folder / "in.csv").write_text(text_of(rows))
    keep = [x for name in ("id", "text", "noise") for x in ("--keep", name)]
    selected("in.csv", "-k", 1, *keep, "-o", "out.parquet")
    frame = pd.read_parquet("out.parquet")
    assert frame["id"].tolist() == [row[0] for row in rows[1:]]
    texts = [row[1] or None for row in rows[1:]]
    assert frame["text"].astype(object).where(frame["text"].notna(), None).tolist() == (
        texts
    )
    assert frame["noise"].tolist() == [float(row[2]) for row in rows[1:]]
    assert frame["signal"].dtype == np.int64


def test_parquet_keeps_its_types_and_goes_to_csv(folder, rows):
    import pyarrow as pa
    from pyarrow import parquet

    columns_ = list(zip(*rows[1:], strict=True))
    types = {"noise": pa.float32(), "signal": pa.int8()}
    parse = {"noise": float, "signal": int}
    table = pa.table(
        {
            name: pa.array(map(parse.get(name, str), values), type=types.get(name))
            for name, values in zip(rows[0], columns_, strict=True)
        }
    )
    parquet.write_table(table, "in.parquet")
    keep = ("--keep", "noise", "--keep", "text")
    selected("in.parquet", "-k", 1, *keep, "-o", "out.parquet")
    expected = table.select(["text", "noise", "signal", "y"])
    assert parquet.read_table("out.parquet").equals(expected)
    selected("in.parquet", "-k", 1, "--keep", "text", "-o", "out.csv")
    found = list(csv.reader(io.StringIO((folder / "out.csv").read_text(), newline="")))
    assert found == columns(rows, "text", "signal", "y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "in.csv"], "'in.csv' is an input file"),
        (["-o", "link.csv"], "'link.csv' is an input file"),
        (["-o", "x.json"], "the suffix '.json' of 'x.json' is unknown; known: .csv"),
        (["--keep", "idd"], "has no column 'idd'; near names: 'id'"),
        (["--include", "id", "--keep", "id"], "names a column that is no feature"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(folder, rows, options, message):
    text = text_of(rows)
    (folder / "in.csv").write_text(text)
    (folder / "link.csv").symlink_to(folder / "in.csv")
    done = run("in.csv", "-t", "y", *options)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())
    assert (folder / "in.csv").read_text() == text


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
def test_a_full_disk_is_one_line(folder, rows):
    (folder / "in.csv").write_text(text_of(rows))
    done = run("in.csv", "-t", "y", "-k", 1, "-o", "/dev/full", "-f", "csv")
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_has_no_room_is_named(folder, rows):
    resource = pytest.importorskip("resource")
    (folder / "in.csv").write_text(text_of(rows))
    run("in.csv", "-t", "y", "-k", 1, "-o", "out.csv")  # kernels are kept on disk, too
    whole = (folder / "out.csv").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        done = run("in.csv", "-t", "y", "-k", 1, "-o", "out.csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.exit_code == 2
    assert "out.csv: File too large; free some room" in done.stderr
    assert (folder / "out.csv").read_bytes() == whole
    assert not list(folder.glob(".out.csv.*"))


PIECES = [
    "",
    " ",
    "a",
    "é",
    "1.50",
    '"q"',
    '"a,b"',
    '"x\ny"',
    '"say ""hi"""',
    '""',
    "b c",
]


@pytest.mark.every_way
@pytest.mark.parametrize("seed", range(6))
def test_copied_fields_are_those_of_the_csv_module(tmp_path, seed, monkeypatch):
    """In small steps: a record that has no room is copied in the next."""
    monkeypatch.setattr("mifs._cli._copying.STEP", 16)
    rng = np.random.default_rng(seed)
    width = int(rng.integers(2, 6))
    ends = ["\n", "\r\n", "\n\n", "\n  \n"]
    lines = [
        ",".join(rng.choice(PIECES, width)) + str(rng.choice(ends)) for _ in range(60)
    ]
    lines[0] = ",".join(f"c{j}" for j in range(width)) + "\n"
    kept = rng.random(width) < 0.5
    kept[rng.integers(width)] = True
    path = tmp_path / "in.csv"
    path.write_text("".join(lines), newline="")
    names = {f"c{j}" for j in np.flatnonzero(kept)}
    out = io.BytesIO()
    _copying._copy_text([str(path)], CSVFormat(), names, ",", out)
    with path.open(newline="") as file:
        records = [
            list(compress(record, kept))
            for record in csv.reader(file)
            if len(record) > 1 or "".join(record).strip()
        ]
    written = out.getvalue().decode()
    assert list(csv.reader(io.StringIO(written, newline=""))) == records
    assert written.count("\r") == 0
    other = io.BytesIO()
    _copying._copy_text([str(path)], CSVFormat(), names, ";", other)
    text = io.StringIO(other.getvalue().decode(), newline="")
    assert list(csv.reader(text, delimiter=";")) == records
    path.write_text(path.read_text() + "x,y,z,u,v,w\n")
    end = len(lines[0])
    monkeypatch.setattr("mifs._cli._copying.header_end", lambda *text: end)
    with pytest.raises(CSVError, match="has changed while it was read"):
        _copying._copy_text([str(path)], CSVFormat(), names, ",", io.BytesIO())
