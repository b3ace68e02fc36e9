"""What `StabilitySelector` chooses of each resample, and what it makes of the votes."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from tables import frame_of_kinds

import mifs
from mifs import JMI, StabilitySelector
from mifs._data.encoded import EncodedTable
from mifs._problem.problem import choose, make_gate, make_plan
from mifs._problem.resampled import Repeated
from mifs._resampling.rows import SCHEMES, Scheme
from mifs.estimators import KNN, GaussianCopula, PlugIn, resolve
from mifs.estimators._mean import prepare
from mifs.inference import selection_bound, stability
from mifs.selectors._base import problem_of

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


class Shared(PlugIn):
    """Given edges, of which the tests of a path may believe that they are default."""

    def capabilities(self, table=None):
        return replace(super().capabilities(table), default_bins=True)


def edges_of(X, y, **settings):
    """Edges and kinds of a whole table."""
    fitted = JMI(1, alpha=1, **settings).fit(X, y)
    return fitted.mi_estimator_.edges_, fitted.feature_kinds_ == "discrete"


def resamples(selector, classes):
    """Rows, or counts, of each resample of a fitted selector; an int: no classes."""
    seed = np.random.RandomState(selector.random_state or 0).randint(2**31 - 1)
    n, codes = classes, None
    if not isinstance(classes, int):
        n, codes = len(classes), np.unique(classes, return_inverse=True)[1]
    scheme = Scheme(selector.scheme, selector.fraction, n, seed, codes)
    draw = scheme.counts if selector.scheme == "bootstrap" else scheme.rows
    return [draw(number) for number in range(selector.n_resamples)]


def assert_chose(stable, chosen):
    """Compare the selections of the resamples with lists of columns."""
    expected = np.zeros_like(stable.selections_)
    for row, columns in zip(expected, chosen, strict=True):
        row[columns] = True
    np.testing.assert_array_equal(stable.selections_, expected)


# --- twins: a fit of the rows of each resample, with the edges of the whole table -----


@pytest.mark.parametrize("scheme", ["complementary", "subsample"])
@pytest.mark.parametrize(
    "selector",
    [
        mifs.JMI(4, alpha=1),
        mifs.MIRMR(4, mi_estimator=PlugIn(correction=None)),
        mifs.CMIM(4, alpha=1),
        mifs.CMI(3, alpha=1),
        mifs.JMI3(4, alpha=1),
        mifs.DISR(4, alpha=1, mi_estimator=PlugIn(correction="miller_madow")),
        mifs.RelaxMRMR(4, alpha=1),
        mifs.FCBF(4, alpha=1),
        mifs.SpecCMI(4, alpha=1),
        mifs.JMI(3, alpha=1, mi_estimator=PlugIn(missing="pairwise")),
        mifs.JMI(3, alpha=1, mi_estimator=PlugIn(correction="shrinkage")),
        mifs.MIFS(4, alpha=1, include=["f"], exclude=["a"]),
        mifs.JMI(2, alpha=1, groups={"pair": ["a", "flag"], "two": ["c", "d"]}),
        mifs.JMI(0.5, alpha=1, costs={"a": 0.2, "b": 0.1}),
    ],
    ids=str,
)
def test_twin_with_the_edges_of_the_whole(selector, scheme):
    X, y = frame_of_kinds()
    stable = StabilitySelector(selector, 6, scheme=scheme).fit(X, y)
    estimator = resolve(selector.mi_estimator)
    edges, discrete = edges_of(X, y, mi_estimator=estimator)
    twin = clone(selector).set_params(
        mi_estimator=estimator.set_params(edges=edges), discrete_features=discrete
    )
    ranks = []
    for rows in resamples(stable, y):
        twin.fit(X.iloc[rows], y[rows])
        ranks.append(twin.ranking_)
    assert_chose(stable, [np.flatnonzero(r <= len(twin.path_)) for r in ranks])
    groups = stable.groups_
    best = [[min(row[group]) for group in groups] for row in ranks]
    mean = np.mean(best, axis=0)
    for group, value in zip(groups, mean, strict=True):
        assert stable.mean_rank_[group] == pytest.approx(value)


@pytest.mark.parametrize("n_features", [3, "auto"])
@pytest.mark.parametrize("criterion", ["jmi", "mrmr", "cmim", "mim", "cmi"])
def test_twin_of_two_tiers(criterion, n_features):
    X, y = frame_of_kinds(400)
    rng = np.random.default_rng(5)
    X["half"], y = rng.integers(0, 2, 400), y > 0
    X["xor"] = X["half"] ^ y  # tells something beside the half only
    selector = mifs.MISelector(criterion, n_features)
    stable = StabilitySelector(selector, 4).fit(X, y)
    edges, discrete = edges_of(X, y)
    twin = clone(selector).set_params(
        mi_estimator=Shared(edges=edges), discrete_features=discrete
    )
    chosen = [
        twin.fit(X.iloc[rows], y[rows]).selected_indices_
        for rows in resamples(stable, y)
    ]
    assert_chose(stable, chosen)


@pytest.mark.parametrize("n_features", [4, "auto"])
def test_twin_of_a_discrete_table_is_a_plain_fit(n_features):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 4, 300)
    X = rng.integers(0, 6, (300, 12))
    X[:, :3] = (X[:, :3] < 3) * y[:, None] + rng.integers(0, 2, (300, 3))
    selector = JMI(n_features, discrete_features=True)
    for table in (X, sparse.csr_array(X), pd.DataFrame(X).astype(str)):
        stable = StabilitySelector(selector, 4, random_state=3).fit(table, y)
        chosen = [
            clone(selector).fit(X[rows], y[rows]).selected_indices_
            for rows in resamples(stable, y)
        ]
        if not isinstance(table, pd.DataFrame) or n_features != "auto":
            assert_chose(stable, chosen)


def test_bins_that_are_not_the_default_ones():
    X, y = frame_of_kinds(400)
    for estimator in (PlugIn(4), PlugIn(binning="uniform"), PlugIn(binning="mdlp")):
        selector = JMI("auto", mi_estimator=estimator)
        stable = StabilitySelector(selector, 4).fit(X, y)
        edges, discrete = edges_of(X, y, mi_estimator=estimator)
        twin = JMI("auto", mi_estimator=PlugIn(edges=edges), discrete_features=discrete)
        chosen = [
            twin.fit(X.iloc[rows], y[rows]).selected_indices_
            for rows in resamples(stable, y)
        ]
        assert_chose(stable, chosen)


@pytest.mark.parametrize("weights", [None, "whole", "fractions"])
def test_twin_of_a_bootstrap(weights):
    X, y = frame_of_kinds()
    rng = np.random.default_rng(2)
    w = {"whole": rng.integers(0, 4, 240), "fractions": rng.random(240)}.get(weights)
    selector = JMI(4)
    stable = StabilitySelector(selector, 5, scheme="bootstrap")
    stable.fit(X, y, sample_weight=w)
    kept = np.arange(240) if w is None else np.flatnonzero(w)
    whole = JMI(1, alpha=1).fit(X, y, sample_weight=w)
    twin = JMI(
        4,
        alpha=1,
        mi_estimator=PlugIn(edges=whole.mi_estimator_.edges_),
        discrete_features=whole.feature_kinds_ == "discrete",
    )
    chosen = []
    for counts in resamples(stable, y[kept]):
        given = np.zeros(240)
        given[kept] = counts * (1 if w is None else w[kept])
        twin.fit(X, y, sample_weight=given)
        chosen.append(twin.selected_indices_)
    assert_chose(stable, chosen)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("weighted", [False, True])
def test_estimators_that_do_not_count(scheme, weighted):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[:200, :8].copy(), y[:200]
    X[:, 7] = np.round(X[:, 7] * 20)
    w = np.random.default_rng(0).integers(0, 3, 200) if weighted else None
    for estimator in (GaussianCopula(), KNN()):
        if isinstance(estimator, KNN) and (weighted or scheme == "bootstrap"):
            continue
        selector = mifs.MIRMR(3, mi_estimator=estimator)
        stable = StabilitySelector(selector, 2, scheme=scheme)
        stable.fit(X, y, sample_weight=w)
        kinds = clone(selector).fit(X, y, sample_weight=w).feature_kinds_
        kept = np.arange(200) if w is None else np.flatnonzero(w)
        twin = clone(selector).set_params(
            discrete_features=kinds == "discrete",
            discrete_target=True,
            alpha=1 if scheme == "bootstrap" else 0.05,
        )
        chosen = []
        for drawn in resamples(stable, y[kept]):
            given = np.zeros(200)
            one = np.ones(200) if w is None else w
            if scheme == "bootstrap":
                given[kept] = drawn * one[kept]
                twin.fit(X, y, sample_weight=given)
            else:
                rows = kept[drawn]
                twin.fit(X[rows], y[rows], None if w is None else w[rows])
            chosen.append(twin.selected_indices_)
        assert_chose(stable, chosen)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_numbers_as_target_keep_their_bins(n_outputs):
    """Twin by hand: rows of the raw table, with the edges of columns and targets."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(300, 7))
    y = X[:, :2] @ np.ones((2, n_outputs)) + rng.normal(size=(300, n_outputs))
    y = y[:, 0] if n_outputs == 1 else y
    selector = JMI("auto")
    stable = StabilitySelector(selector, 4).fit(X, y)
    whole = Repeated(problem_of(clone(selector), X, y))
    edges = [each.target.edges for each in whole._encoded]
    chosen = []
    for rows in resamples(stable, 300):
        given = dict(whole._encoded[0].edges)
        part = JMI("auto", mi_estimator=Shared(edges=given), discrete_features=False)
        problem = problem_of(part, X[rows], y[rows])
        table = Repeated(problem).table
        target, *further = (
            replace(each, edges=own)
            for each, own in zip((table.target, *table.further), edges, strict=True)
        )
        table = replace(table, target=target, further=tuple(further))
        plan = make_plan(problem, table)
        terms = prepare(problem.estimator, table)
        gate = make_gate(problem, table, plan, terms)
        chosen.append(choose(problem, plan, terms, gate=gate).feature)
    assert sum(map(len, chosen)) > 4
    assert_chose(stable, chosen)


