"""The ways to read a CSV file, each as a frame: as a whole, or by a scan."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mifs._csv.files import read_csv
from mifs._csv.format import CSVFormat
from mifs._scan import walk
from mifs._scan.sources import CSVSource
from mifs._scan.store import Store
from mifs._scan.writer import StoreWriter


def scanned(path, csv_format=None, *, block):
    """All columns of a file, as a scan keeps them on disk; so many bytes at once."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "BLOCK", block)
        folder = Path(name)
        source = CSVSource([Path(path)], csv_format or CSVFormat(), folder)
        every = range(len(source.names))
        source.fill(
            lambda n: StoreWriter(folder, source.names, n_rows=n), every, _all_rows
        )
        store = Store(folder, folder)
        return pd.DataFrame(
            {name: _series(*store.column(j)) for j, name in enumerate(source.names)}
        )


def _all_rows(n_rows, _):
    return np.ones(n_rows, np.bool_)


def _series(values, kind):
    if kind != "labels":
        return pd.Series(values if kind == "b" else values.to_numpy())
    codes, labels = values
    objects = np.append(labels.astype(object), None)[np.asarray(codes, np.intp)]
    texts = all(isinstance(label, str) for label in labels)
    return pd.Series(objects, dtype="str" if texts else object)


READERS = {
    "whole": read_csv,
    "scan": partial(scanned, block=walk.BLOCK),
    "blocks": partial(scanned, block=100),
}


@pytest.fixture(params=list(READERS), autouse=True, scope="module")
def every_reader(request):
    """Run the tests of a module with each reader in place of its ``read_csv``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request.module, "read_csv", READERS[request.param])
        yield
