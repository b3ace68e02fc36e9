"""Every selector over every frame, estimator and target: one ranking for all frames."""

import functools

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from repeats import first
from tables import (
    FRAMES,
    SHARED,
    manifest,
    pa,
    real_table,
    small_table,
    survival,
    targets_of,
)

import mifs.selectors
from mifs import JMI, InfoMaxSelector
from mifs.criteria import CRITERIA
from mifs.estimators import KNN, GaussianCopula, PlugIn, resolve
from mifs.selectors._base import BaseSelector

KINDS = ["binary", "multiclass", "continuous", "multilabel", "multi-output", "survival"]
ESTIMATORS = ["plugin", "knn", "gaussian_copula"]
PUBLIC = [getattr(mifs.selectors, name) for name in mifs.selectors.__all__]
# MRMR is another name of MIRMR. InfoMax has no target, and others take selectors.
SELECTORS = {
    selector.__name__: selector
    for selector in PUBLIC
    if isinstance(selector, type)
    and issubclass(selector, BaseSelector)
    and selector is not InfoMaxSelector
}
CARRIERS = {"numpy": lambda frame: frame.to_numpy(), **FRAMES}
ALL = {"pandas": lambda frame: frame, **CARRIERS}
SPARSE = {"csr": sp.csr_array, "csc": sp.csc_array, "old csr": sp.csr_matrix}


def serves(estimator, selector):
    terms = CRITERIA[SELECTORS[selector]()._criterion().name].terms
    return terms <= resolve(estimator).term_names


PAIRS = [(e, s) for e in ESTIMATORS for s in SELECTORS]
POSSIBLE = [pair for pair in PAIRS if serves(*pair)]
pairs = pytest.mark.parametrize(("estimator", "selector"), POSSIBLE)


def selector_of(name, estimator, k=None, **options):
    return SELECTORS[name](n_features_to_select=k, mi_estimator=estimator, **options)


def facts(fitted):
    """What must not depend on who carried the data."""
    return {
        "ranking": fitted.ranking_.tolist(),
        "scores": fitted.scores_,
        "relevance": fitted.relevance_,
        "levels": fitted.n_levels_.tolist(),
        "kinds": [*fitted.feature_kinds_, fitted.target_kind_],
    }


def assert_same_facts(fitted, expected, told):
    for name, value in facts(fitted).items():
        np.testing.assert_array_equal(value, expected[name], f"{name}, {told}")


def carried(X, y):
    """The table and its target in the hands of every library."""
    return {name: (convert(X), in_hands(convert, y)) for name, convert in ALL.items()}


def in_hands(convert, y):
    if isinstance(y, pd.DataFrame):
        return convert(y)
    return column(convert(y.to_frame())) if isinstance(y, pd.Series) else y


def column(frame):
    """The only column of a table, as a series of its library."""
    if isinstance(frame, np.ndarray):
        return frame[:, 0]
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[:, 0]
    if isinstance(frame, pa.Table):
        return frame.column(0)
    return frame[:, 0]


def names_of(frame):
    return frame.column_names if isinstance(frame, pa.Table) else list(frame.columns)


def in_turn(ways, turn, n=2):
    """Some of the ways, others for each turn: all meet all, if not in every triple."""
    return [(list(ways) * 2)[(turn * n + i) % len(ways)] for i in range(n)]


def check_carriers(tables, carriers, estimator, selector, k=None, **options):
    """Tables of some libraries give what that of pandas gives."""
    names = list(tables["pandas"][0].columns)
    first = selector_of(selector, estimator, k, **options).fit(*tables["pandas"])
    expected = facts(first)
    assert np.isfinite(expected["relevance"]).all()
    for carrier in carriers:
        fitted = selector_of(selector, estimator, k, **options).fit(*tables[carrier])
        assert_same_facts(fitted, expected, carrier)
        if carrier != "numpy":
            assert fitted.feature_names_in_.tolist() == names, carrier
            assert set(fitted.path_["name"]) <= set(names), carrier


@functools.cache
def small_case(kind):
    X, targets = small_table()
    return carried(X, targets[kind])


# Every other kind of target, in turn; then the others.
SMALL = [
    (*pair, kind)
    for later in (0, 1)
    for i, pair in enumerate(POSSIBLE)
    for kind in KINDS[(i + later) % 2 :: 2]
]


