"""Compile the kernels that most tests need, once for all processes of the tests.

Two parts that share little run beside lint and types, as `make test` says: processes
that start without a cache would compile the same kernels, each for itself.
"""

import sys
import warnings

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

import mifs
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn


def data():
    """A small table of several kinds, and targets."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 12))
    y = (X[:, :3].sum(axis=1) > 0).astype(int)
    X[:, 5:8] = np.round(X[:, 5:8])
    return X, (y, X[:, 0] + X[:, 1], np.digitize(X[:, 0], [-1, 0, 1]))


def counts():
    """Criteria, and what the plug-in estimator counts in memory."""
    X, targets = data()
    frame = pd.DataFrame(X).add_prefix("x")
    frame["label"] = np.array(list("abcd"))[targets[2]]
    for name in CRITERIA:
        for target in targets:
            mifs.MISelector(name, 4).fit(frame, target)
    for target in targets:
        mifs.CMIM("auto", mi_estimator=PlugIn(correction=None)).fit(frame, target)
    mifs.inference.relevance_test(frame, targets[0])


def others():
    """Neighbours, copulas, weights, gaps, sparse matrices, bins for a target."""
    X, targets = data()
    holes = pd.DataFrame(X).mask(X > 1.5).add_prefix("x")
    for estimator in ("knn", "gaussian_copula"):
        for target in targets:
            mifs.JMI(3, mi_estimator=estimator).fit(X, target)
    for missing in ("category", "pairwise"):
        mifs.JMI(3, mi_estimator=PlugIn(missing=missing)).fit(holes, targets[0])
    mifs.JMI(3).fit(X, targets[0], sample_weight=np.arange(300) % 3 + 1)
    mifs.JMI(3).fit(csr_matrix(np.round(X).clip(0)), targets[0])
    for binning in ("mdlp", "ib"):
        mifs.JMI(3, mi_estimator=PlugIn(binning=binning)).fit(X, targets[0])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"counts": counts, "others": others}[sys.argv[1]]()
