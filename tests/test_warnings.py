"""Warnings show the line of the user's own, on whatever way it leads there."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import mifs
from mifs import JMI, InfoMaxSelector, MISelector, compare, profile
from mifs.exceptions import ConstantFeatureWarning, MifsWarning

N = 60
rng = np.random.default_rng(0)
X = pd.DataFrame({"size": rng.normal(size=N), "one": 1.0, "much": rng.normal(size=N)})
y = (X["size"] + rng.normal(size=N) > 0).astype(int)
OUT = y.to_numpy()[:, None]  # a column-vector, of which scikit-learn warns, too
OURS = (ConstantFeatureWarning, DataConversionWarning)
MODEL = make_pipeline(JMI(2), LogisticRegression())
CALLS = {
    "fit": lambda: JMI(2).fit(X, y),
    "fit_transform": lambda: JMI(2).fit_transform(X, y),
    "by name": lambda: MISelector("mim", 2).fit(X, y),
    "weights": lambda: JMI(2).fit(X, y, sample_weight=np.ones(N)),
    "without target": lambda: InfoMaxSelector(2).fit(X),
    "threads": lambda: JMI(2, n_jobs=2).fit(X, y),
    "set_output": lambda: JMI(2).set_output(transform="pandas").fit_transform(X, y),
    "Pipeline.fit": lambda: MODEL.fit(X, y),
    "GridSearchCV": lambda: GridSearchCV(MODEL, {"jmi__n_jobs": [1]}, cv=2).fit(X, y),
    "cross_val_score": lambda: cross_val_score(MODEL, X, y, cv=2),
    "compare": lambda: compare(X, y, ["mim", "jmi"], 2),
    "column-vector": lambda: JMI(2).fit(X, OUT),
    "profile": lambda: profile(X, OUT),
}


@pytest.mark.parametrize("way", CALLS)
def test_warnings_show_the_line_of_the_caller(way):
    line = CALLS[way].__code__.co_firstlineno
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always")
        CALLS[way]()
    of_mifs = [w for w in record if w.category in OURS]
    assert of_mifs
    assert {(w.filename, w.lineno) for w in of_mifs} == {(__file__, line)}


def test_a_subclass_of_the_user_is_the_users_code():
    class Mine(JMI):
        def fit(self, X, y):
            return super().fit(X, y)

    with pytest.warns(ConstantFeatureWarning) as record:
        Mine(2).fit(X, y)
    assert record[0].filename == __file__
    assert record[0].lineno == Mine.fit.__code__.co_firstlineno + 1


def test_a_module_that_only_begins_like_mifs_is_the_users():
    names = {"__name__": "mifs_tools", "fit": JMI(2).fit, "X": X, "y": y}
    with pytest.warns(ConstantFeatureWarning) as record:
        exec(compile("fit(X, y)", "tools.py", "exec"), names)
    assert (record[0].filename, record[0].lineno) == ("tools.py", 1)


def test_no_line_outside_is_no_error():
    names = {"__name__": "mifs", "fit": JMI(2).fit, "X": X, "y": y}
    with pytest.warns(MifsWarning):
        exec(compile("fit(X, y)", "tools.py", "exec"), names)


def test_all_warnings_of_the_package_go_one_way():
    for path in Path(mifs.__file__).parent.rglob("*.py"):
        if path.name != "_warn.py":
            text = path.read_text(encoding="utf-8")
            assert "warnings.warn(" not in text, path
            assert "stacklevel" not in text, path
