"""Columns of a CSV file, block after block, as a kernel reads them.

A field of a column of numbers is either a plain number, or a text that is left to the
caller; of other columns all are texts, and come as codes with the different ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._csv.layout import byte_classes
from mifs._csv.plain import PlainText
from mifs._kernels import csv_fields

# Different texts of a column in a block for which room is made at first.
FEW_TEXTS = 2048

R = TypeVar("R")


class Span(NamedTuple):
    """Records of a text, whole ones: where they lie, and how many they are."""

    start: int
    end: int
    n_rows: int


@dataclass(frozen=True)
class Fields:
    """A column of some records.

    Attributes
    ----------
    values : ndarray of shape (n,), float64, or None
        Plain numbers, NaN elsewhere; None: they were not looked for.
    whole : bool
        Whether these are all whole, and no field is empty.
    codes : ndarray of shape (n,), int32, or None
        Which of the texts a field is, -1 where it is none; None: there are no texts.
    texts : list of str
        One may come twice, with quotes and without.
    complete : bool, default=True
        False: there are more texts, so many that there was no room; no code counts.
    """

    values: FloatArray | None
    whole: bool
    codes: IntArray | None
    texts: list[str]
    complete: bool = True


class FieldReader:
    """Reads columns of a text.

    Parameters
    ----------
    text : PlainText
    delimiter, decimal : str
    width : int
        Columns in all.
    """

    def __init__(
        self, text: PlainText, delimiter: str, decimal: str, width: int
    ) -> None:
        self._data = np.frombuffer(text.data, np.uint8)
        self._classes = byte_classes(delimiter)
        self._point, self._width = ord(decimal), width
        self._powers = csv_fields.powers_of_ten(), csv_fields.powers_of_five()

    def read(
        self,
        span: Span,
        wanted: Sequence[int],
        numeric: Sequence[bool],
        many: Sequence[bool],
    ) -> dict[int, Fields]:
        """Read the wanted columns of some records.

        ``numeric``: which to look for numbers in; ``many``: which may have more
        different texts than `FEW_TEXTS`.

        Raises
        ------
        ValueError
            The records are others than they were.
        """
        n, shape = span.n_rows, (len(wanted), span.n_rows)
        most = 2 * max(FEW_TEXTS, 1 << (n - 1).bit_length())
        sizes = np.where(np.asarray(many, np.bool_), most, 2 * FEW_TEXTS)
        starts = np.concatenate(([0], np.cumsum(sizes)))
        labels = np.empty((starts[-1] // 2, 3), np.int64)
        values, codes = np.empty(shape), np.empty(shape, np.int32)
        facts = np.empty((len(wanted), 3), np.int64)
        stop, n_read = self._read(
            span.start, span.end, wanted, numeric, values, codes, labels, starts, facts
        )
        if stop < 0 or n_read < n:
            raise ValueError("records changed while they were read")
        found = {}
        for k, place in enumerate(wanted):
            n_missing, n_fractions, n_texts = facts[k].tolist()
            at = labels[starts[k] // 2 :][: FEW_TEXTS if n_texts < 0 else n_texts]
            found[place] = Fields(
                values[k] if numeric[k] else None,
                bool(numeric[k] and not n_missing and not n_fractions),
                codes[k] if n_texts or not numeric[k] else None,
                [self._text(*where) for where in at.tolist()],
                n_texts >= 0,
            )
        return found

    def span(self, start: int, n_rows: int) -> Span:
        """Where so many records lie that begin at a byte."""
        none = np.empty((0, 3), np.int64)
        stop, n_read = self._read(
            start,
            len(self._data),
            (),
            (),
            np.empty((0, n_rows)),
            np.empty((0, n_rows), np.int32),
            none,
            np.zeros(1, np.int64),
            none.copy(),
        )
        return Span(start, stop, n_read)

    def _read(
        self,
        start: int,
        end: int,
        wanted: Sequence[int],
        numeric: Sequence[bool],
        values: FloatArray,
        codes: NDArray[np.int32],
        labels: IntArray,
        starts: IntArray,
        facts: IntArray,
    ) -> tuple[int, int]:
        places = np.full(self._width, -1, np.int64)
        places[list(wanted)] = np.arange(len(wanted))
        found: tuple[int, int] = csv_fields.read_fields(
            self._data,
            start,
            end,
            self._classes,
            self._point,
            self._powers,
            places,
            np.array(numeric, np.bool_),
            values,
            codes,
            np.zeros(starts[-1], np.int32),
            labels,
            starts,
            facts,
        )
        return found

    def _text(self, first: int, last: int, quoted: int) -> str:
        text = self._data[first:last].tobytes().decode()
        return text.replace('""', '"') if quoted else text


def ahead(
    function: Callable[..., R], tasks: Iterable[tuple[object, ...]], n_threads: int
) -> Iterator[R]:
    """Results in the order of the tasks; some are worked at while one is used."""
    left = iter(tasks)
    with ThreadPoolExecutor(n_threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for task in islice(left, n_threads):
                waiting.append(pool.submit(function, *task))
            while waiting:
                done = waiting.popleft().result()
                for task in islice(left, 1):
                    waiting.append(pool.submit(function, *task))
                yield done
        finally:
            for future in waiting:
                future.cancel()
