"""From a file to its text: unpacked, recognised, decoded; always UTF-8 in the end."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from mifs._csv.findings import CSVError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How a Parquet file begins.
PARQUET = b"PAR1"
_OTHER_KINDS = (
    (PARQUET, "a Parquet file: save the table as CSV (pandas.read_parquet, to_csv)"),
    (b"ARROW1", "a Feather file: save the table as CSV (pandas.read_feather, to_csv)"),
    (b"FEA1", "a Feather file: save the table as CSV (pandas.read_feather, to_csv)"),
    (b"ORC", "an ORC file: save the table as CSV (pandas.read_orc, to_csv)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook: save the table as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file: save the table as CSV"),
    (b"SQLite format 3\0", "an SQLite database: save the table as CSV"),
    (b"%PDF-", "a PDF file: save the table as CSV"),
)
UNREADABLE = (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error)


def display_name(path: str | os.PathLike[str]) -> str:
    """Give the name under which errors speak of a file."""
    return "standard input" if path == "-" else os.fspath(path)


def head_of(path: str | os.PathLike[str], n: int) -> bytes:
    """Give the first bytes of a file, which can still be read from its start."""
    if path != "-":
        with open(path, "rb") as file:
            return file.read(n)
    stream = sys.stdin.buffer
    if hasattr(stream, "peek"):
        return bytes(stream.peek(n)[:n])
    place = stream.tell()
    head = stream.read(n)
    stream.seek(place)
    return head


def read_text(path: str | os.PathLike[str], encoding: str | None) -> bytes:
    """Give the text of a file in UTF-8, with a newline at its end.

    Files packed by gzip, bzip2, xz or zstd are unpacked, by their first bytes.

    Raises
    ------
    CSVError
        For what is no text, or text of another encoding.
    OSError
        If the file cannot be read.
    """
    name = display_name(path)
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    return _utf8_text(_unpacked(data, name), encoding, name)


def _unpacked(data: bytes, name: str) -> bytes:
    for signature, packer, unpack in _PACKERS:
        if data.startswith(signature):
            try:
                return unpack(data)
            except ImportError:
                fact = "is compressed by zstd: install pyarrow, or unpack it (zstd -d)"
            except UNREADABLE as error:
                fact = f"is compressed by {packer}: unpack it to see why, since it "
                fact += f"seems damaged ({error})"
            raise CSVError(fact, name, "packed")
    return data


def packer_of(head: bytes) -> str | None:
    """Tell what packed a file, by its first bytes; None: nothing."""
    return next((name for start, name, _ in _PACKERS if head.startswith(start)), None)


def zstd_stream(source: object) -> IO[bytes]:
    """Unpack a file, by its path, or bytes, as a stream."""
    from pyarrow import CompressedInputStream, OSFile, py_buffer

    packed = py_buffer(source) if isinstance(source, bytes) else OSFile(str(source))
    stream: IO[bytes] = CompressedInputStream(packed, "zstd")
    return stream


def _unzstd(data: bytes) -> bytes:
    with zstd_stream(data) as stream:
        unpacked: bytes = stream.read()
    return unpacked


_PACKERS: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.decompress),
    (b"BZh", "bzip2", bz2.decompress),
    (b"\xfd7zXZ\x00", "xz", lzma.decompress),
    (b"\x28\xb5\x2f\xfd", "zstd", _unzstd),
)


def _utf8_text(data: bytes, encoding: str | None, name: str) -> bytes:
    """Give ``data`` as UTF-8 without byte order mark, with a newline at the end."""
    refuse_other_kinds(data, name)
    if (encoding := encoding_of(data, encoding)) != "utf-8":
        data = decode(data, encoding, name).encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise holds_nul(data, data.index(0), name)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if not data.strip():
        raise CSVError("is empty; the first line must name the columns", name, "empty")
    refuse_markup(data, name)
    return data if data.endswith(b"\n") else data + b"\n"


def encoding_of(head: bytes, encoding: str | None) -> str:
    """Name of an encoding: the given one, or by a byte order mark, or UTF-8."""
    if encoding is not None:
        return codecs.lookup(encoding).name
    marked = (name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark))
    return next(marked, "utf-8")


def refuse_other_kinds(data: bytes, name: str) -> None:
    """Refuse what is no text, by its first bytes."""
    what = next((w for start, w in _OTHER_KINDS if data.startswith(start)), None)
    if data.startswith(b"PK\x03\x04"):
        workbook = b"xl/" in data or len(data) < 100
        what = (
            "a zip archive or an Excel workbook: save the table as CSV"
            if workbook
            else "a zip archive: unpack it (unzip)"
        )
    if what is not None:
        raise CSVError(f"is {what}", name, "other kind")


def refuse_markup(data: bytes, name: str) -> None:
    """Refuse JSON and HTML, which also are text."""
    start = data[:1_000_000].lstrip()
    what = None
    if start[:1] == b"<" and start[:200].lower().startswith((b"<!doctype", b"<html")):
        what = "a page of HTML: save the table itself as CSV"
    elif start[:1] == b"{" and _is_object(start):
        what = (
            "JSON: save the table as CSV (pandas.read_json, with lines=True if each "
            "line is an object, and to_csv)"
        )
    elif start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"["):
        what = "JSON: save the table as CSV (pandas.read_json, to_csv)"
    if what is not None:
        raise CSVError(f"is {what}", name, "other kind")


def _is_object(start: bytes) -> bool:
    """Whether a text that opens a brace holds an object, on its first line or more."""
    try:
        json.loads(start.splitlines()[0])
    except ValueError:
        return start[1:].lstrip()[:1] == b'"' and b":" in start[:1000]
    return True


def holds_nul(data: bytes, position: int, name: str) -> CSVError:
    """Error for a text that holds a NUL byte."""
    line = line_of(data, position)
    wide = _unmarked_encoding(data)
    if wide is None:
        fact = "holds a NUL byte, so it is no text in UTF-8; save the table as CSV"
        return CSVError(fact, name, "other kind", line=line)
    return CSVError(
        f"holds a NUL byte, so it is no UTF-8 text; it looks like {wide}: name that "
        "encoding",
        name,
        "encoding",
        line=line,
        value=wide,
    )


def _unmarked_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32, told by where the zero bytes of Latin letters lie."""
    start = data[: min(len(data), 4000) // 4 * 4]
    zeros = [start[place::4].count(0) for place in range(4)]
    half = max(len(start) // 8, 1)
    patterns = {
        "utf-32-le": (0, 1, 1, 1),
        "utf-32-be": (1, 1, 1, 0),
        "utf-16-le": (0, 1, 0, 1),
        "utf-16-be": (1, 0, 1, 0),
    }
    found = tuple(int(zero >= half) for zero in zeros)
    return next((name for name, p in patterns.items() if p == found), None)


def decode(data: bytes, encoding: str, name: str) -> str:
    """Give text, or a `CSVError` with the line of the first byte that is none."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        raise invalid_byte(data[error.start], encoding, name, line) from None
    except UnicodeError as error:
        raise CSVError(
            f"is not valid {encoding}: {error}; name the right encoding",
            name,
            "encoding",
        ) from None


def invalid_byte(byte: int, encoding: str, name: str, line: int) -> CSVError:
    """Error for a byte that is none of an encoding."""
    return CSVError(
        f"byte 0x{byte:02x} is not valid {encoding}; name the right encoding, such as "
        "latin-1",
        name,
        "encoding",
        line=line,
        value="latin-1" if codecs.lookup(encoding).name == "utf-8" else None,
    )


def line_of(data: bytes, position: int) -> int:
    """Line of a byte, 1 being the first."""
    return data.count(b"\n", 0, position) + 1
