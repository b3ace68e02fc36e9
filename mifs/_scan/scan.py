"""A table on disk, or behind a plan, in place of one in memory."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, Self

import numpy as np
import pandas as pd

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.folders import room_in
from mifs._data.own_folders import new_folder
from mifs._data.series import as_array
from mifs._data.table import Columns
from mifs._data.weighing import read_weights
from mifs._scan.roles import Kept, Roles
from mifs._scan.sources import Progress, ReadColumn, Source
from mifs._scan.store import Store
from mifs._scan.writer import StoreWriter

# Bytes of a file, at its start, middle and end, by which a later run knows it.
SAMPLE = 1 << 16
DROPPED = "dropped.json"
QUANTILES = ("exact", "sample")
# Rows of a sample: a quantile of it is one of all rows within 0.2 % of these, mostly.
SAMPLED = 100_000
# What opening a folder raises that holds no columns, or damaged ones.
_NO_COLUMNS = (FileNotFoundError, NotADirectoryError, ValueError, KeyError)


class Scan:
    """A table that `fit` takes in place of X and y, and that need not fit in memory.

    It is made by `scan_csv`, `scan_parquet` and `scan_frame`. Its rows are read once,
    when they are first asked for, and kept in a folder, column by column in binary;
    each column is then read as a whole, and its bins and levels are exact. So the
    selection, the scores and the p-values are those of the same table in memory.

    Use it in a ``with`` statement, or call `close`, to remove the folder at once; it is
    removed at the latest when Python ends.

    Parameters
    ----------
    open_source : callable
        Gives the source of the rows, with a folder for what it must unpack.
    roles : callable
        Tells what the columns of these names are.
    discrete_features, discrete_target : default="auto"
        As of the selectors, where these leave it at ``"auto"``.
    cache_dir : Path, default=None
        Folder for the columns; None: one of its own.
    quantiles : {"exact", "sample"}, default="exact"
        Rows whose quantiles are edges of bins: all, or a sample of 100 000.
    random_state : int, default=0
        Of the sample.

    Attributes
    ----------
    feature_names : list of str
        Columns that may be selected, in the order of the table.
    n_rows_dropped : int or None
        Rows that were left out for their missing target; None before it is read.
    cached : bool
        Whether the columns of an earlier run were used.

    See Also
    --------
    scan_csv, scan_parquet, scan_frame : Make one.

    Examples
    --------
    >>> import mifs
    >>> import polars as pl
    >>> lazy = pl.LazyFrame({"a": [0, 1, 1, 0], "b": [0, 0, 1, 1], "y": [0, 1, 1, 0]})
    >>> with mifs.scan_frame(lazy, target="y") as scan:
    ...     scan, scan.shape
    (<Scan of 2 features and the target 'y'>, (4, 2))
    """

    def __init__(
        self,
        open_source: Callable[[Path], Source],
        roles: Callable[[list[str]], Roles],
        *,
        discrete_features: object = "auto",
        discrete_target: bool | str = "auto",
        cache_dir: Path | None = None,
        quantiles: str = "exact",
        random_state: int = 0,
    ) -> None:
        if quantiles not in QUANTILES:
            raise ValueError(f"quantiles={quantiles!r} is neither 'exact' nor 'sample'")
        self._folder, self.close = new_folder(self)
        try:
            with room_in(self._folder):
                self._source = open_source(self._folder)
            self._stamps = _stamps(self._source.files)
            self._roles = roles(self._source.names)
        except BaseException:
            # A command that is interrupted ends before its garbage goes.
            self.close()
            raise
        self.discrete_features, self.discrete_target = (
            discrete_features,
            discrete_target,
        )
        self._cache, self._sampled = cache_dir, quantiles == "sample"
        self._random_state = random_state
        self._store: Store | None = None
        self._columns: Columns | None = None
        self._left_out: set[str] = set()
        self.n_rows_dropped: int | None = None
        self.cached = False

    def __enter__(self) -> Self:
        """Keep the folder until the end of the block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the folder."""
        self.close()

    def __repr__(self) -> str:
        n, targets = len(self.feature_names), self._roles.targets
        what = ", ".join(map(repr, targets))
        return f"<Scan of {n} feature{'s' * (n != 1)} and the target {what}>"

    def __getstate__(self) -> dict[str, Any]:
        """Refuse to be pickled: the folder is this process's own."""
        raise TypeError(
            "a Scan is not pickled, for its folder goes with its process; make one in "
            "each, with the same cache_dir"
        )

    def __array__(self, *_: object, **__: object) -> NoReturn:
        """Refuse to become an array, where something else than a selector reads it."""
        raise TypeError(
            "a Scan holds no array: pass it to the fit of a selector that counts "
            "(MIRMR, JMI, MISelector and the like), to compare or to profile; others "
            "need the table in memory, as pandas.read_csv and read_parquet give it"
        )

    @property
    def feature_names(self) -> list[str]:
        """Columns that may be selected."""
        return [name for name in self._roles.features if name not in self._left_out]

    @property
    def n_targets(self) -> int:
        """Columns to predict; none where a table is only looked at."""
        return len(self._roles.targets)

    @property
    def folder(self) -> Path:
        """Folder for what belongs to this scan, removed with it."""
        return self._folder

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features; the rows are read for it."""
        return self.store().n_rows, len(self.feature_names)

    def store(self) -> Store:
        """Give the columns on disk, read when they are first asked for.

        Returns
        -------
        store : Store
            Features, targets and weights, in this order.

        Raises
        ------
        ValueError
            The scan is closed; rows that cannot be read; missing targets.
        """
        if not self.close.alive:
            raise ValueError(f"{self!r} is closed; make another")
        if self._store is None:
            self._store = self._read()
        return self._store

    def kinds(self) -> dict[str, str]:
        """Give the kinds of all columns, as they are stored.

        Returns
        -------
        kinds : dict of str to str
            By column; empty where all is missing.
        """
        return {column.name: column.kind for column in self.store().columns}

    def read(self, show: Callable[[int], AbstractContextManager[Progress]]) -> None:
        """Read the rows, and show how far it is.

        Parameters
        ----------
        show : callable
            Given the number of bytes, for a ``with`` statement around a function to be
            called with more of them.
        """
        with show(self._source.n_bytes) as self._source.advance:
            self.store()

    def features(self, n_jobs: int | None = None) -> Columns:
        """Give the features, read piece by piece as they are asked for.

        Parameters
        ----------
        n_jobs : int, default=None
            As in joblib.

        Returns
        -------
        columns : Columns
            In the order of ``feature_names``.
        """
        if self._columns is None:
            features = enumerate(self._roles.features)
            places = [j for j, name in features if name not in self._left_out]
            self._columns = self.store().table(places, n_jobs)
        return self._columns

    def leave_out(self, names: Iterable[str]) -> None:
        """Leave out features that turned out to tell nothing.

        Parameters
        ----------
        names : iterable of str
            Of ``feature_names``.
        """
        self._left_out |= set(names)
        self._columns = None

    def target(self) -> pd.Series | pd.DataFrame:
        """Give the target in memory.

        Returns
        -------
        y : Series or DataFrame
            The latter where there are several.
        """
        n, targets = len(self._roles.features), self._roles.targets
        frame = self.store().frame(range(n, n + len(targets)))
        return frame[targets[0]] if len(targets) == 1 else frame

    def weights(self) -> FloatArray | None:
        """Give the weight of each row.

        Returns
        -------
        weights : ndarray of shape (n_rows,), float64, or None
            None of them 0, for such rows are left out; None: every row counts once.

        Raises
        ------
        ValueError
            The column holds no numbers, or some that are negative, missing or infinite.
        """
        name = self._roles.weights
        if name is None:
            return None
        values, kind = self.store().column(len(self._roles.all) - 1)
        if kind not in ("b", "i", "f"):
            raise ValueError(
                f"column {name!r} is to hold weights, and holds no numbers"
            )
        return read_weights(np.array(as_array(values)), self.store().n_rows, name)

    def sample(self) -> IntArray | None:
        """Give the rows whose quantiles are edges of bins.

        Returns
        -------
        rows : ndarray of shape (100000,), int64, or None
            Ascending; None: all rows.
        """
        n_rows = self.store().n_rows
        if not self._sampled or n_rows <= SAMPLED:
            return None
        rng = np.random.default_rng(self._random_state)
        return np.sort(rng.choice(n_rows, SAMPLED, replace=False, shuffle=False))

    def _read(self) -> Store:
        if self._cache is None:
            self._write(self._folder)
            return self._opened(self._folder)
        place = self._cache / self._key()
        try:
            store = self._opened(place)
        except _NO_COLUMNS:
            self._renew(place)
            return self._opened(place)
        self.cached = True
        return store

    def _opened(self, place: Path) -> Store:
        store = Store(place, self._folder)
        self.n_rows_dropped = json.loads((place / DROPPED).read_text())["n_rows"]
        return store

    def _renew(self, place: Path) -> None:
        """Put the columns into a cache in one step: no one ever meets half of them."""
        with self._draft(place.parent) as folder:
            draft, old = Path(folder, "columns"), Path(folder, "old")
            draft.mkdir()
            self._write(draft)
            # What is there is damaged, or another process was faster.
            with suppress(FileNotFoundError):
                place.rename(old)
            try:
                draft.rename(place)
            except OSError:
                if not place.exists():
                    raise

    @contextmanager
    def _draft(self, cache: Path) -> Iterator[str]:
        """Give a folder in the cache, or say that nothing can be written there."""
        try:
            cache.mkdir(parents=True, exist_ok=True)
            made = tempfile.TemporaryDirectory(prefix=".draft-", dir=cache)
        except OSError as error:
            fact = (
                f"{error.strerror}: nothing can be kept there; give another cache_dir, "
                "or none"
            )
            raise OSError(error.errno, fact, str(cache)) from error
        with made as folder:
            yield folder

    def _write(self, place: Path) -> None:
        roles, names = self._roles, self._source.names
        wanted = [names.index(name) for name in roles.all]
        made: list[Kept] = []

        def make(n_rows: int) -> StoreWriter:
            made.append(Kept(roles, names))
            return StoreWriter(place, roles.all, roles.infinite_as_missing, n_rows)

        def keep(n_rows: int, read: ReadColumn) -> BoolArray:
            return made[-1].rows(n_rows, read)

        other = () if self._cache is None else ("give a cache_dir of a larger disk",)
        with room_in(place, *other), self._unchanged():
            self._source.fill(make, wanted, keep)
            made[-1].check()
            (place / DROPPED).write_text(json.dumps({"n_rows": made[-1].n_missing}))

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Refuse files that changed since the scan was made; errors may come of it."""
        try:
            yield
        except (ValueError, TypeError):
            self._check_files()
            raise
        self._check_files()

    def _check_files(self) -> None:
        for path, stamp in self._stamps.items():
            if _stamps([path]) != {path: stamp}:
                raise ValueError(
                    f"{path}: changed while it was read; make the scan again when the "
                    "file is complete"
                )

    def _key(self) -> str:
        """Name of the folder of these files, read in this way, by this version."""
        source, roles = self._source, self._roles
        said = [
            importlib.metadata.version("mifs"),
            source.described,
            vars(roles),
            list(map(_known, source.files)),
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:32]


def _stamps(paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    """Size and time of files, None of those that are gone."""
    about = {path: path.stat() if path.exists() else None for path in paths}
    return {path: at and (at.st_size, at.st_mtime_ns) for path, at in about.items()}


def _known(path: Path) -> list[Any]:
    """By what a file is known: its place, size, time, and a sample of its bytes."""
    about = path.stat()
    sample = hashlib.sha256()
    with path.open("rb") as file:
        for at in (0, about.st_size // 2, max(0, about.st_size - SAMPLE)):
            file.seek(at)
            sample.update(file.read(SAMPLE))
    return [str(path.resolve()), about.st_size, about.st_mtime_ns, sample.hexdigest()]
