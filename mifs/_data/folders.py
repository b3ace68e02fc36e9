"""A folder of arrays, mapped when it is opened, and a JSON file that describes them.

The JSON file is written last, so that a folder without it is no table. It names the
arrays with their shapes, sizes and checksums.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any

import numpy as np

from mifs._arrays import AnyArray, IntArray

FORMAT = "mifs encoded table"
VERSION = 2
HEAD = "table.json"
REMEDY = "encode the table again, and save it to a new folder"
_OTHER_DISK = "set the environment variable TMPDIR to a folder of a larger disk"


@contextmanager
def room_in(folder: Path, remedy: str = _OTHER_DISK) -> Iterator[None]:
    """Name the folder, and a remedy, where a disk is full.

    Raises
    ------
    OSError
        It is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT, EFBIG) or error.filename:
            raise
        fact = (
            f"{os.strerror(error.errno)}: a table that is read by way of a disk does "
            f"not fit; free some, or {remedy}"
        )
        raise OSError(error.errno, fact, str(folder)) from error


def new_array(path: Path, shape: tuple[int, ...], dtype: Any) -> Any:
    """Return a new array on disk, to be filled.

    Its room is taken at once: on a full disk, writing to a mapped page would end the
    process.

    Raises
    ------
    OSError
        The disk is full.
    """
    with room_in(path.parent):
        array = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
        if hasattr(os, "posix_fallocate"):
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array


class RowFile:
    """A matrix in a file that goes with its map; to write is faster than in a map.

    The file is removed as soon as it is mapped, where the system allows that, and with
    the folder otherwise.

    Parameters
    ----------
    folder : Path
    shape : tuple of int
    dtype : dtype
    """

    def __init__(self, folder: Path, shape: tuple[int, int], dtype: Any) -> None:
        self.shape, self._dtype, self._folder = shape, np.dtype(dtype), folder
        with room_in(folder):
            number, name = tempfile.mkstemp(".codes", dir=folder)
        os.close(number)
        self._path = Path(name)

    def __setitem__(self, rows: IntArray, values: AnyArray) -> None:
        with room_in(self._folder), self._path.open("r+b") as file:
            for row, own in zip(rows.tolist(), values, strict=True):
                file.seek(row * own.nbytes)
                file.write(np.ascontiguousarray(own).data)

    def mapped(self) -> AnyArray:
        """Map the matrix, all of whose rows are there."""
        if 0 in self.shape:
            self._path.unlink()
            return np.empty(self.shape, self._dtype)
        # Copy on write, so that kernels see the one kind that they know.
        made = np.memmap(self._path, self._dtype, "c", shape=self.shape)
        if os.name == "posix":
            self._path.unlink()
        return np.asarray(made)


class FolderWriter:
    """Writes arrays one by one, and the description at the end.

    Parameters
    ----------
    folder : path
        Made if it is not there.

    Raises
    ------
    FileExistsError
        It holds a table already.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        if (self._folder / HEAD).exists():
            raise FileExistsError(
                f"folder {str(folder)!r} holds an encoded table already; remove it, or "
                "choose another folder"
            )
        self._names: list[str] = []

    def empty(self, name: str, shape: tuple[int, ...], dtype: type[Any]) -> AnyArray:
        """Return a new array on disk, to be filled."""
        self._names.append(name)
        path = self._folder / f"{name}.npy"
        if 0 in shape:
            # No file can be mapped of which nothing is there.
            np.save(path, np.empty(shape, dtype))
            return np.empty(shape, dtype)
        array: AnyArray = new_array(path, shape, dtype)
        return array

    def put(self, name: str, array: AnyArray) -> None:
        """Write an array."""
        self._names.append(name)
        np.save(self._folder / f"{name}.npy", array, allow_pickle=False)

    def close(self, description: dict[str, Any]) -> None:
        """Write the description; arrays that were handed out must be complete."""
        files = {name: _signed(self._folder / f"{name}.npy") for name in self._names}
        head = {"format": FORMAT, "version": VERSION, "files": files, **description}
        text = _text({"crc32": zlib.crc32(_text(head).encode()), **head})
        draft = self._folder / f"{HEAD}.part"
        draft.write_text(text, encoding="ascii")
        draft.replace(self._folder / HEAD)


def read_folder(
    folder: str | os.PathLike[str], verify: bool
) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Return the description of a folder, and its arrays, mapped.

    Raises
    ------
    FileNotFoundError
        There is no such folder, or it holds no table.
    ValueError
        It is damaged, or of another version.
    """
    place = Path(folder)
    head = _read_head(place)
    arrays = {}
    for name, expected in head["files"].items():
        path = place / f"{name}.npy"
        if not path.exists() or path.stat().st_size != expected["bytes"]:
            found = path.stat().st_size if path.exists() else "none"
            raise _damaged(
                place, f"{path.name} should have {expected['bytes']} bytes, has {found}"
            )
        if verify and _signed(path) != expected:
            raise _damaged(place, f"the checksum of {path.name} is another")
        arrays[name] = _mapped(path, place)
    return head, arrays


def _read_head(place: Path) -> dict[str, Any]:
    try:
        text = (place / HEAD).read_text(encoding="ascii")
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"{str(place)!r} is no folder of an encoded table: it has no {HEAD}; if it "
            "was being written, it is not complete"
        ) from None
    except UnicodeDecodeError as error:
        raise _damaged(place, f"{HEAD} is no JSON: {error}") from None
    try:
        head = json.loads(text)
    except ValueError as error:
        raise _damaged(place, f"{HEAD} is no JSON: {error}") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _damaged(place, f"{HEAD} does not describe an encoded table")
    if head.get("version") != VERSION:
        raise ValueError(
            f"{str(place)!r} holds an encoded table of version {head.get('version')}, "
            f"and this mifs reads version {VERSION}; {REMEDY}"
        )
    expected = head.pop("crc32", None)
    if zlib.crc32(_text(head).encode()) != expected:
        raise _damaged(place, f"{HEAD} is not as it was written: another checksum")
    return head


def _text(head: dict[str, Any]) -> str:
    return json.dumps(head, allow_nan=False, separators=(",", ":"))


def _mapped(path: Path, place: Path) -> AnyArray:
    """Map an array. Copy on write, so that kernels see the one kind that they know."""
    try:
        array = np.load(path, mmap_mode="c", allow_pickle=False)
    except ValueError as error:
        # An array of no entries cannot be mapped.
        if "mmap" not in str(error) and "empty" not in str(error):
            raise _damaged(place, f"{path.name} is no array: {error}") from None
        array = np.load(path, allow_pickle=False)
    return np.asarray(array)


def _signed(path: Path) -> dict[str, int]:
    """Size and checksum of a file."""
    checksum = 0
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            checksum = zlib.crc32(part, checksum)
    return {"bytes": path.stat().st_size, "crc32": checksum}


def _damaged(place: Path, fact: str) -> ValueError:
    return ValueError(
        f"the encoded table in {str(place)!r} is damaged: {fact}; {REMEDY}"
    )
