"""What is odd about a column is said, by name: in the profile and by warnings."""

import datetime as dt
import functools
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from plain import PLAIN
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from tables import real_table

from mifs import CMI, JMI, MIM, InfoMaxSelector, MISelector, compare, profile
from mifs.criteria import CRITERIA
from mifs.exceptions import (
    ConstantFeatureWarning,
    DuplicateColumnsWarning,
    HighCardinalityWarning,
    IdLikeWarning,
    LeakWarning,
    MifsWarning,
    NoGainWarning,
    TooFewFeaturesWarning,
)

N = 200


def table(**columns):
    """Two honest columns and a target, beside the given ones."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"size": rng.normal(size=N), "count": rng.integers(0, 4, N)})
    y = (X["size"] + X["count"] + rng.normal(size=N) > 1).astype(int)
    return X.assign(**columns), y.rename("rich")


def warned(X, y, selector=None):
    """Categories of the warnings that a fit gives, with their texts."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        (selector or MIM(None)).fit(X, y)
    assert all(w.filename == __file__ for w in given)
    return {w.category: str(w.message) for w in given}


SHUFFLED = np.random.default_rng(1).permutation(N)
IDS = {
    "row number": np.arange(N),
    "row number from the end": np.arange(N)[::-1] * 10.0,
    "shuffled numbers": SHUFFLED + 1000,
    "with gaps": np.where(np.arange(N) % 7 == 0, np.nan, SHUFFLED),
    "names": [f"Smith {i}" for i in range(N)],
    "tickets": [f"PC {i}" for i in SHUFFLED // 1.5],
    "categories": pd.Categorical(SHUFFLED),
}


@pytest.mark.parametrize("case", IDS)
def test_id_like_columns_are_named(case):
    X, y = table(key=IDS[case])
    given = warned(X, y)
    assert set(given) == {IdLikeWarning}
    assert given[IdLikeWarning].startswith("columns 'key' look like ids")
    told = profile(X, y)
    assert told["id_like"].tolist() == [False, False, True]
    assert not told["high_cardinality"].any()
    assert (told["leak"] == "").all()


rng = np.random.default_rng(2)
NO_IDS = {
    "numbers of a wide range": rng.choice(10**9, N, replace=False),
    "fractions in order": np.sort(rng.normal(size=N)),
    "few levels": np.arange(N) // 4,
    "repeated labels": [f"town {i // 3}" for i in range(N)],
}


@pytest.mark.parametrize("case", NO_IDS)
def test_measured_columns_are_no_ids(case):
    X, y = table(key=NO_IDS[case])
    assert IdLikeWarning not in warned(X, y)
    assert not profile(X, y)["id_like"].any()


@pytest.mark.parametrize("selector", [MIM(4), CMI(4), InfoMaxSelector(4)])
def test_warnings_point_at_the_line_of_the_user(selector):
    X, y = table(one=1)
    selector.set_params(mi_estimator=PLAIN)
    assert {TooFewFeaturesWarning, NoGainWarning} <= set(warned(X, y, selector))


def test_few_rows_prove_nothing():
    X = pd.DataFrame(
        {"row": range(12), "name": list("abcdefghijkl"), "key": [0, 1] * 6}
    )
    assert warned(X, [0, 1] * 6) == {}


def test_constants_are_named_for_every_estimator():
    X, y = table(one=1, half=0.5, word="a")
    message = "columns 'one', 'half', 'word' have one value only"
    assert warned(X, y)[ConstantFeatureWarning].startswith(message)
    given = warned(X[["size", "one", "half"]], y, MIM(None, mi_estimator="knn"))
    assert given[ConstantFeatureWarning].startswith("columns 'one', 'half' have")
    given = warned(X, None, InfoMaxSelector(2))
    assert given[ConstantFeatureWarning].startswith(message)
    assert profile(X, y)["constant"].tolist() == [False, False, True, True, True]
    almost, _ = table(one=[np.nan] + [1.5] * (N - 1))
    assert warned(almost, y) == {}


def test_many_levels_are_named():
    towns = [f"town {i}" for i in np.random.default_rng(0).integers(0, 70, N)]
    X, y = table(town=towns)
    given = warned(X, y)
    assert set(given) == {HighCardinalityWarning}
    assert given[HighCardinalityWarning].startswith(
        "columns 'town' have so many levels"
    )
    assert profile(X, y)["high_cardinality"].tolist() == [False, False, True]
    streets = pd.Series(towns).str[:-1]
    assert warned(X.assign(town=streets), y) == {}


def test_leaks_are_named():
    X, y = table()
    region = np.random.default_rng(0).integers(0, 3, N)
    answer = pd.Series(np.array(list("abcdef"))[2 * region + y])
    X = X.assign(copy=y.map({0: "no", 1: "yes"}), fine=6 * region + y)
    given = warned(X, y)
    assert set(given) == {LeakWarning}
    assert given[LeakWarning].startswith("columns 'copy', 'fine' determine the target")
    assert profile(X, y)["leak"].tolist() == ["", "", *["determines the target"] * 2]
    # The answer has six classes; copy and region follow from it.
    X = X.drop(columns="fine").assign(region=region)
    assert profile(X, answer)["leak"].tolist() == (
        ["", "", *["follows from the target"] * 2]
    )
    assert "'copy', 'region'" in warned(X, answer)[LeakWarning]
    assert "'double'" in warned(X.assign(double=2 * X["size"]), X["size"])[LeakWarning]


@pytest.mark.parametrize("estimator", ["knn", "gaussian_copula"])
def test_estimators_without_counts_warn_too(estimator):
    """Of leaks only where both are discrete."""
    X, y = table(key=SHUFFLED, name=[f"n{i}" for i in SHUFFLED], one=1)
    X = X.assign(answer=y.map({0: "no", 1: "yes"}), fine=y + X["size"].rank() / 1e3)
    given = warned(X, y, MIM(None, mi_estimator=estimator))
    assert given.keys() == {IdLikeWarning, ConstantFeatureWarning, LeakWarning}
    assert given[IdLikeWarning].startswith("columns 'key', 'name' look")
    assert given[LeakWarning].startswith("columns 'answer' determine")
    weights = np.arange(N) % 3 + 1
    if estimator == "gaussian_copula":
        with pytest.warns(LeakWarning, match="'answer' determine"):
            MIM(1, mi_estimator=estimator).fit(X[["size", "answer"]], y, weights)


def test_compare_warns_once():
    X, y = table(key=SHUFFLED, one=1)
    X["copy"] = y
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        compare(X, y, ["mim", "jmi", "cmi"], n_features_to_select=2, mi_estimator=PLAIN)
    texts = warned(X, y)
    assert {w.category: str(w.message) for w in given} == texts
    assert len(given) == len(texts) == 3
    assert {w.filename for w in given} == {__file__}


def test_leaks_of_one_of_several_outputs():
    X, y = table()
    other = np.random.default_rng(5).integers(0, 3, N)
    outputs = pd.DataFrame({"rich": y, "other": other})
    X = X.assign(copy=np.array(list("abc"))[other], both=3 * y + other)
    told = profile(X, outputs, multioutput="mean")["leak"]
    assert told.tolist() == ["", "", *["determines the target"] * 2]
    for estimator in ("plugin", "knn"):
        selector = MIM(None, mi_estimator=estimator, multioutput="mean")
        given = warned(X, outputs, selector)
        assert given[LeakWarning].startswith("columns 'copy', 'both' determine")
    joint = profile(X, outputs)["leak"]
    assert joint.tolist() == ["", "", "follows from the target", joint["both"]]
    assert joint["both"] == "determines the target"
    named = profile(X.assign(**outputs), ["rich", "other"])
    pd.testing.assert_frame_equal(named, profile(X, outputs))
    labels = ["size", "copy"] * (N // 2)
    assert len(profile(X, labels)) == 2


def test_chance_is_no_leak():
    X = pd.DataFrame({"a": [0, 1, 0, 1], "b": [0, 0, 1, 1]})
    assert warned(X, [0, 1, 0, 1]) == {}
    many = np.random.default_rng(0).integers(0, 2, (12, 5000))
    assert LeakWarning not in warned(many, many[:, 7], MIM(1))


def test_excluded_columns_are_not_warned_of():
    X, y = table(key=np.arange(N), one=1, copy=np.arange(N))
    X["copy"] = y
    assert set(warned(X, y)) == {IdLikeWarning, ConstantFeatureWarning, LeakWarning}
    assert warned(X, y, MIM(None, exclude=["key", "one", "copy"])) == {}
    assert all(issubclass(category, MifsWarning) for category in warned(X, y))


def test_long_lists_are_cut():
    X, y = table(**{f"c{i}": i for i in range(13)})
    assert "'c9' and 3 more have one value" in warned(X, y)[ConstantFeatureWarning]


def test_grid_search_gives_only_warnings_of_mifs():
    X, y = table(key=np.arange(N))
    model = make_pipeline(JMI(2), GaussianNB())
    search = GridSearchCV(model, {"jmi__n_features_to_select": [1, 2]}, cv=3)
    assert set(warned_by(lambda: search.fit(X, y))) <= {IdLikeWarning}


def warned_by(call):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        call()
    return [w.category for w in given]


def test_profile_of_near_duplicates_and_collapsed_bins():
    X, y = table()
    outlier = np.where(np.arange(N) == 3, 1e6, X["size"] + 1)
    X = X.assign(
        outlier=outlier,
        same=np.exp(X["size"]),
        words=X["count"].map(str),
        noise=SHUFFLED / 3,
    )
    told = profile(X, y)
    assert told["near_duplicate"].tolist() == ["", "", "size", "size", "count", ""]
    assert told["collapsed"].tolist() == [False, False, True, False, False, False]
    assert told["kind"].tolist() == [
        "continuous",
        "discrete",
        *["continuous"] * 2,
        "discrete",
        "continuous",
    ]
    assert told["levels"].tolist() == [6, 4, 6, 6, 4, 6]
    assert not told["problem"].any()


def test_profile_tells_of_columns_that_cannot_be_used():
    X, y = table(day=[dt.date(2020, 1, 1)] * N, gone=np.nan)
    X.insert(0, "inf", np.inf)
    X["gaps"] = X["size"].where(X["size"] > 0)
    told = profile(X, y, discrete_features=["count", "day"])
    assert told.index.tolist() == list(X.columns)
    assert told["kind"].tolist() == [
        "unusable",
        "continuous",
        "discrete",
        "unusable",
        "unusable",
        "continuous",
    ]
    assert told.loc["gaps", "missing"] == X["gaps"].isna().mean()
    for name, problem in {
        "inf": "infinity",
        "day": "dtype date",
        "gone": "no value at all",
    }.items():
        assert problem in told.loc[name, "problem"]
        assert repr(name) in told.loc[name, "problem"]
    assert (told.loc[["size", "count", "gaps"], "problem"] == "").all()


@pytest.mark.parametrize("make", [sp.csr_array, sp.csc_matrix])
def test_profile_of_sparse_tables(make):
    rng = np.random.default_rng(0)
    X = np.where(rng.random((N, 6)) < 0.3, rng.integers(0, 4, (N, 6)), 0.0)
    X[:, 3], X[:, 4], X[5, 5] = X[:, 1], 0, np.inf
    y = X[:, 2] > 0
    told = profile(make(X), y)
    pd.testing.assert_frame_equal(told, profile(X, y))
    assert told.loc["x3", "near_duplicate"] == "x1"
    assert told["kind"].tolist() == [*["discrete"] * 5, "unusable"]
    assert told.loc["x2", "leak"] == "determines the target"


def test_profile_takes_the_target_by_name_or_value_or_not_at_all():
    X, y = table()
    by_value = profile(X, y)
    both = X.assign(rich=y)
    pd.testing.assert_frame_equal(profile(both, "rich"), by_value)
    assert len(profile(both)) == 3
    assert profile(X.to_numpy(), y).index.tolist() == ["x0", "x1"]
    with pytest.raises(ValueError, match=r"target names unknown columns \['poor'\]"):
        profile(both, "poor")
    with pytest.raises(ValueError, match=r"no column of the table can be used: column"):
        profile(pd.DataFrame({"day": [dt.date(2020, 1, 1)] * 3}))


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_profile_of_other_frames(library):
    module = pytest.importorskip(library)
    X, y = table(key=[f"k{i}" for i in range(N)])
    both = X.assign(rich=y)
    convert = {"polars": "from_pandas", "pyarrow": "table"}[library]
    told = profile(getattr(module, convert)(both), "rich")
    pd.testing.assert_frame_equal(told, profile(both, "rich"))


def test_leaks_of_real_tables():
    X, y = real_table("titanic_seaborn")
    assert warned(X, y)[LeakWarning].startswith("columns 'alive' determine")
    told = profile(X, y)
    assert told.index[told["leak"] != ""].tolist() == ["alive"]
    assert told.loc["class", "near_duplicate"] == "pclass"
    assert told.loc["embark_town", "near_duplicate"] == "embarked"
    X, y = real_table("mice_protein")
    assert "'Genotype'" in warned(X, y)[LeakWarning]
    assert profile(X, y).loc["Genotype", "leak"] == "follows from the target"


@functools.cache
def table_with_ids(name):
    """Some rows of a real table, beside columns that number or name them."""
    X, y = real_table(name)
    rows = np.sort(np.random.default_rng(0).permutation(len(X))[:900])
    X, y = X.iloc[rows, :40].reset_index(drop=True), y.iloc[rows]
    X = X.dropna(axis=1, how="all")
    shuffled = np.random.default_rng(1).permutation(len(X))
    ids = {
        "row": np.arange(len(X)),
        "ticket": [f"PC {i // 1.4}" for i in shuffled],
        "name": [f"Smith, {i}" for i in shuffled],
        "key": np.where(shuffled % 20 == 0, np.nan, shuffled + 40_000),
        "code": pd.Categorical(shuffled),
    }
    places = np.linspace(0, X.shape[1], len(ids)).astype(int) + np.arange(len(ids))
    for place, (column, values) in zip(places, ids.items(), strict=True):
        X.insert(int(place), column, values)
    return X, y, list(ids)


COUNTING = [*CRITERIA, "infomax"]
TABLES = ["adult", "ames", "fars", "hflights", "house_prices", "lending_club"]


# Each criterion meets three tables, each table a third of the criteria.
MET = [
    (name, criterion)
    for i, name in enumerate([*TABLES, "taxis", "titanic_seaborn", "wa_churn"])
    for j, criterion in enumerate(COUNTING)
    if i % 3 == j % 3
]


@pytest.mark.parametrize(("name", "criterion"), MET)
def test_ids_are_never_among_the_first_ten_without_a_word(name, criterion):
    X, y, ids = table_with_ids(name)
    # Without a correction they are what is chosen first.
    selector = MISelector(criterion, 10, mi_estimator=PLAIN)
    if criterion == "infomax":
        selector, y = InfoMaxSelector(10, mi_estimator=PLAIN), None
    told = warned(X, y, selector)[IdLikeWarning]
    named = {column for column in X if repr(column) in told}
    assert named >= {*ids} & {*selector.path_["name"]}
    assert named >= {*ids}
    assert named - {*ids} <= {"TailNum"}


def test_ids_of_the_table_itself_are_named():
    """Of 900 flights, more than half are of an aeroplane seen once."""
    X, y, _ = table_with_ids("hflights")
    assert "'TailNum'" in warned(X, y)[IdLikeWarning]
    X, y = real_table("hflights")
    X, y = X.iloc[::40].drop(columns="CancellationCode"), y.iloc[::40]
    assert "'TailNum'" in warned(X, y)[HighCardinalityWarning]


@pytest.mark.parametrize("name", ["adult", "bank", "communities", "house_prices"])
def test_honest_tables_are_not_warned_of(name):
    X, y = real_table(name)
    said = warned(X, y, MIM(5))
    if name == "adult":  # it holds a column twice, as a text and as a number
        copies = said.pop(DuplicateColumnsWarning)
        assert copies.startswith("columns 'education' and 'education-num' are exact")
    assert said == {}


def test_a_table_of_the_target_alone():
    with pytest.raises(ValueError, match="no column but the target"):
        profile(pd.DataFrame({"t": [0, 1] * 20}), "t")


def test_a_label_may_be_none_and_an_unknown_one_is_no_target():
    X = np.random.default_rng(0).integers(0, 3, (40, 4))
    odd = pd.DataFrame(X, columns=["a", 1, 2.5, None])
    assert len(profile(odd)) == 4
    assert len(profile(odd[[None]])) == 1
    assert len(profile(pd.DataFrame(X), target=2)) == len(profile(X, target=2)) == 3
    with pytest.raises(
        ValueError, match=r"unknown columns \[9\]; known: \[0, 1, 2, 3\]"
    ):
        profile(pd.DataFrame(X), target=9)


def test_copies_may_have_other_names_for_their_levels():
    sex = np.tile([0, 1], 20)
    X = pd.DataFrame({"sex": sex, "is": np.where(sex, "f", "m"), "not": 1 - sex})
    with pytest.warns(DuplicateColumnsWarning, match="but for the names of labels"):
        JMI(1, alpha=1).fit(X, np.tile([0, 1, 1, 1], 10))
