"""Several criteria over one table, and criteria of the user's own."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from mifs import JMI, MISelector, compare
from mifs._data.reading import read
from mifs._search import TermCache, search
from mifs.criteria import CRITERIA, Criterion, resolve
from mifs.estimators import PlugIn


def half_excess(pair, parameters):
    return parameters["weight"] * (pair.redundancy - pair.conditional_redundancy)


def less_mean(relevance, reduced, n_picks, parameters):
    return relevance - reduced / n_picks


OWN = Criterion(
    name="half_jmi",
    formula="R − w mean (r_j − c_j)",
    source="nobody 2024",
    terms=frozenset({"redundancy", "conditional_redundancy"}),
    contribution=half_excess,
    score=less_mean,
    parameters={"weight": 0.5},
    minimum={"weight": 0.0},
)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 3, (150, 9)), columns=[*"abcdefghi"])
    y = (X["a"] + X["b"] * X["c"] + rng.integers(0, 2, 150)) % 3
    return X, y.map({0: "low", 1: "middle", 2: "high"})


class Counted:
    """Terms that note every pair for which they are asked."""

    def __init__(self, terms):
        self._terms = terms
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._terms, name)

    def pairwise(self, newest, candidates, wanted):
        self.asked += [(newest, k, name) for k in candidates for name in wanted]
        return self._terms.pairwise(newest, candidates, wanted)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_equals_separate_fits(table, n_jobs):
    comparison = compare(*table, list(CRITERIA), k=6, n_jobs=n_jobs)
    assert comparison.path["criterion"].unique().tolist() == list(CRITERIA)
    for name, part in comparison.path.groupby("criterion"):
        alone = MISelector(name, 6).fit(*table).path_
        assert part["step"].tolist() == alone.index.tolist()
        for column in ("feature", "name", "score"):
            np.testing.assert_array_equal(part[column], alone[column])


def test_path_is_tidy(table):
    path = compare(*table, ["jmi", "cmim"], k=4).path
    assert path.columns.tolist() == ["criterion", "step", "feature", "name", "score"]
    assert path.index.tolist() == list(range(8))
    assert path["step"].tolist() == [1, 2, 3, 4] * 2
    assert path["name"].tolist() == [table[0].columns[j] for j in path["feature"]]


def test_no_term_is_computed_twice(table):
    X, y = table
    counted = Counted(PlugIn().prepare(read(X, y, names=list(X))))
    cache = TermCache(counted)
    names = ["jmi", "disr", "cife", "mrmr", "cmim", "fcbf", "mrmr"]
    for name in sorted(names, key=lambda name: -len(CRITERIA[name].terms)):
        search(cache, resolve(name), 6, lazy=CRITERIA[name].lowers == "always")
    assert len(counted.asked) == len(set(counted.asked))
    assert cache.n_computed == len({pair[:2] for pair in counted.asked})


def test_count_is_that_of_one_pass(table):
    richest = compare(*table, ["disr"], k=5).n_evaluations
    assert richest == 8 + 7 + 6 + 5
    for order in (["cife", "betagamma", "mifs"], ["mifs", "betagamma", "cife"]):
        together = compare(*table, order, k=9)
        assert together.n_evaluations <= 9 * 8
        first = compare(*table, ["cife"], k=9)
        same = together.path.query("criterion == 'betagamma'")["feature"].tolist()
        assert same == first.path["feature"].tolist()
    pair = compare(*table, ["cife", "betagamma"], k=5).n_evaluations
    assert pair == compare(*table, ["cife"], k=5).n_evaluations


def test_agreement_by_hand(table):
    comparison = compare(*table, ["mim", "mrmr", "cife"], k=4)
    sets = comparison.path.groupby("criterion")["feature"].agg(set)
    for left in sets.index:
        for right in sets.index:
            shared = len(sets[left] & sets[right])
            jaccard = comparison.agreement["jaccard"].loc[left, right]
            assert jaccard == pytest.approx(shared / len(sets[left] | sets[right]))
            # Kuncheva (2007): (r p − k²) / (k (p − k)), here p = 9 and k = 4.
            kuncheva = comparison.agreement["kuncheva"].loc[left, right]
            assert kuncheva == pytest.approx((9 * shared - 16) / (4 * 5))
    assert len({frozenset(chosen) for chosen in sets}) > 1
    for matrix in comparison.agreement.values():
        assert list(matrix.index) == list(matrix.columns) == ["mim", "mrmr", "cife"]
        np.testing.assert_array_equal(np.diag(matrix), 1.0)


def test_agreement_of_all_features_is_no_news(table):
    agreement = compare(*table, ["mim", "jmi"], k=None).agreement
    assert (agreement["jaccard"] == 1).all(axis=None)
    assert agreement["kuncheva"].isna().all(axis=None)


def test_one_criterion_needs_no_list(table):
    one = compare(*table, "jmi", k=3)
    pd.testing.assert_frame_equal(one.path, compare(*table, ["jmi"], k=3).path)
    assert compare(*table, OWN, k=3).path["criterion"].unique().tolist() == ["half_jmi"]


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ([], r"criteria=\[\] must be one or more, each once"),
        (["jmi", "JMI"], r"criteria=\['jmi', 'jmi'\] must be one or more, each once"),
        (["jmi", "nonsense"], "'nonsense' is unknown; known: mim, "),
    ],
)
def test_wrong_criteria(table, criteria, message):
    with pytest.raises(ValueError, match=message):
        compare(*table, criteria)


class PairsOnly(PlugIn):
    """Has no joint counts."""

    term_names = frozenset({"redundancy", "conditional_redundancy"})


def test_missing_term_names_the_criterion(table):
    message = "'disr' needs joint_entropy, which PairsOnly cannot estimate; use mi_esti"
    with pytest.raises(ValueError, match=message):
        compare(*table, ["jmi", "disr"], k=3, mi_estimator=PairsOnly())


# --- a criterion of the user's own ----------------------------------------------------


def test_own_record_is_taken_wherever_a_name_is(table):
    fitted = MISelector(OWN, 5).fit(*table)
    whole = MISelector(OWN, 5, criterion_params={"weight": 1}).fit(*table)
    expected = JMI(5).fit(*table)
    assert whole.selected_indices_.tolist() == expected.selected_indices_.tolist()
    np.testing.assert_allclose(whole.path_["score"], expected.path_["score"])
    assert fitted.path_["score"].tolist() != whole.path_["score"].tolist()
    both = compare(*table, ["jmi", OWN], k=5).path
    own = both.query("criterion == 'half_jmi'")
    np.testing.assert_array_equal(own["feature"], fitted.selected_indices_)
    constrained = MISelector(
        OWN, 3, include=["d"], exclude=["a"], groups={"bc": ["b", "c"]}
    ).fit(*table)
    assert constrained.path_["name"].tolist()[:2] == ["d", "bc"]


@pytest.mark.parametrize("record", [OWN, *CRITERIA.values()], ids=lambda r: r.name)
def test_records_pickle_and_clone(table, record):
    assert pickle.loads(pickle.dumps(record)) == record
    selector = MISelector(record, 4)
    assert clone(selector).get_params()["criterion"] == record
    fitted = selector.fit(*table)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(table[0]), fitted.transform(table[0]))
    assert again.fit(*table).path_.equals(fitted.path_)


def test_own_parameters_are_checked(table):
    with pytest.raises(ValueError, match="weight=-1 of criterion 'half_jmi' must be a"):
        MISelector(OWN, criterion_params={"weight": -1}).fit(*table)
    with pytest.raises(ValueError, match="'half_jmi' has no parameter beta; it has: w"):
        MISelector(OWN, criterion_params={"beta": 1}).fit(*table)


@pytest.mark.parametrize(
    ("field", "value"),
    [("reduction", "max"), ("lowers", "sometimes"), ("search", "backward")],
)
def test_record_that_no_search_knows(field, value):
    message = f"{field}='{value}' of criterion 'own' must be one of"
    with pytest.raises(ValueError, match=message):
        Criterion("own", "R", "nobody 2024", frozenset(), **{field: value})


def test_record_without_formulas(table):
    bare = Criterion("bare", "?", "nobody 2024", frozenset({"redundancy"}))
    with pytest.raises(TypeError, match="needs a contribution and a score"):
        MISelector(bare, 3).fit(*table)


def test_record_with_an_unknown_term(table):
    odd = Criterion("odd", "?", "nobody 2024", {"redundance"}, half_excess, less_mean)
    with pytest.raises(ValueError, match=r"'odd' needs redundance, .* no estimator of"):
        MISelector(odd, 3).fit(*table)
