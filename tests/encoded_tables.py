"""Encoded tables for tests, and their twins."""

import pickle

import numpy as np
import pandas as pd
import scipy.sparse as sp

from mifs._data.encoded_files import open_encoded, save_encoded
from mifs._data.reading import read
from mifs.estimators import PlugIn

WANTED = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})


def frame(rng, n):
    """Columns of every kind, with missing values."""
    numbers = rng.normal(size=n)
    numbers[rng.random(n) < 0.2] = np.nan
    words = np.array(["a", "b", "ü", None], dtype=object)[rng.integers(0, 4, n)]
    return pd.DataFrame(
        {
            "number": numbers,
            "round": rng.normal(size=n).round(1),
            "count": rng.integers(0, 5, n),
            "far": rng.integers(0, 3, n) * 10**12,
            "half": rng.integers(0, 4, n) / 2,
            "word": pd.Series(words, dtype="object"),
            "grade": pd.Categorical(np.array(list("xyz"))[rng.integers(0, 3, n)]),
            "flag": rng.random(n) > 0.3,
            "many": rng.integers(0, 400, n),
        }
    )


MATRICES = {
    "frame": frame,
    "floats": lambda rng, n: rng.normal(size=(n, 5)),
    "binary": lambda rng, n: rng.random((n, 70)) > 0.4,
    "binary columns": lambda rng, n: np.asfortranarray(rng.random((n, 9)) > 0.4),
    "bytes": lambda rng, n: rng.integers(0, 7, (n, 30)).astype(np.uint8),
    "byte columns": lambda rng, n: np.asfortranarray(
        rng.integers(0, 7, (n, 30)).astype(np.uint8)
    ),
    "tiles": lambda rng, n: rng.integers(0, 9, (n, 40)),
    "wide": lambda rng, n: rng.integers(0, [3, 300, 5, 500], (n, 4)),
    "sparse": lambda rng, n: sp.csc_array(rng.poisson(0.3, (n, 12))),
    "sparse floats": lambda rng, n: sp.csc_array(
        rng.poisson(0.3, (n, 12)) * rng.normal(size=(n, 12))
    ),
}


def names_of(X):
    return (
        list(X) if isinstance(X, pd.DataFrame) else [f"x{j}" for j in range(X.shape[1])]
    )


def make(kind, n=500, seed=0, **parameters):
    """Return a raw table, classes, the estimator and the encoded table."""
    rng = np.random.default_rng(seed)
    X, y = MATRICES[kind](rng, n), rng.integers(0, 3, n)
    discrete = True if kind == "wide" else "auto"
    table = read(X, y, names=names_of(X), discrete_features=discrete)
    estimator = PlugIn(**parameters)
    return X, y, estimator, estimator.encode(table)


def forms(encoded, folder):
    """Return the same table lazy, in memory, from a pickle, and from a folder."""
    save_encoded(encoded, folder)
    pickled = pickle.loads(pickle.dumps(encoded))
    return encoded, encoded.materialised(), pickled, open_encoded(folder)
