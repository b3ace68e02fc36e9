"""Tables cut into parts, and what a fit to them is compared with."""

from __future__ import annotations

import warnings
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

import mifs
from mifs._data.shards import ShardsHere
from mifs._scan import dask_tables
from mifs._scan.roles import roles_of
from mifs._scan.sharded import ShardedScan

SELECTORS = ("jmi", "mrmr", "cmim", "disr", "jmi3")


def table(n=9000, seed=0):
    """Numbers, gaps, texts, booleans, categories, a copy, a constant, an id, XOR."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    half = rng.integers(0, 2, n)
    word = np.array(["x", "y", "zz", "w"])[(y + rng.integers(0, 3, n)) % 4]
    near = rng.normal(size=n) + y
    gaps = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n) - y)
    X = pd.DataFrame(
        {
            "near": near,
            "noise": rng.normal(size=n),
            "level": rng.integers(0, 5, n),
            "count": y + rng.integers(0, 2, n),
            "word": word,
            "gaps": gaps,
            "spiked": np.where(rng.random(n) < 0.5, 0.0, rng.exponential(size=n)),
            "flag": rng.random(n) < 0.3 + 0.2 * y,
            "row": np.arange(n),
            "constant": np.full(n, 2.5),
            "half": half,
            "other": half ^ (y > 0),
            "near again": near + rng.normal(size=n) / 9,
            "wide": rng.integers(0, 10**6, n),
        }
    )
    X["copy"] = 3 * X["level"] + 1
    X["few words"] = X["word"].where(rng.random(n) < 0.9, None)
    order = pd.CategoricalDtype(["q", "b", "a", "never"])
    X["grade"] = pd.Series(np.array(["b", "a", "q"])[rng.integers(0, 3, n)]).astype(
        order
    )
    # Of each of these one part alone has a category, and lacks a class.
    X.loc[: n // 5, "word"] = "first"
    X.loc[n // 5 :, "level"] += 1
    names = pd.Series(["no", "yes", "perhaps"])[y].reset_index(drop=True)
    names[: n // 6] = names[: n // 6].replace("perhaps", "no")
    return X, names.rename("answer")


def cuts(n, n_parts):
    """Ends of parts: unequal ones, the last but one empty."""
    if n_parts == 1:
        return [0, n]
    inner = np.sort(np.random.default_rng(n_parts).integers(0, n, n_parts - 2))
    return [0, *inner.tolist(), int(inner[-1]), n]


def frames(frame, n_parts):
    """Parts of a frame."""
    ends = cuts(len(frame), n_parts)
    return [frame.iloc[a:b] for a, b in pairwise(ends)]


def here(X, y, n_parts, weights=None, **options):
    """A scan of parts that lie in this process."""
    frame = X.assign(**{y.name: y})
    if weights is not None:
        frame["w"] = weights
    own = None if weights is None else "w"
    roles = roles_of(list(frame), y.name, None, (), own, False)
    read = partial(dask_tables._of_frames, roles=roles)

    def make(text):
        parts = enumerate(frames(frame, n_parts))
        return ShardsHere([(read(number, part),) for number, part in parts])

    return ShardedScan(make, roles, **options)


def fitted(criterion, *data, **options):
    """A selector, and the warnings that its fit gave."""
    options = {"n_features_to_select": 6, **options}
    selector = mifs.MISelector(criterion=criterion, **options)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        selector.fit(*data)
    ours = [
        warning
        for warning in given
        if issubclass(warning.category, mifs.exceptions.MifsWarning)
        and warning.category is not mifs.exceptions.PartitionsWarning
    ]
    return selector, [str(warning.message) for warning in ours]


def assert_same(one, other):
    """Two fits gave the same, to the last bit: selections, scores, tests, edges."""
    (first, said), (second, said_there) = one, other
    pd.testing.assert_frame_equal(first.path_, second.path_, check_exact=True)
    for name in ("relevance_", "ranking_", "scores_", "n_levels_", "feature_kinds_"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert first.stop_reason_ == second.stop_reason_
    edges, there = first.mi_estimator_.edges_, second.mi_estimator_.edges_
    assert edges.keys() == there.keys()
    for column, own in edges.items():
        np.testing.assert_array_equal(own, there[column])
    assert said == said_there
