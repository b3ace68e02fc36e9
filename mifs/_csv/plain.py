"""A CSV file as plain text on disk: unpacked, in UTF-8, mapped and not read."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import mmap
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np

from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.source import (
    UNREADABLE,
    decode,
    display_name,
    encoding_of,
    holds_nul,
    invalid_byte,
    packer_of,
    refuse_markup,
    refuse_other_kinds,
    zstd_stream,
)
from mifs._kernels import csv_scan


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> object: ...


# Bytes that tell what a file is, and that are copied at once.
HEAD, STEP = 1_000_000, 1 << 22
_OPENERS: dict[str, Callable[[Path], Readable]] = {
    "gzip": gzip.GzipFile,
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": zstd_stream,
}


class PlainText:
    """Bytes of a CSV file in UTF-8, from the header on, with newlines.

    They are those of the file itself where it is such text, else of a copy.

    Parameters
    ----------
    path : str or path-like
        ``"-"`` is standard input.
    csv_format : CSVFormat
    folder : Path
        For copies.

    Attributes
    ----------
    name : str
        What errors call the file.
    path : Path
        The file that holds the text.
    data : mmap

    Raises
    ------
    CSVError
        For what is no text, or text of another encoding.
    OSError
        If the file cannot be read.
    """

    def __init__(
        self, path: str | os.PathLike[str], csv_format: CSVFormat, folder: Path
    ) -> None:
        self.name, self.path, self._folder = display_name(path), Path(path), folder
        if os.fspath(path) == "-":
            self._copy(_pieces(sys.stdin.buffer))
        if (packer := packer_of(self.head())) is not None:
            self._copy(_unpacked(self.path, packer, self.name))
        refuse_other_kinds(self.head(), self.name)
        self._decode(csv_format)
        if not self.path.stat().st_size:
            fact = "is empty; the first line must name the columns"
            raise CSVError(fact, self.name, "empty")
        self.data = _mapped(self.path)
        alone = self.data.find(b"\n") < 0 <= self.data.find(b"\r")
        if alone or self.data[-1:] != b"\n":
            self._copy(_with_newlines(self.data, alone))
            self.data = _mapped(self.path)
        self._skipped = csv_format.skip_lines
        self._check()

    def head(self) -> bytes:
        """First bytes of the text."""
        with self.path.open("rb") as file:
            return file.read(HEAD)

    def _decode(self, csv_format: CSVFormat) -> None:
        """Copy a text of another encoding, or of which the first lines are skipped."""
        head = self.head()
        encoding = encoding_of(head, csv_format.encoding)
        marked = head.startswith(codecs.BOM_UTF8)
        if encoding != "utf-8" or marked:
            self._copy(_decoded(self.path, encoding, self.name))
        if csv_format.skip_lines:
            self._copy(_below(self.path, csv_format.skip_lines, self.name))

    def _copy(self, parts: Iterable[bytes]) -> None:
        """Go on with a copy of the text."""
        number = len(list(self._folder.glob("text*.csv")))
        path = self._folder / f"text{number}.csv"
        with path.open("wb") as file:
            file.writelines(parts)
        self.path = path

    def _check(self) -> None:
        """Refuse what is no text, as its first bytes show."""
        head = self.data[:HEAD]
        if not head.strip():
            fact = "is empty; the first line must name the columns"
            raise CSVError(fact, self.name, "empty")
        refuse_markup(head, self.name)
        self.refuse_bytes(csv_scan.first_invalid(np.frombuffer(head, np.uint8)), head)

    def refuse_bytes(self, at: int, part: Sized, start: int = 0) -> None:
        """Refuse the byte ``at`` that is no UTF-8 in a part that begins at ``start``.

        Raises
        ------
        CSVError
            Unless it is -1, or may belong to a character that goes on behind the part.
        """
        if at < 0 or (at > len(part) - 4 and start + len(part) < len(self.data)):
            return
        position = start + at
        if self.data[position] == 0:
            seen = self.data[: max(position + 1, HEAD)]
            raise holds_nul(seen, position, self.name)
        above = sum(p.count(b"\n") for p in steps(self.data, position))
        line = self._skipped + 1 + above
        raise invalid_byte(self.data[position], "utf-8", self.name, line)


def steps(data: mmap.mmap, end: int | None = None) -> Iterator[bytes]:
    """Bytes of a text up to ``end``, some at a time."""
    end = len(data) if end is None else end
    return (data[at : min(at + STEP, end)] for at in range(0, end, STEP))


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _with_newlines(data: mmap.mmap, returns: bool) -> Iterator[bytes]:
    """Text that ends with a newline; carriage returns that stand alone become some."""
    for part in steps(data):
        yield part.replace(b"\r", b"\n") if returns else part
    yield b"\n"


def _pieces(file: Readable) -> Iterator[bytes]:
    while part := file.read(STEP):
        yield part


def _unpacked(path: Path, packer: str, name: str) -> Iterator[bytes]:
    try:
        with closing(_OPENERS[packer](path)) as file:
            yield from _pieces(file)
    except ImportError:
        fact = "is compressed by zstd: install pyarrow, or unpack it (zstd -d)"
        raise CSVError(fact, name, "packed") from None
    except UNREADABLE as error:
        fact = f"is compressed by {packer}: unpack it to see why, since it seems "
        raise CSVError(f"{fact}damaged ({error})", name, "packed") from error


def _decoded(path: Path, encoding: str, name: str) -> Iterator[bytes]:
    """Give a text in UTF-8, without byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        first = True
        for part in chain(_pieces(file), [b""]):
            try:
                text = decoder.decode(part, final=not part)
            except UnicodeError:
                decode(path.read_bytes(), encoding, name)  # raises, with the line
                raise
            yield (text.removeprefix("\ufeff") if first else text).encode()
            first = False


def _below(path: Path, skip_lines: int, name: str) -> Iterator[bytes]:
    """Leave out the first lines."""
    with path.open("rb") as file:
        for _ in range(skip_lines):
            file.readline()
        yield (part := file.read(STEP))
        if not part:
            raise CSVError(
                f"has no more than {skip_lines} lines, and all of them were skipped",
                name,
                "empty",
            )
        yield from _pieces(file)