def test_nothing_is_encoded_anew(monkeypatch):
    X, y = frame_of_kinds()
    made = []
    learn = EncodedTable.learn.__func__
    monkeypatch.setattr(
        EncodedTable,
        "learn",
        classmethod(lambda cls, *a, **k: made.append(1) or learn(cls, *a, **k)),
    )
    StabilitySelector(JMI(3), 8).fit(X, y)
    assert len(made) == 1
    StabilitySelector(JMI(3, mi_estimator=PlugIn(4)), 8).fit(X, y)
    assert len(made) == 3  # bins of the search, and those of the tests


# --- the same answer, however it is found ---------------------------------------------


def test_threads_and_number_of_resamples():
    X, y = frame_of_kinds()
    expected = StabilitySelector(JMI(3), 8).fit(X, y)
    for n_jobs in (2, 3):
        found = StabilitySelector(JMI(3), 8, n_jobs=n_jobs).fit(X, y)
        np.testing.assert_array_equal(found.selections_, expected.selections_)
        np.testing.assert_array_equal(found.mean_rank_, expected.mean_rank_)
    for scheme, number in (("subsample", 3), ("bootstrap", 3), ("complementary", 4)):
        few = StabilitySelector(JMI(3), number, scheme=scheme).fit(X, y)
        more = StabilitySelector(JMI(3), 8, scheme=scheme).fit(X, y)
        np.testing.assert_array_equal(few.selections_, more.selections_[:number])


