from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import oracles_discretize as oracle
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from mifs.discretizers import (
    InformationBottleneckEncoder,
    bottleneck_edges,
    bottleneck_map,
)

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_table(name):
    path = SHARED / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"the real table {name} is not here")
    pytest.importorskip("pyarrow", reason="reading parquet needs pyarrow")
    return pd.read_parquet(path)


def rows_of(counts):
    """Coded rows with these class counts."""
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    return cells // counts.shape[1], cells % counts.shape[1]


def random_counts(seed, n_levels, n_classes, largest):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, largest + 1, (n_levels, n_classes))
    counts[rng.random(n_levels) < 0.2] = counts[rng.integers(n_levels)]
    counts[0, 0] += 1
    return counts


tables = st.builds(
    random_counts,
    seed=st.integers(0, 2**32),
    n_levels=st.integers(1, 14),
    n_classes=st.integers(1, 4),
    largest=st.sampled_from([1, 3, 30]),
)
stops = st.one_of(
    st.tuples(st.integers(1, 15), st.none()),
    st.tuples(st.none(), st.sampled_from([0.5, 1.0, 2.0, 7.5, 100.0])),
    st.tuples(st.integers(1, 8), st.sampled_from([1.5, 20.0])),
)


@parametrize_with_checks(
    [InformationBottleneckEncoder(), InformationBottleneckEncoder(beta=5.0)]
)
def test_scikit_learn_common_checks(estimator, check):
    check(estimator)


def test_a_table_worked_by_hand():
    # three levels of 4 rows: joining the even one and a pure one of equal size takes
    # 2/3 (ln 2 - h(1/4) + ...) = (8 h(1/4) - 4 ln 2)/12 nats; joining the pure ones,
    # 2/3 ln 2; the two cheap merges tie and the lowest pair is joined
    counts = np.array([[4, 0], [2, 2], [0, 4]])
    codes, classes = rows_of(counts)
    assert bottleneck_map(codes, 3, classes, 2, n_levels=2).tolist() == [0, 0, 1]
    quarter = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    cheap = (8 * quarter - 4 * np.log(2)) / 12
    assert_allclose(oracle.merge_loss([4, 0], [2, 2], 12, None), cheap)
    # two of three equal levels joined: H(Z) falls by 2/3 ln 2, worth it below the ratio
    ratio = (2 / 3 * np.log(2)) / cheap
    for beta, expected in [(0.99 * ratio, [0, 0, 1]), (1.01 * ratio, [0, 1, 2])]:
        groups = bottleneck_map(codes, 3, classes, 2, n_levels=None, beta=beta)
        assert groups.tolist() == expected


@given(tables, stops)
@settings(deadline=None, max_examples=300)
def test_maps_equal_the_twin(counts, stop):
    codes, classes = rows_of(counts)
    n_levels, beta = stop
    found = bottleneck_map(
        codes, len(counts), classes, counts.shape[1], n_levels=n_levels, beta=beta
    )
    assert_array_equal(found, oracle.bottleneck_groups(counts, n_levels, beta, False))


@given(tables, stops)
@settings(deadline=None, max_examples=150)
def test_edges_equal_the_twin(counts, stop):
    codes, classes = rows_of(counts)
    n_levels, beta = stop
    present = np.unique(codes)
    found = bottleneck_edges(
        codes / 4, classes, counts.shape[1], n_levels=n_levels, beta=beta
    )
    groups = oracle.bottleneck_groups(counts[present], n_levels, beta, True)
    assert_array_equal(found, present[np.flatnonzero(np.diff(groups))] / 4)


@given(st.integers(0, 2**32), st.integers(2, 40), st.integers(2, 20))
@settings(deadline=None, max_examples=50)
def test_fine_bins_are_quantiles(seed, n_fine, n_levels):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=300).round(2)
    classes = (values + rng.normal(size=300) > 0).astype(np.intp)
    fine = oracle.quantile_edges(values.tolist(), n_fine)
    counts = np.zeros((len(fine) + 1, 2), dtype=int)
    np.add.at(counts, (oracle.right_closed(values, fine), classes), 1)
    groups = oracle.bottleneck_groups(counts, n_levels, None, True)
    found = bottleneck_edges(values, classes, 2, n_levels=n_levels, n_fine_bins=n_fine)
    assert_array_equal(found, fine[np.flatnonzero(np.diff(groups))])


