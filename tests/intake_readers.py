"""Readers of whatever a user may pass, and its holders."""

import numpy as np
import pandas as pd
from plain import PLAIN
from tables import pa, pl

from mifs import (
    MIM,
    InfoMaxSelector,
    InformationBottleneckEncoder,
    compare,
    profile,
)
from mifs import measures as M

N = 120


Y = np.arange(N) % 3


ENTROPY = np.log(3)


def array(dtype):
    return lambda values: np.array(values, dtype=dtype)


def as_table(column):
    """A table of one column, of the same library."""
    if isinstance(column, (list, tuple)):
        return [[value] for value in column]
    if isinstance(column, np.ndarray):
        return column[:, None]
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        return pa.table({"x": column})
    if isinstance(column, pl.Series):
        return column.to_frame("x")
    return pd.DataFrame({"x": column})


def levels_of(told):
    """Entropy of a column in which the profile counts three levels."""
    assert told["levels"].tolist() == [3]
    return ENTROPY


def coded(transformer, column):
    return M.entropy(transformer.fit_transform(as_table(column), Y)[:, 0])


TABLES = {
    "fit X": lambda x: MIM(None, mi_estimator=PLAIN).fit(as_table(x), Y).relevance_[0],
    "knn X": lambda x: MIM(1, mi_estimator="knn").fit(as_table(x), Y).relevance_[0],
    "infomax": lambda x: (
        InfoMaxSelector(None, mi_estimator=PLAIN).fit(as_table(x)).relevance_[0]
    ),
    "compare": lambda x: compare(
        as_table(x), Y, "mim", 1, mi_estimator=PLAIN
    ).path.score[0],
    "profile": lambda x: levels_of(profile(as_table(x))),
    "pairwise": lambda x: np.asarray(M.pairwise_mutual_information(as_table(x)))[0, 0],
    "encoder": lambda x: coded(InformationBottleneckEncoder(), x),
}


VARIABLES = {
    "fit y": lambda x: MIM(None, mi_estimator=PLAIN).fit(Y[:, None], x).relevance_[0],
    "compare y": lambda x: compare(
        Y[:, None], x, "mim", 1, mi_estimator=PLAIN
    ).path.score[0],
    "encoder y": lambda x: (
        InformationBottleneckEncoder().fit(Y[:, None].astype(str), x).information_[0]
    ),
    "entropy": M.entropy,
    "mutual_information": lambda x: M.mutual_information(x, Y),
    "joint_entropy": lambda x: M.joint_entropy(Y, x),
    "lagged": lambda x: M.lagged_mutual_information(x, Y, 0).mutual_information[0],
}


READERS = TABLES | VARIABLES