def test_random_state():
    X, y = frame_of_kinds()

    def ranks(random_state):
        selector = StabilitySelector(JMI(2), 6, random_state=random_state)
        return selector.fit(X, y).mean_rank_.tolist()

    assert ranks(None) == ranks(None) == ranks(0)
    assert ranks(1) != ranks(0)
    assert ranks(np.random.RandomState(1)) == ranks(1)
    np.random.seed(0)  # noqa: NPY002
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    ranks(None)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_a_scan_gives_what_its_table_gives(tmp_path):
    X, y = frame_of_kinds()
    X = X.drop(columns=["label"]).fillna(0).assign(y=y)
    X.to_csv(tmp_path / "table.csv", index=False)
    scan = mifs.scan_csv(tmp_path / "table.csv", target="y")
    found = StabilitySelector(JMI(3), 6).fit(scan)
    expected = StabilitySelector(JMI(3), 6).fit(X.drop(columns="y"), y)
    np.testing.assert_array_equal(found.selections_, expected.selections_)
    assert list(found.feature_names_in_) == list(expected.feature_names_in_)


def test_warm_start_adds_resamples(monkeypatch):
    X, y = frame_of_kinds()
    solved = []
    on = Repeated.on
    monkeypatch.setattr(
        Repeated, "on", lambda self, rows: solved.append(1) or on(self, rows)
    )
    warm = StabilitySelector(JMI(3), 6, warm_start=True).fit(X, y)
    assert len(solved) == 6
    for n, more in ((10, 4), (10, 0), (4, 0)):
        solved.clear()
        warm.set_params(n_resamples=n).fit(X, y)
        assert len(solved) == more
        fresh = StabilitySelector(JMI(3), n).fit(X, y)
        np.testing.assert_array_equal(warm.selections_, fresh.selections_)
        assert warm.stability_ == fresh.stability_
    for change in (
        {"selector__n_features_to_select": 2},
        {"fraction": 0.4},
        {"random_state": 7},
        {"scheme": "subsample"},
    ):
        warm.set_params(**change).fit(X, y)
        fresh = clone(warm).fit(X, y)
        np.testing.assert_array_equal(warm.selections_, fresh.selections_)
    warm.fit(X[::-1], y[::-1])
    fresh = clone(warm).fit(X[::-1], y[::-1])
    np.testing.assert_array_equal(warm.selections_, fresh.selections_)


