"""Arrays that lie in a file in place of memory, mapped while they are looked at.

Pages of a mapped file count as memory of who looked at them, and a worker that has too
much is killed, whatever the system could drop. So nothing stays mapped: each look maps
anew, and a kernel is given few rows of a matrix at a time.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np

from mifs._arrays import AnyArray
from mifs._data.folders import room_in


class Aside:
    """Arrays in a file of their own, which is removed with them.

    Pickled they are arrays again, and where they come to they go to a file anew.

    Parameters
    ----------
    arrays : sequence of ndarray
        None of objects.
    folder : path
        Where the file is made; the temporary folder if it is not there.
    """

    def __init__(self, arrays: Sequence[AnyArray], folder: Path) -> None:
        self._folder = folder if folder.is_dir() else Path(tempfile.gettempdir())
        handle, name = tempfile.mkstemp(prefix="mifs-aside-", dir=self._folder)
        # Before anything is written: a full disk, or an interrupt, leaves nothing.
        finalize(self, _remove, name)
        self._path, self._shapes = name, [array.shape for array in arrays]
        self._dtypes = [array.dtype for array in arrays]
        sizes = [array.nbytes for array in arrays]
        self._starts = np.cumsum([0, *sizes]).tolist()
        remedy = "give it more, as by --local-directory where Dask workers are started"
        with room_in(self._folder, remedy), open(handle, "wb") as file:
            for array in arrays:
                np.ascontiguousarray(array).tofile(file)

    def __len__(self) -> int:
        return len(self._shapes)

    def __getitem__(self, number: int) -> AnyArray:
        """Map an array."""
        n_rows = self._shapes[number][0]
        return self.rows(number, 0, n_rows)

    def rows(self, number: int, first: int, last: int) -> AnyArray:
        """Map some rows of an array. Copy on write, as kernels know arrays."""
        n_rows, *rest = self._shapes[number]
        dtype, shape = self._dtypes[number], (min(last, n_rows) - first, *rest)
        if 0 in shape:
            return np.empty(shape, dtype)
        start = self._starts[number] + first * int(np.prod(rest)) * dtype.itemsize
        return np.asarray(np.memmap(self._path, dtype, "c", start, shape))

    def __reduce__(self) -> tuple[Any, ...]:
        return Aside, ([self[number] for number in range(len(self))], self._folder)


def _remove(name: str) -> None:
    with suppress(OSError):
        os.unlink(name)
