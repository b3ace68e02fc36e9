"""Several criteria over one table, and criteria of the user's own."""

import pickle

import numpy as np
import pandas as pd
import pytest
from plain import PLAIN
from sklearn.base import clone

from mifs import JMI, MISelector, compare
from mifs._data.reading import read
from mifs._search import PAIRS, TermCache, _cache, search, term_pool
from mifs.criteria import CRITERIA, Criterion, resolve
from mifs.estimators import PlugIn
from mifs.selectors._comparison import Comparison


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


def test_equals_separate_fits(table):
    one, two = (
        compare(*table, list(CRITERIA), n_features_to_select=6, n_jobs=n_jobs).path
        for n_jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert one["criterion"].unique().tolist() == list(CRITERIA)
    for name, part in one.groupby("criterion"):
        alone = MISelector(name, 6).fit(*table).path_
        assert part["step"].tolist() == alone.index.tolist()
        for column in ("feature", "name", "score"):
            np.testing.assert_array_equal(part[column], alone[column])


def test_path_is_tidy(table):
    path = compare(*table, ["jmi", "cmim"], n_features_to_select=4).path
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


@pytest.mark.parametrize("room", [1 << 20, 12, 0])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_whole_rounds_are_kept_as_far_as_there_is_room(
    table, room, n_threads, monkeypatch
):
    monkeypatch.setattr(_cache, "MOST_KEPT", room)
    X, y = table
    terms = PlugIn().prepare(read(X, y, names=list(X)))
    counted = Counted(terms)
    cache = TermCache(counted, PAIRS)
    some, wanted = np.array([3, 1, 6]), frozenset({"redundancy"})
    with term_pool(cache, n_threads) as shared:
        for pick in (0, 4, 0, 5):
            found = shared.pairwise(pick, some, wanted)["redundancy"]
            expected = terms.pairwise(pick, some, wanted)["redundancy"]
            np.testing.assert_array_equal(found, expected)
        picks = np.array([4, 0, 2])
        found = shared.pairs(picks, some, PAIRS)
    for name, values in terms.pairs(picks, some, PAIRS).items():
        np.testing.assert_array_equal(found[name], values)
    if room == 1 << 20:
        # All of three picks, and one pair more.
        assert cache.n_computed == 3 * X.shape[1] + 1
        assert len(counted.asked) == len(set(counted.asked))


def test_count_is_that_of_one_pass(table):
    def found(criteria, k):
        return compare(*table, criteria, k, mi_estimator=PLAIN)

    richest = found(["disr"], 5).n_evaluations
    assert richest == 8 + 7 + 6 + 5
    for order in (["cife", "betagamma", "mifs"], ["mifs", "betagamma", "cife"]):
        together = found(order, 9)
        assert together.n_evaluations <= 9 * 8
        first = found(["cife"], 9)
        same = together.path.query("criterion == 'betagamma'")["feature"].tolist()
        assert same == first.path["feature"].tolist()
    pair = found(["cife", "betagamma"], 5).n_evaluations
    assert pair == found(["cife"], 5).n_evaluations


def test_agreement_by_hand(table):
    comparison = compare(*table, ["mim", "mrmr", "cife"], n_features_to_select=4)
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
    agreement = compare(*table, ["mim", "jmi"], n_features_to_select=None).agreement
    assert (agreement["jaccard"] == 1).all(axis=None)
    assert agreement["kuncheva"].isna().all(axis=None)


def test_one_criterion_needs_no_list(table):
    one = compare(*table, "jmi", n_features_to_select=3)
    pd.testing.assert_frame_equal(
        one.path, compare(*table, ["jmi"], n_features_to_select=3).path
    )
    own = compare(*table, OWN, n_features_to_select=3).path
    assert own["criterion"].unique().tolist() == ["half_jmi"]


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


@pytest.mark.parametrize("criteria", [None, 3, ["jmi", 3]])
def test_criteria_that_are_none(table, criteria):
    message = r"criterion=(None|3) is neither a name \(mim, .* nor a Criterion"
    with pytest.raises(TypeError, match=message):
        compare(*table, criteria)


class PairsOnly(PlugIn):
    """Has no joint counts."""

    term_names = frozenset({"redundancy", "conditional_redundancy"})


def test_missing_term_names_the_criterion(table):
    message = "'disr' needs joint_entropy, which PairsOnly cannot estimate; use mi_esti"
    with pytest.raises(ValueError, match=message):
        compare(
            *table, ["jmi", "disr"], n_features_to_select=3, mi_estimator=PairsOnly()
        )


# --- how it prints --------------------------------------------------------------------


def printed(names, n_steps):
    """A comparison whose criteria choose the same names in turn, and its text."""
    paths = [
        pd.DataFrame(
            {"criterion": c, "step": range(1, n + 1), "name": names[c], "score": 1.0}
        )
        for c, n in n_steps.items()
    ]
    path = pd.concat(paths, ignore_index=True)
    jaccard = pd.DataFrame(np.eye(len(names)), [*names], [*names])
    return Comparison(path, {"jaccard": jaccard}, 0)


def test_prints_as_a_table():
    names = {"mim": ["a", "b", "c"], "jmi": ["b"]}
    shown = printed(names, {"mim": 3, "jmi": 1})
    assert repr(shown).split("\n") == [
        "     mim jmi",
        "step",
        "1     a   b",
        "2     b",
        "3     c",
        "Jaccard agreement: 0.00",
    ]
    assert str(shown) == repr(shown)
    html = shown._repr_html_()
    assert html.startswith("<table")
    assert html.endswith("<p>Jaccard agreement: 0.00</p>")


def test_prints_the_first_steps_and_counts_the_others():
    names = {"mim": range(100), "jmi": range(7)}
    shown = printed(names, {"mim": 100, "jmi": 7})
    lines = repr(shown).split("\n")
    assert len(lines) == 2 + 20 + 2
    assert lines[21].split() == ["20", "19"]
    assert ">19<br>" in shown._repr_html_()
    assert lines[22] == "… and 80 more steps; all are in .path"
    assert "<p>… and 80 more steps; all are in .path</p>" in shown._repr_html_()


def test_prints_long_names_by_both_ends():
    names = {"mim": ["n" * 300 + "1", ("x", 1)], "jmi": ["two\nlines", "<b>&"]}
    shown = printed(names, {"mim": 2, "jmi": 2})
    assert "n" * 11 + "…" + "n" * 11 + "1  two lines" in repr(shown)
    assert "('x', 1)" in repr(shown)
    assert "&lt;b&gt;&amp;" in shown._repr_html_()
    assert max(map(len, repr(shown).split("\n"))) <= 80


def test_prints_many_criteria_in_blocks(table):
    shown = compare(*table, list(CRITERIA), n_features_to_select=4)
    text = repr(shown)
    assert max(map(len, text.split("\n")[:-1])) <= 80
    for name in CRITERIA:
        assert f" {name} " in text.replace("\n", " \n")
    jaccard = shown.agreement["jaccard"].to_numpy()
    shares = jaccard[np.triu_indices(len(jaccard), 1)]
    agreement = f"{shares.mean():.2f} on average, from {shares.min():.2f} ("
    assert text.split("\n")[-1].startswith(f"Jaccard agreement: {agreement}")
    with pd.option_context("display.max_columns", 2, "display.max_colwidth", 4):
        assert repr(shown) == text


def test_one_criterion_agrees_with_no_other(table):
    assert "Jaccard" not in repr(compare(*table, "jmi", n_features_to_select=2))


def test_the_default_asks_for_no_more_than_there_is(table):
    assert compare(*table, ["mim", "jmi"]).path["step"].max() == 9


# --- a criterion of the user's own ----------------------------------------------------


def test_own_record_is_taken_wherever_a_name_is(table):
    fitted = MISelector(OWN, 5).fit(*table)
    whole = MISelector(OWN, 5, criterion_params={"weight": 1}).fit(*table)
    expected = JMI(5).fit(*table)
    assert whole.selected_indices_.tolist() == expected.selected_indices_.tolist()
    np.testing.assert_allclose(whole.path_["score"], expected.path_["score"])
    assert fitted.path_["score"].tolist() != whole.path_["score"].tolist()
    both = compare(*table, ["jmi", OWN], n_features_to_select=5).path
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


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_weights_groups_and_included_columns_are_those_of_the_selectors(table):
    X, y = table
    weights = np.arange(len(y)) % 3
    names = list(X.columns)
    options = {"include": [names[3]], "groups": {"both": names[:2]}, "random_state": 1}
    path = compare(X, y, ["jmi", "mim"], 4, sample_weight=weights, **options).path
    for name, steps in path.groupby("criterion"):
        alone = MISelector(name, 4, **options).fit(X, y, weights).path_
        assert steps["name"].tolist() == alone["name"].tolist()
        assert steps["feature"].tolist() == alone["feature"].tolist()
        assert steps["score"].tolist() == alone["score"].tolist()


def test_a_label_that_is_nan_is_shown(table):
    X, y = table
    frame = pd.DataFrame(np.asarray(X)[:, :2], columns=[np.nan, 1.5])
    assert "nan" in repr(compare(frame, y, ["jmi"], n_features_to_select=2))


@pytest.fixture(scope="module")
def nothing():
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(200, 4)), columns=[*"abcd"]), rng.integers(
        0, 2, 200
    )


@pytest.mark.filterwarnings("ignore")
def test_criteria_that_choose_nothing_are_seen(nothing):
    comparison = compare(*nothing, ["mim", "jmi"], "auto")
    assert comparison.criteria == ["mim", "jmi"]
    assert comparison.path.empty
    assert comparison.path["feature"].dtype == np.intp
    assert repr(comparison) == "mim, jmi choose nothing"
    assert comparison._repr_html_().startswith("<p>mim, jmi choose nothing</p>")


def test_one_that_chooses_nothing_has_a_column():
    columns = ["criterion", "step", "feature", "name", "score"]
    path = pd.DataFrame([["jmi", 1, 3, "d", 0.5]], columns=columns)
    names = ["mim", "jmi", "cmim"]
    jaccard = pd.DataFrame(np.zeros((3, 3)), names, names)
    jaccard.loc["mim", "cmim"] = jaccard.loc["cmim", "mim"] = np.nan
    comparison = Comparison(path, {"jaccard": jaccard}, 0)
    assert repr(comparison) == (
        "     mim jmi cmim\n"
        "step\n"
        "1         d\n"
        "mim, cmim choose nothing\n"
        "Jaccard agreement: 0.00"
    )
    assert comparison._repr_html_().count('scope="col"') == 4