def test_no_data_in_the_fitted_object():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2000, 20)), rng.integers(0, 2, 2000)
    X[:, 0] += y
    fitted = StabilitySelector(JMI(3), 10).fit(X, y)
    assert len(pickle.dumps(fitted)) < 20_000
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))


# --- which rows are drawn -------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.5, 0.3, 0.45])
@pytest.mark.parametrize("sizes", [(50, 50), (90, 7, 3), (33, 2), (41,)])
def test_pairs_share_no_row_and_keep_the_classes(sizes, fraction):
    classes = np.random.default_rng(0).permutation(np.repeat(range(len(sizes)), sizes))
    scheme = Scheme("complementary", fraction, len(classes), 0, classes)
    often = np.zeros(len(classes))
    for number in range(0, 200, 2):
        first, second = scheme.rows(number), scheme.rows(number + 1)
        assert len(first) == len(second) == scheme.size
        assert not np.intersect1d(first, second).size
        assert (np.diff(first) > 0).all()
        for rows in (first, second):
            drawn = np.bincount(classes[rows], minlength=len(sizes))
            assert (np.abs(drawn - fraction * np.array(sizes)) < 2).all()
            often[rows] += 1
    expected = 200 * scheme.size / len(classes)
    assert (np.abs(often - expected) < 5 * np.sqrt(expected)).all()


@pytest.mark.parametrize("fraction", [0.1, 0.632, 0.9])
def test_single_subsamples(fraction):
    scheme = Scheme("subsample", fraction, 77, 1)
    drawn = [scheme.rows(number) for number in range(100)]
    assert {len(np.unique(rows)) for rows in drawn} == {scheme.size}
    assert len({tuple(rows) for rows in drawn}) == 100
    pairs = np.zeros((77, 77))
    for rows in drawn:
        pairs[np.ix_(rows, rows)] += 1
    assert (np.diag(pairs) > 0).all()


def test_a_rare_class_is_in_every_half():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 4)), np.arange(200) < 2
    stable = StabilitySelector(mifs.MIM(1), 20).fit(X, y)
    assert (stable.selections_.sum(axis=1) == 1).all()


# --- what is made of the votes --------------------------------------------------------


def test_attributes_go_together():
    X, y = frame_of_kinds()
    stable = StabilitySelector(JMI(4), 20, threshold=0.55).fit(X, y)
    Z = stable.selections_
    np.testing.assert_array_equal(stable.selection_frequency_, Z.mean(axis=0))
    assert stable.stability_.estimate == stability(Z).estimate
    assert stable.n_selected_ == Z.sum(axis=1).mean() == 4
    often = Z.mean(axis=0) >= 0.55
    np.testing.assert_array_equal(stable.support_, often)
    assert sorted(stable.selected_indices_) == np.flatnonzero(often).tolist()
    falling = stable.selection_frequency_[np.argsort(stable.ranking_)]
    assert (np.diff(falling) <= 0).all()
    assert sorted(stable.ranking_) == list(range(1, X.shape[1] + 1))
    for assumption, value in stable.expected_false_selections_.items():
        expected = selection_bound(
            X.shape[1],
            n_selected=4,
            threshold=0.55,
            n_pairs=10,
            assumption=assumption,
        )
        assert value == expected.bound
    whole = JMI(4).fit(X, y)
    np.testing.assert_array_equal(stable.relevance_, whole.relevance_)
    np.testing.assert_array_equal(stable.feature_kinds_, whole.feature_kinds_)
    assert list(stable.transform(X)) == list(X.columns[often])
    table = stable.frequencies_
    assert table["name"].tolist()[: often.sum()] == [
        X.columns[j] for j in stable.selected_indices_
    ]
    assert (table["low"] <= table["frequency"]).all()
    assert (table["frequency"] <= table["high"]).all()