@given(tables, stops, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_row_order_and_class_names_do_not_matter(counts, stop, random):
    codes, classes = rows_of(counts)
    n_levels, beta = stop
    order = np.array(random.sample(range(codes.size), codes.size), dtype=np.intp)
    names = np.array(random.sample(range(4), 4), dtype=np.intp)
    given_ = (codes, len(counts), classes, 4)
    moved = (codes[order], len(counts), names[classes[order]], 4)
    for function in (
        bottleneck_map,
        lambda c, _, *rest, **stop: bottleneck_edges(c.astype(float), *rest, **stop),
    ):
        found = function(*given_, n_levels=n_levels, beta=beta)
        again = function(*moved, n_levels=n_levels, beta=beta)
        assert_array_equal(found, again)


@given(tables, st.sampled_from([1.5, 3.0, 20.0]))
@settings(deadline=None, max_examples=50)
def test_each_beta_improves_its_objective(counts, beta):
    codes, classes = rows_of(counts)
    groups = bottleneck_map(
        codes, len(counts), classes, counts.shape[1], n_levels=None, beta=beta
    )
    merged = np.zeros((groups.max() + 1, counts.shape[1]), dtype=int)
    np.add.at(merged, groups, counts)
    gain = oracle.objective(merged, beta) - oracle.objective(counts, beta)
    assert gain > 0 or (gain == 0 and len(merged) == len(counts))


def test_many_levels_are_merged_at_once():
    rng = np.random.default_rng(3)
    rates = rng.choice([0.1, 0.5, 0.9], 2000)
    codes = rng.integers(0, 2000, 200_000)
    classes = (rng.random(codes.size) < rates[codes]).astype(np.intp)
    groups = bottleneck_map(codes, 2000, classes, 2, n_levels=3)
    together = pd.crosstab(groups, rates).to_numpy()
    assert together.max(axis=0).sum() > 1990


def test_bad_arguments_are_refused():
    codes = np.arange(3)
    with pytest.raises(ValueError, match="both None"):
        bottleneck_map(codes, 3, codes, 3, n_levels=None)
    with pytest.raises(ValueError, match=r"levels hold codes 0\.\.2"):
        bottleneck_map(codes, 2, codes, 3)
    with pytest.raises(ValueError, match="both None"):
        InformationBottleneckEncoder(n_levels=None).fit(codes[:, None], codes)
    with pytest.raises(ValueError, match="unknown_value=1 is a code of column 'x0'"):
        InformationBottleneckEncoder(unknown_value=1).fit([["a"], ["b"]], [0, 1])


def towns(n=400):
    rng = np.random.default_rng(5)
    town = rng.choice(np.array(["Bonn", "Jena", "Kiel", "Ulm"], dtype=object), n)
    y = (rng.random(n) < np.where(np.isin(town, ["Bonn", "Ulm"]), 0.9, 0.1)).astype(int)
    town[::9] = None
    size = rng.normal(size=n).round(2) + y
    size[::7] = np.nan
    return {"town": town, "open": rng.random(n) < 0.5, "size": size}, y


def frames(data):
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    pandas = pd.DataFrame(data)
    plain = {name: column.tolist() for name, column in data.items()}
    plain["size"] = [None if x != x else x for x in plain["size"]]
    arrow = pyarrow.table(plain)
    coded = arrow.column("town").dictionary_encode()
    return {
        "pandas": pandas,
        "category": pandas.astype({"town": "category"}),
        # Not by astype: below pandas 3 it turns None into the text "None".
        "str": pandas.assign(town=pd.Series(data["town"], dtype="str")),
        "nullable": pandas.convert_dtypes(),
        "arrow-backed": pandas.convert_dtypes(dtype_backend="pyarrow"),
        "array": pandas.to_numpy(dtype=object),
        "polars": polars.DataFrame(plain),
        "polars-categorical": polars.DataFrame(plain).cast(
            {"town": polars.Categorical}
        ),
        "pyarrow": arrow,
        "pyarrow-dictionary": arrow.set_column(0, "town", coded),
    }


def test_every_frame_gives_the_same_codes():
    data, y = towns()
    every = frames(data)
    fitted = InformationBottleneckEncoder(n_levels=2).fit(every["pandas"], y)
    expected = fitted.transform(every["pandas"])
    assert fitted.feature_kinds_.tolist() == ["categorical", "categorical", "numeric"]
    assert fitted.groups_[0].tolist() == [0, 1, 1, 0]
    assert (expected[::9, 0] == 2).all()
    assert (expected[::7, 2] == 2).all()
    for name, frame in every.items():
        encoder = InformationBottleneckEncoder(n_levels=2, n_jobs=2).fit(frame, y)
        assert_array_equal(encoder.transform(frame), expected, err_msg=name)
        if name != "array":
            assert_array_equal(fitted.transform(frame), expected, err_msg=name)


def test_categories_of_numbers_with_missing_are_not_corrupted():
    codes = pd.Categorical([3, None, 1, 3, 1, None] * 5)
    frame = pd.DataFrame({"zip": codes, "n": range(30)})
    encoder = InformationBottleneckEncoder(n_levels=2).fit(frame, [0, 0, 1] * 10)
    assert encoder.categories_[0].tolist() == [1, 3]
    assert encoder.transform(frame)[:6, 0].tolist() == [1, 2, 0, 1, 0, 2]


def test_unknown_and_missing_are_defined():
    X = np.array([["a"], ["b"], ["c"], ["a"]], dtype=object)
    new = np.array([["zzz"], [None], ["c"]], dtype=object)
    encoder = InformationBottleneckEncoder().fit(X, [0, 1, 0, 0])
    assert encoder.transform(new)[:, 0].tolist() == [-1, 3, 2]
    encoder.set_params(unknown_value=99).fit(X, [0, 1, 0, 0])
    assert encoder.transform(new)[:, 0].tolist() == [99, 3, 2]
    encoder.set_params(handle_unknown="error").fit(X, [0, 1, 0, 0])
    with pytest.raises(ValueError, match="'x0' holds 'zzz', unseen in fit"):
        encoder.transform(new)
    nothing = pd.DataFrame({"empty": pd.Categorical([None] * 4), "nan": [np.nan] * 4})
    encoder = InformationBottleneckEncoder().fit(nothing, [0, 1, 0, 0])
    assert encoder.n_levels_.tolist() == [0, 1]
    assert encoder.transform(nothing)[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    "chosen", [["zip", "town"], [0, 1], np.array([0, -2]), [True, True, False]]
)
def test_numbers_can_be_categories(chosen):
    rng = np.random.default_rng(0)
    zips = rng.choice([10, 20, 30, 40], 300)
    frame = pd.DataFrame({"zip": zips, "town": zips.astype(str), "size": zips / 2})
    y = np.isin(zips, [10, 30])
    encoder = InformationBottleneckEncoder(2, categorical_features=chosen).fit(frame, y)
    assert [g if g is None else g.tolist() for g in encoder.groups_] == [
        [0, 1, 0, 1],
        [0, 1, 0, 1],
        None,
    ]
    assert_allclose(encoder.information_[:2], encoder.full_information_[:2])
    assert encoder.information_[2] < encoder.full_information_[2]


def test_wrong_columns_are_named():
    frame = pd.DataFrame({"age": [1.0, 2], "job": ["a", "b"]})
    for chosen, message in [
        (["jobs"], "'jobs'"),
        ([7], "index outside"),
        ([True], "mask"),
        ([0], "'job' does not hold numbers"),
    ]:
        encoder = InformationBottleneckEncoder(categorical_features=chosen)
        with pytest.raises(ValueError, match=message):
            encoder.fit(frame, [0, 1])
    nested = np.array([["a"], [{"b": 1}], ["c"]], dtype=object)
    with pytest.raises(TypeError, match="'x0' holds nested values"):
        InformationBottleneckEncoder().fit(nested, [0, 1, 0])


def test_information_is_that_of_the_codes():
    data, y = towns()
    frame = pd.DataFrame(data)
    encoder = InformationBottleneckEncoder(3).fit(frame, y)
    codes = encoder.transform(frame)
    for j in range(3):
        there = codes[:, j] < encoder.n_levels_[j]
        counts = pd.crosstab(codes[there, j], y[there]).to_numpy()
        assert_allclose(encoder.information_[j], oracle.information(counts), atol=1e-14)
    assert (encoder.information_ <= encoder.full_information_ + 1e-14).all()


def test_names_outputs_copies_and_pickles():
    data, y = towns(20_000)
    frame = pd.DataFrame(data)
    encoder = clone(InformationBottleneckEncoder(n_jobs=2)).set_output(
        transform="polars"
    )
    pytest.importorskip("polars")
    codes = encoder.fit(frame, y).transform(frame)
    assert codes.columns == ["town", "open", "size"]
    assert encoder.get_feature_names_out().tolist() == codes.columns
    stored = pickle.dumps(encoder)
    assert len(stored) < 5_000
    assert pickle.loads(stored).transform(frame).equals(codes)


def test_processes_instead_of_threads():
    polars = pytest.importorskip("polars")
    data, y = towns()
    frame = polars.DataFrame({**data, "town": data["town"].tolist()})
    expected = InformationBottleneckEncoder().fit_transform(frame, y)
    with parallel_config("loky", n_jobs=2):
        found = InformationBottleneckEncoder().fit_transform(frame, y)
    assert_array_equal(found, expected)


def test_in_pipelines_and_grids():
    data, y = towns()
    frame = pd.DataFrame(data)
    encoder = make_column_transformer(
        (InformationBottleneckEncoder(unknown_value=9), ["town", "size"])
    )
    model = make_pipeline(encoder, CategoricalNB(min_categories=20))
    grid = {"columntransformer__informationbottleneckencoder__n_levels": [2, 4]}
    assert GridSearchCV(model, grid, cv=3).fit(frame, y).best_score_ > 0.8


@pytest.mark.tables
@pytest.mark.parametrize(("name", "target"), [("adult", "income"), ("bank", "deposit")])
@pytest.mark.parametrize("stop", [(4, None), (None, 30.0)])
def test_real_tables_equal_the_twin(name, target, stop):
    table = real_table(name)
    X, y = table.drop(columns=target), table[target]
    encoder = InformationBottleneckEncoder(stop[0], beta=stop[1], n_fine_bins=32)
    codes = encoder.fit_transform(X, y)
    for j, column in enumerate(X):
        values = X[column]
        if encoder.edges_[j] is None:
            counts = pd.crosstab(values, y)
            groups = oracle.bottleneck_groups(counts.to_numpy(), *stop, False)
            expected = values.map(dict(zip(counts.index, groups, strict=True)))
            expected = expected.astype(float).fillna(encoder.n_levels_[j])
        else:
            fine = oracle.quantile_edges(values.tolist(), 32)
            bins = np.searchsorted(fine, values)
            counts = pd.crosstab(bins, y).to_numpy()
            expected = oracle.bottleneck_groups(counts, *stop, True)[bins]
        assert_array_equal(codes[:, j], expected, err_msg=column)


def frequent_and_rest(values, n_levels):
    """The most frequent levels, all others as one."""
    kept = values.value_counts().index[: n_levels - 1]
    return values.where(values.isin(kept)).cat.codes


def test_hflights_of_thousands_of_levels():
    table = real_table("hflights").dropna(subset="ArrDelay")
    X, late = table[["TailNum", "Dest", "TaxiOut"]], table["ArrDelay"] > 15
    encoder = InformationBottleneckEncoder(8).fit(X, late)
    assert encoder.n_levels_.tolist() == [8] * 3
    counts = pd.crosstab(X["Dest"], late).to_numpy()
    groups = oracle.bottleneck_groups(counts, 8, None, False)
    assert_array_equal(encoder.groups_[1], groups)
    for j, name in enumerate(["TailNum", "Dest"]):
        counts = pd.crosstab(frequent_and_rest(X[name], 8), late).to_numpy()
        assert encoder.information_[j] > oracle.information(counts)
