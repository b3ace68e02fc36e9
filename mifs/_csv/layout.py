"""Records and fields of a CSV text: uneven ones are refused, with the line."""

from __future__ import annotations

import csv
import io
import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mifs._csv.findings import CSVError, count
from mifs._kernels import csv_scan

_OTHER_DELIMITERS = {";": "';'", "\t": "tab", "|": "'|'", ",": "','"}
_COMMENTS = ("#", "%", "//", "--")
# Lines that are looked at where the first one is odd.
_SAMPLE = 50
_HEAD = 1_000_000
# So many records alike are a table.
_ALIKE = 3


@dataclass(frozen=True)
class Layout:
    """Where the records of a text lie.

    ``header_end`` is the byte where the first record ends, ``n_records`` includes it,
    and ``width`` is the number of fields of each.
    """

    header_end: int
    n_records: int
    width: int


def find_layout(
    data: bytes | mmap.mmap, delimiter: str, name: str, skipped: int = 0
) -> Layout:
    """Walk all records; ``skipped`` lines of the file stand above ``data``.

    Raises
    ------
    CSVError
        For records of other lengths than the first, stray or open quotes, lone
        carriage returns, another delimiter.
    """
    codes = np.frombuffer(data, dtype=np.uint8)
    result = csv_scan.scan_records(codes, byte_classes(delimiter))
    status, line, fields, width, header_end, records = result
    line += skipped
    if width == 1:
        _refuse_other_delimiter(data[:_HEAD], delimiter, name)
    if status == csv_scan.RAGGED:
        _refuse_title(data[:_HEAD], delimiter, name, skipped)
        if records == 1:
            _refuse_first(data[:_HEAD], delimiter, name, skipped)
        title = skipped + 1 if records == 1 else None
        raise _ragged(line, fields, width, delimiter, name, title)
    facts = {
        csv_scan.STRAY_QUOTE: "text follows a closing quote; write quotes inside a "
        'quoted field twice ("")',
        # pandas takes it for a newline and then loses an empty field (3.1.1).
        csv_scan.LONE_RETURN: "a carriage return that ends no line; put the field that "
        "holds it in quotes, or end all lines alike",
        csv_scan.OPEN_QUOTE: "the record that starts here opens a quote that never "
        'closes; close it, or write a quote inside a quoted field twice ("")',
    }
    if status in facts:
        raise CSVError(facts[status], name, "quote", line=line)
    return Layout(header_end, records, width)


def byte_classes(delimiter: str) -> NDArray[np.uint8]:
    """Say of each byte what it is to the kernels."""
    classes = np.full(256, csv_scan.PLAIN, dtype=np.uint8)
    classes[[ord(" "), ord("\t")]] = csv_scan.BLANK
    classes[ord("\r")] = csv_scan.RETURN
    classes[ord("\n")] = csv_scan.NEWLINE
    classes[ord('"')] = csv_scan.QUOTE
    classes[ord(delimiter)] = csv_scan.DELIMITER
    return classes


def code_columns(
    data: bytes | mmap.mmap, delimiter: str, layout: Layout
) -> NDArray[np.bool_]:
    """Mask of the columns of which a field below the first record is a code.

    Codes are digits of which a number would lose something: 007, +5, 16 digits.
    """
    start = layout.header_end - 1
    codes = np.frombuffer(data, dtype=np.uint8)[start:]
    tail = np.full(64, ord("\n"), dtype=np.uint8)  # the kernel looks 16 bytes ahead
    last = codes[-32:]
    tail[: len(last)] = last
    mark = np.uint8(ord(delimiter))
    if not any(csv_scan.may_hold_codes(part, mark) for part in (codes, tail)):
        return np.zeros(layout.width, dtype=np.bool_)
    return csv_scan.coded_columns(codes[1:], byte_classes(delimiter), layout.width)


def first_records(data: bytes, delimiter: str, n: int) -> list[tuple[int, list[str]]]:
    """Line and fields of the first records, as far as they are in order."""
    text = io.TextIOWrapper(
        io.BytesIO(data), encoding="utf-8", errors="replace", newline=""
    )
    reader = csv.reader(text, delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for record in reader:
            if len(record) > 1 or "".join(record).strip():
                found.append((line, record))
            line = reader.line_num + 1
            if len(found) == n:
                break
    except csv.Error:
        pass
    return found


def _ragged(
    line: int, fields: int, width: int, delimiter: str, name: str, title: int | None
) -> CSVError:
    """Say which record is odd; ``title``: the first line may be the odd one."""
    few = "few" if fields < width else "many"
    return CSVError(
        f"{count(fields, 'field')}, too {few}: the first line has "
        f"{count(width, 'field')}; correct the line, or put fields that hold a "
        f"{delimiter!r} in quotes"
        + ("; or, if the first line is a title, skip it" if title else ""),
        name,
        "title" if title else "ragged",
        line=line,
        value=str(title) if title else None,
    )


def _refuse_first(data: bytes, delimiter: str, name: str, skipped: int) -> None:
    """Refuse the first line where the second holds the names of a table below."""
    (line, first), *others = first_records(data, delimiter, _SAMPLE)
    widths = {len(record) for _, record in others}
    numbers = [any(map(_is_number, record)) for _, record in others[:2]]
    if len(widths) > 1 or numbers != [False, True]:
        return
    above = line + skipped
    raise CSVError(
        f"{count(len(first), 'field')}, and the lines below have {widths.pop()}: it "
        "looks like a title, above the names; skip the "
        + (f"first {above} lines" if above > 1 else "first line"),
        name,
        "title",
        line=above,
        value=str(above),
    )


def _refuse_title(data: bytes, delimiter: str, name: str, skipped: int) -> None:
    """Refuse a title or comments above a table, by the first line that is one."""
    records = first_records(data, delimiter, _SAMPLE)
    widths = [len(record) for _, record in records]
    for k in range(1, len(records) - 1):
        even = len(set(widths[k : k + _ALIKE])) == 1 and widths[k] > 1
        odd = widths[k] != widths[0]
        if even and odd and all(_is_title(record) for _, record in records[:k]):
            line, title = records[0]
            above = records[k][0] - 1 + skipped
            raise CSVError(
                f"{delimiter.join(title)!r} looks like a title or a comment: it has "
                f"{count(widths[0], 'field')}, and the table below has "
                f"{count(widths[k], 'field')}; skip the "
                + (f"first {above} lines" if above > 1 else "first line"),
                name,
                "title",
                line=line + skipped,
                value=str(above),
            )


def _is_title(record: list[str]) -> bool:
    filled = [field for field in record if field.strip()]
    return len(filled) <= 1 or record[0].lstrip().startswith(_COMMENTS)


def _is_number(field: str) -> bool:
    try:
        float(field.replace(",", "."))
    except ValueError:
        return False
    return True


def _refuse_other_delimiter(data: bytes, delimiter: str, name: str) -> None:
    lines = data[:100_000].decode(errors="replace").splitlines()
    lines = [line for line in lines if line.strip()][:10]
    if lines[0].startswith("sep="):  # for Excel; a line above the table
        return
    for mark, spelled in _OTHER_DELIMITERS.items():
        if mark != delimiter and mark in lines[0]:
            only = f"the only column is {lines[0].strip()!r}"
        elif mark != delimiter and len(lines) > 2 and all(mark in x for x in lines[1:]):
            only = "each line has one field"
        else:
            continue
        raise CSVError(
            f"{only}; if {spelled} separates the fields, say so",
            name,
            "delimiter",
            line=1,
            value=spelled.strip("'"),
        )
