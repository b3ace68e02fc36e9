"""Compile the kernels that tests need, once for all processes of the tests.

Parts that share little run beside lint and types, as `make test` says: processes that
start without a cache would compile the same kernels, each for itself.
"""

import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

import mifs
from mifs import measures
from mifs._csv.files import read_csv
from mifs.criteria import CRITERIA
from mifs.estimators import KNN, PlugIn


def data():
    """A small table of several kinds, and targets."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 12))
    y = (X[:, :3].sum(axis=1) > 0).astype(int)
    X[:, 5:8] = np.round(X[:, 5:8])
    return X, (y, X[:, 0] + X[:, 1], np.digitize(X[:, 0], [-1, 0, 1]))


def counts():
    """Criteria, what the plug-in estimator counts in memory, and tests of tables."""
    X, targets = data()
    frame = pd.DataFrame(X).add_prefix("x")
    frame["label"] = np.array(list("abcd"))[targets[2]]
    for name in CRITERIA:
        for target in targets:
            mifs.MISelector(name, 4).fit(frame, target)
    for target in targets:
        mifs.CMIM("auto", mi_estimator=PlugIn(correction=None)).fit(frame, target)
    mifs.inference.relevance_test(frame, targets[0])
    mifs.inference.mi_test(targets[0], X[:, 3] > 0)
    measures.mutual_information(*targets[::2], correction="permutation")
    # Tables of a few words a column, and of many columns of many levels.
    few = np.random.default_rng(1).integers(0, 3, (60, 300))
    for criterion in (mifs.CMIM, mifs.MIRMR, mifs.MIFS):
        criterion(5, mi_estimator=PlugIn(correction=None)).fit(few, few[:, 0] > 0)
    mifs.interactions(few[:, :20], few[:, 0] > 0, top=2)
    mifs.StabilitySelector(mifs.JMI(4)).fit(frame, targets[0])
    mifs.StabilitySelector(mifs.JMI(4), 4).fit(few, few[:, 0])


def neighbours():
    """Distances to neighbours in one dimension and more, by weights and gaps."""
    X, targets = data()
    for target in targets:
        mifs.JMI(3, mi_estimator="knn").fit(X, target)
    measures.mutual_info_classif(X, targets[0], random_state=0)
    measures.entropy(X[:, 0])
    for d in range(1, 5):
        measures.mutual_information(X[:, :d], X[:, 9])
        measures.conditional_mutual_information(X[:, 8], X[:, 9], X[:, :d])
        measures.conditional_mutual_information(X[:, 8], targets[2], X[:, :d])
    mifs.JMI(3, mi_estimator=KNN(20)).fit(X, targets[1])


def others():
    """Copulas, weights, gaps, sparse matrices, bins for a target, a file, tiles."""
    X, targets = data()
    holes = pd.DataFrame(X).mask(X > 1.5).add_prefix("x")
    whole = np.round(X).astype(int)
    for target in targets:
        mifs.JMI(3, mi_estimator="gaussian_copula").fit(X, target)
    for missing in ("category", "pairwise"):
        mifs.JMI(3, mi_estimator=PlugIn(missing=missing)).fit(holes, targets[0])
    mifs.JMI(3).fit(X, targets[0], sample_weight=np.arange(300) % 3 + 1)
    for matrix in (csr_matrix(whole.clip(0)), csr_matrix(np.round(X).clip(0))):
        mifs.JMI(3).fit(matrix, targets[0])
        mifs.JMI(3).fit(matrix, targets[0], sample_weight=np.arange(300) % 3 + 1)
    for binning in ("mdlp", "ib"):
        mifs.JMI(3, mi_estimator=PlugIn(binning=binning)).fit(X, targets[0])
    mifs.JMI(3, mi_estimator=PlugIn(correction="shrinkage")).fit(X, targets[0])
    mifs.InfoMaxSelector(2).fit(X)
    levels = np.random.default_rng(1).integers(0, 9, (9000, 300)).astype(np.uint8)
    for target in (levels[:, 0] > 4, levels[:, 0]):
        mifs.JMI(2).fit(levels, target)
        mifs.JMI(2).fit(levels[:900], target[:900])
        mifs.JMI(2, alpha=1).fit(levels[:900], target[:900])
        mifs.JMI(2).fit(levels[:900].astype(np.uint16) * 99, target[:900])
    often_zero = np.where(X > 0.5, X, 0.0)
    for values in (often_zero, (often_zero * 1000).astype(int), csr_matrix(often_zero)):
        mifs.JMI(2).fit(values, targets[0])
        mifs.JMI(2).fit(values, targets[0], sample_weight=np.arange(300) % 3 + 1)
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        names = np.array([f"{code:03}" for code in range(60)])[np.arange(300) % 60]
        holes.assign(name=names, y=targets[0]).to_csv(path, index=False)
        frame = read_csv(path)
        bottleneck = PlugIn(binning="ib")
        mifs.JMI(2, mi_estimator=bottleneck).fit(frame.drop(columns="y"), frame["y"])
        with mifs.scan_csv(path, target="y") as scan:
            mifs.JMI(2).fit(scan)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"counts": counts, "neighbours": neighbours, "others": others}[sys.argv[1]]()
