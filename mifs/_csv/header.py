"""The first record of a CSV file: names of the columns, or data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mifs._csv.findings import CSVError, CSVWarning
from mifs._csv.format import CSVFormat
from mifs._csv.layout import first_records
from mifs._csv.source import decode
from mifs._warn import warn

# Fields that are looked at below the names.
_CELLS = 20_000
_FEW_RECORDS, _MOST_RECORDS = 4, 100
# So many numbers in a row rise by chance once in 120 times.
_RISING = 5


def column_names(
    data: bytes, header_end: int, csv_format: CSVFormat, delimiter: str, name: str
) -> list[str]:
    """Names in the first record, each once; a nameless column gets pandas' name.

    Raises
    ------
    CSVError
        For a name that comes twice, and for names that look like data.
    """
    record = _first_record(data[:header_end], delimiter, name)
    if csv_format.header is False:
        return [str(i + 1) for i in range(len(record))]
    if csv_format.header is None and _is_data(record, data, csv_format, delimiter):
        raise CSVError(
            f"{_shown(record)} look like data, not like names of columns; say that the "
            "file has no header, and its columns are called 1, 2, …; or say that "
            "these are the names",
            name,
            "header",
            line=1 + csv_format.skip_lines,
        )
    _name_the_nameless(record, name)
    _refuse_repeated(record, name, 1 + csv_format.skip_lines)
    return record


def _first_record(header: bytes, delimiter: str, name: str) -> list[str]:
    text = decode(header, "utf-8", name)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return next(r for r in lines if len(r) > 1 or "".join(r).strip())
    except csv.Error as error:
        fact = f"header: {error}; shorten the name"
        raise CSVError(fact, name, "name") from error


def _shown(record: Sequence[str]) -> str:
    shown = ", ".join(repr(field) for field in record[:5])
    return shown + (", …" if len(record) > 5 else "")


def _name_the_nameless(record: list[str], name: str) -> None:
    for i in [i for i, column in enumerate(record) if not column.strip()]:
        record[i] = f"Unnamed: {i}"
        warn(
            CSVWarning(
                f"column {i + 1} has no name and is called {record[i]!r}; if it "
                "numbers the rows, leave it out",
                name,
                "exclude",
                column=record[i],
            )
        )


def _refuse_repeated(record: list[str], name: str, line: int) -> None:
    if len(set(record)) == len(record):
        return
    twice = next(column for column in record if record.count(column) > 1)
    places = [str(i + 1) for i, column in enumerate(record) if column == twice]
    raise CSVError(
        f"columns {' and '.join(places)} are all named {twice!r}; give each column a "
        "name of its own",
        name,
        "name",
        line=line,
        column=twice,
    )


def _is_data(
    names: Sequence[str], data: bytes, csv_format: CSVFormat, delimiter: str
) -> bool:
    """Whether the first record is one more row, by what stands below it.

    A text above numbers is a name: a few rows tell it of nearly all files. Numbers
    above numbers are names if they count or rise, as years and wavelengths do. Texts
    above texts are data if most of them come again below.
    """
    numbers: list[float] = []
    texts = repeated = 0
    most = min(_MOST_RECORDS, max(_FEW_RECORDS, _CELLS // len(names)))
    for n in (_FEW_RECORDS, most):
        numbers, texts, repeated = [], 0, 0
        for name, fields in _columns(names, data, csv_format, delimiter, n):
            number = _number(name, csv_format.decimal)
            if all(_number(field, csv_format.decimal) is not None for field in fields):
                if number is None:
                    return False
                numbers.append(number)
            else:
                texts += 1
                repeated += name in fields
    if numbers and repeated:
        return True
    if len(numbers) > 1 or (numbers and not texts):
        return not _count_or_rise(numbers)
    return not numbers and 2 * repeated > texts


def _columns(
    names: Sequence[str], data: bytes, csv_format: CSVFormat, delimiter: str, n: int
) -> Iterator[tuple[str, set[str]]]:
    """Name and first fields of each column that has both."""
    records = [fields for _, fields in first_records(data, delimiter, n)[1:]]
    rows = [record for record in records if len(record) == len(names)]
    missing = {"", *csv_format.missing}
    for j, name in enumerate(names):
        fields = {row[j] for row in rows} - missing
        if fields and name not in missing:
            yield name, fields


def _count_or_rise(numbers: Sequence[float]) -> bool:
    steps = [after - before for before, after in pairwise(numbers)]
    counting = len(set(steps)) == 1 and steps[0] > 0 and steps[0].is_integer()
    rising = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    return counting or (rising and len(numbers) >= _RISING)


def _number(field: str, decimal: str) -> float | None:
    try:
        return float(field.replace(decimal, ".")) if "_" not in field else None
    except ValueError:
        return None