@pytest.mark.parametrize(
    ("estimator", "selector", "kind"), first(len(SMALL) // 2, SMALL)
)
def test_small_tables(estimator, selector, kind):
    carriers = in_turn(CARRIERS, POSSIBLE.index((estimator, selector)))
    check_carriers(small_case(kind), carriers, estimator, selector)


@functools.cache
def case_with_gaps(kind):
    X, targets = small_table(n=90)
    gaps = np.random.default_rng(1).random(X.shape) < 0.15
    return carried(X.mask(gaps), targets[kind])


POLICIES = [
    PlugIn(missing="category"),
    PlugIn(missing="pairwise"),
    KNN(missing="pairwise"),
    GaussianCopula(missing="pairwise"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", POLICIES, ids=repr)
def test_tables_with_gaps(estimator, kind):
    check_carriers(case_with_gaps(kind), CARRIERS, estimator, "JMI")


IMPOSSIBLE = [pair for pair in PAIRS if pair not in POSSIBLE]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("estimator", "selector"), IMPOSSIBLE)
def test_what_an_estimator_cannot_do_is_refused(estimator, selector, carrier):
    name, who = SELECTORS[selector]._criterion_name, type(resolve(estimator)).__name__
    message = (
        f"criterion '{name}' needs .*, which {who} cannot estimate; "
        "use mi_estimator='plugin'$"
    )
    with pytest.raises(ValueError, match=message):
        selector_of(selector, estimator).fit(*small_case("binary")[carrier])


@pytest.mark.parametrize("carrier", CARRIERS)
def test_without_a_target(carrier):
    X, _ = small_case("binary")[carrier]
    fitted = InfoMaxSelector(None).fit(X)
    expected = InfoMaxSelector(None).fit(small_table()[0])
    np.testing.assert_array_equal(fitted.objective_, expected.objective_)
    assert fitted.ranking_.tolist() == expected.ranking_.tolist()
    for estimator in ("knn", "gaussian_copula"):
        message = "InfoMaxSelector needs entropy.*use mi_estimator='plugin'$"
        with pytest.raises(ValueError, match=message):
            InfoMaxSelector(1, mi_estimator=estimator).fit(X)


def text_table(n=120, p=12):
    """Counts of words, and targets of every kind that some of them know of."""
    rng = np.random.default_rng(0)
    X = rng.poisson(1 / np.arange(1, p + 1), (n, p))
    return X, targets_of(X[:, 3] + X[:, 8] + rng.normal(size=n), rng)


def check_sparse(X, y, carriers, selector, k=None):
    dense = selector_of(selector, "plugin", k).fit(X, y)
    kept = X[:, dense.support_]
    for carrier in carriers:
        convert = SPARSE[carrier]
        fitted = selector_of(selector, "plugin", k).fit(convert(X), y)
        assert_same_facts(fitted, facts(dense), carrier)
        found = fitted.transform(convert(X))
        assert sp.issparse(found)
        assert found.dtype == X.dtype
        np.testing.assert_array_equal(found.toarray(), kept)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("selector", SELECTORS)
def test_sparse_tables(selector, kind):
    X, targets = text_table()
    turn = list(SELECTORS).index(selector) + KINDS.index(kind)
    check_sparse(X, targets[kind], in_turn(SPARSE, turn, n=1), selector)


def two_outputs(other):
    def split(X, y):
        return X.drop(columns=other), pd.DataFrame({y.name: y, other: X[other]})

    return split


def customers(X, y):
    """Months until a customer left, or until the last look."""
    return X.drop(columns="tenure"), survival(y == "Yes", X["tenure"].to_numpy())


def as_they_are(X, y):
    return X, y


REAL = {
    "adult": ("adult", as_they_are),
    "bank": ("bank", as_they_are),
    "titanic_seaborn": ("titanic_seaborn", as_they_are),
    "mushroom": ("mushroom", as_they_are),
    "mice_protein": ("mice_protein", as_they_are),
    "communities": ("communities", as_they_are),
    "hflights": ("hflights", as_they_are),
    "house_prices": ("house_prices", as_they_are),
    "house_prices of two outputs": ("house_prices", two_outputs("LotArea")),
    "bank of two labels": ("bank", two_outputs("loan")),
    "wa_churn as survival": ("wa_churn", customers),
}


@functools.cache
def real_case(case, complete=False):
    """Some rows and columns of a real table; without gaps if it is to be complete."""
    name, split = REAL[case]
    X, y = real_table(name)
    n = 120 if complete else 200
    rows = np.random.default_rng(0).choice(len(X), n, replace=False)
    X, y = split(*(part.iloc[rows].reset_index(drop=True) for part in (X, y)))
    X = X.loc[:, X.notna().mean() > (0.8 if complete else 0)]
    X = X.iloc[:, np.unique(np.linspace(0, X.shape[1] - 1, 8).astype(int))]
    if complete:
        whole = np.flatnonzero(X.notna().all(axis=1))
        X, y = X.iloc[whole], y[whole] if isinstance(y, np.ndarray) else y.iloc[whole]
    return carried(X, y)


@pytest.mark.tables
@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@pytest.mark.parametrize("case", REAL)
@pairs
def test_real_tables(estimator, selector, case):
    tables = real_case(case, complete=estimator != "plugin")
    # Tests of a path take most of the time of so few rows; small tables have them.
    turn = POSSIBLE.index((estimator, selector)) + list(REAL).index(case)
    carriers = in_turn(CARRIERS, turn)
    check_carriers(tables, carriers, estimator, selector, k=5, alpha=1)


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@pytest.mark.parametrize("carrier", ["pandas", *FRAMES])
@pytest.mark.parametrize("case", REAL)
def test_frames_come_out_as_they_went_in(case, carrier):
    frame, y = real_case(case)[carrier]
    selector = JMI(5).fit(frame, y)
    kept = selector.transform(frame)
    names = [names_of(frame)[j] for j in np.flatnonzero(selector.support_)]
    assert type(kept) is type(frame)
    assert names_of(kept) == names
    if carrier == "pyarrow":
        assert kept.schema.equals(frame.select(names).schema, check_metadata=False)
        assert kept.equals(frame.select(names))
        return
    assert list(kept.dtypes) == list(frame[names].dtypes)
    assert kept.equals(frame[names])


@functools.cache
def real_matrix(name):
    """Rows and the fullest columns of a sparse table, dense."""
    table = np.load(SHARED / manifest()[name]["file"])
    parts = (table["data"], table["indices"], table["indptr"])
    X, y = sp.csr_array(parts, shape=table["shape"]), table["y"]
    rows = np.random.default_rng(0).choice(len(y), 400, replace=False)
    fullest = np.argsort(-(X != 0).sum(axis=0), kind="stable")[20:60]
    return X[rows][:, np.sort(fullest)].toarray(), y[rows]


@pytest.mark.tables
@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@pytest.mark.parametrize("name", ["hiva", "skf_PCMAC"])
@pytest.mark.parametrize("selector", SELECTORS)
def test_real_sparse_tables(selector, name):
    check_sparse(*real_matrix(name), SPARSE, selector, k=6)
