"""Paths and scores of real tables, kept from one version of mifs for the next.

    python tests/goldens.py

writes ``tests/data/goldens.json`` anew, by the mifs that is imported. A change of
this file is a change of what is selected: it belongs in CHANGELOG.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from plain import PLAIN
from tables import real_table

from mifs import InfoMaxSelector, MISelector
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

FILE = Path(__file__).parent / "data" / "goldens.json"
TABLES = (
    *("adult", "bank", "bike_hour", "california_housing", "communities", "cpu_act"),
    *("credit_data", "diamonds", "dna", "horse_colic", "house_prices", "ionosphere"),
    *("magic_telescope", "mice_protein", "mushroom", "satellite", "sonar", "soybean"),
    *("spambase", "splice", "vehicle", "votes"),
)
# The published search, in the order of the criterion alone; and the default.
ESTIMATORS = {
    "plugin": {"mi_estimator": PLAIN},
    "knn": {"mi_estimator": "knn", "alpha": 1},
    "gaussian_copula": {"mi_estimator": "gaussian_copula", "alpha": 1},
    "corrected": {"mi_estimator": PlugIn()},
}
COUNTING = "plugin", "corrected"
# Those of the default: its tests take longer than a search.
CORRECTED_TABLES = TABLES[::3]
N_ROWS, N_COLUMNS, N_PICKS = 1200, 30, 6
# Criteria of joint counts need no estimator but the plug-in.
PAIRWISE = [
    name
    for name, record in CRITERIA.items()
    if not record.terms & {"joint_counts", "joint_entropy", "entropy"}
]


def table(name):
    """Some rows and columns of a real table, the same ones in every version."""
    X, y = real_table(name)
    rows = np.unique(np.linspace(0, len(X) - 1, N_ROWS).astype(int))
    X, y = X.iloc[rows].reset_index(drop=True), y.iloc[rows].reset_index(drop=True)
    used = [column for column in X if is_plain(X[column])]
    return X[used[:N_COLUMNS]], y


def is_plain(column):
    """Whether no rule for odd columns touches it: no frequent value, no id, no gap."""
    present = column.dropna()
    if present.nunique() < 2:
        return False
    if not pd.api.types.is_numeric_dtype(column):
        return present.nunique() <= 50
    shares = present.value_counts(normalize=True)
    return len(shares) <= 10 or bool(shares.iloc[0] < 0.1)


def complete(X):
    """Columns without missing values, for estimators that refuse these."""
    return X.loc[:, ~X.isna().any()]


def runs(name):
    """Names of runs over a table, and what is to be fitted."""
    X, y = table(name)
    estimators = dict(ESTIMATORS)
    if name not in CORRECTED_TABLES:
        del estimators["corrected"]
    for estimator, options in estimators.items():
        counting = estimator in COUNTING
        whole = X if counting else complete(X)
        if whole.shape[1] < 3:
            continue
        for criterion in CRITERIA if counting else PAIRWISE:
            selector = MISelector(criterion, N_PICKS, **options)
            yield f"{criterion} {estimator}", selector, whole, y
        if counting:
            yield f"infomax {estimator}", InfoMaxSelector(N_PICKS, **options), X, None


def result(selector, X, y):
    """Picks and their scores, all digits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        selector.fit(X, y)
    picks = selector.selected_indices_
    return [picks.tolist(), [float(score).hex() for score in selector.scores_[picks]]]


def write():
    """Write the answers of the mifs that is imported."""
    found = {name: {run: result(*what) for run, *what in runs(name)} for name in TABLES}
    tables = [
        f" {json.dumps(name)}: {json.dumps(each)}" for name, each in found.items()
    ]
    FILE.write_text("{\n" + ",\n".join(tables) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
