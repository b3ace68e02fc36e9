"""The k-NN estimator: reference values, invariance, ties, kinds, selectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracles_knn import distances, naive_conditional, same
from sklearn.feature_selection._mutual_info import _compute_mi_cd

from mifs import JMI, MIM, MIRMR, MISelector
from mifs._data.reading import read
from mifs.estimators.knn.estimator import KNN
from mifs.exceptions import NoGainWarning
from mifs.measures import conditional_mutual_information as cmi
from mifs.measures import mutual_information as mi

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "knn"
STANDARD = KNN(3, scale="standardize")


def reference_cases():
    if not REFERENCE.exists():
        return []
    return [
        (record["case"], record["k"], record["values"]["infomeasure"])
        for record in json.loads((REFERENCE / "values.json").read_text())
        if "infomeasure" in record.get("values", {})
        and not record["case"].startswith(("diabetes", "bc_"))
    ]


@pytest.mark.skipif(not REFERENCE.exists(), reason="reference values not at hand")
def test_equal_to_infomeasure():
    inputs = np.load(REFERENCE / "inputs.npz")
    cases = reference_cases()
    assert len(cases) >= 20
    for case, k, expected in cases:
        estimator = KNN(k, scale="standardize")
        options = {"estimator": estimator, "discrete_x": False, "discrete_y": False}
        y = inputs[f"{case}__y"]
        if f"{case}__X2" in inputs:
            found = mi(inputs[f"{case}__X2"], y, **options)
        elif f"{case}__z" in inputs:
            z = inputs[f"{case}__z"]
            found = cmi(inputs[f"{case}__x"], y, z, discrete_z=False, **options)
        else:
            found = mi(inputs[f"{case}__x"], y, **options)
        assert found == pytest.approx(expected, abs=1e-9), (case, k)


@pytest.mark.parametrize("k", [1, 3, 7])
def test_ross_equal_to_scikit_learn(k):
    rng = np.random.default_rng(k)
    for n_classes in (2, 6):
        y = rng.integers(0, n_classes, 800)
        x = rng.normal(size=800) + 0.5 * y
        expected = _compute_mi_cd(x, y, k)
        assert mi(x, y, estimator=KNN(k, "standardize")) == pytest.approx(
            expected, abs=1e-10
        )


def kinds_of(rng, n):
    base = rng.normal(size=(3, n)) + rng.normal(size=n)
    for pattern in ("ccc", "cdc", "dcc", "ddc", "ccd", "cdd", "dcd"):
        columns = [
            column if kind == "c" else np.digitize(column, [-0.5, 0.8])
            for column, kind in zip(base, pattern, strict=True)
        ]
        yield pattern, columns


def test_conditional_of_every_kind_as_its_twin():
    rng = np.random.default_rng(0)
    for pattern, columns in kinds_of(rng, 200):
        tables = [
            same(column) if kind == "d" else distances(column / column.std())
            for column, kind in zip(columns, pattern, strict=True)
        ]
        found = cmi(*columns, estimator=STANDARD)
        expected = naive_conditional(*tables, 3)
        assert found == pytest.approx(expected, abs=1e-12), pattern


def test_several_columns_of_mixed_kinds_as_their_twin():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 3))
    X[:, 1] = np.digitize(X[:, 1], [0.0])
    y, z = X @ [1, 1, 1] + rng.normal(size=150), rng.normal(size=(150, 2))
    z[:, 0] = np.digitize(z[:, 0], [0.3])
    parts = [distances(X[:, j] / X[:, j].std()) for j in (0, 2)]
    x_table = np.maximum.reduce([*parts, same(X[:, 1])])
    z_table = np.maximum(same(z[:, 0]), distances(z[:, 1] / z[:, 1].std()))
    y_table = distances(y / y.std())
    found = cmi(X, y, z, estimator=STANDARD)
    expected = naive_conditional(x_table, y_table, z_table, 3)
    assert found == pytest.approx(expected, abs=1e-12)
    found = mi(X, y, estimator=STANDARD)
    assert found == pytest.approx(naive_conditional(x_table, y_table, None, 3))


@pytest.mark.every_way
@pytest.mark.parametrize("pattern", ["cc", "cd", "dd", "ccc", "ddc", "cdd"])
def test_terms_of_a_table_are_the_measures(pattern):
    rng = np.random.default_rng(1)
    n = 120
    columns = rng.normal(size=(3, n)) + rng.normal(size=n)
    kinds = (pattern + "d")[:3]
    for place, kind in enumerate(kinds):
        if kind == "d":
            columns[place] = np.digitize(columns[place], [0.0, 1.0])
    X, y = columns[:2].T, columns[2]
    table = read(X, y, names=["a", "b"], discrete_target=kinds[2] == "d")
    terms = STANDARD.prepare(table)
    wanted = frozenset({"redundancy", "conditional_redundancy"})
    found = terms.pairwise(0, np.array([1]), wanted)
    x, w = X.T
    options = {"estimator": STANDARD}
    assert found["redundancy"][0] == pytest.approx(mi(x, w, **options), abs=1e-12)
    expected = cmi(x, w, y, **options)
    assert found["conditional_redundancy"][0] == pytest.approx(expected, abs=1e-12)
    assert terms.relevance[1] == pytest.approx(mi(w, y, **options), abs=1e-12)


@pytest.mark.parametrize("scale", ["standardize", "rank"])
def test_units_and_row_order_do_not_matter(scale):
    rng = np.random.default_rng(0)
    n = 500
    estimator = KNN(scale=scale)
    for x in (rng.normal(size=n), rng.integers(0, 90, n) / 10, rng.standard_cauchy(n)):
        for y in (x + rng.normal(size=n), rng.integers(0, 3, n)):
            found = mi(x, y, estimator=estimator)
            for other in (1000 * x, x / 7, x + 5, -x):
                again = mi(other, y, estimator=estimator)
                assert again == pytest.approx(found, abs=1e-10)
            order = rng.permutation(n)
            again = mi(x[order], y[order], estimator=estimator)
            assert again == pytest.approx(found, abs=1e-12)


def test_monotone_maps_do_not_matter_by_rank():
    rng = np.random.default_rng(0)
    x, y, z = rng.normal(size=(3, 400)) + rng.normal(size=400)
    found = mi(x, y), cmi(x, y, z)
    for f in (np.exp, np.cbrt, lambda v: v**3, np.arctan):
        assert mi(f(x), y) == pytest.approx(found[0], abs=1e-12)
        assert cmi(x, f(y), f(z)) == pytest.approx(found[1], abs=1e-12)


def test_symmetry():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 300)) + rng.normal(size=300)
    d = np.digitize(y, [0.0])
    assert mi(x, y) == pytest.approx(mi(y, x), abs=1e-12)
    assert mi(x, d) == pytest.approx(mi(d, x), abs=1e-12)
    assert cmi(x, d, y) == pytest.approx(cmi(d, x, y), abs=1e-12)


def test_a_constant_has_no_information():
    rng = np.random.default_rng(0)
    x = rng.normal(size=100)
    for constant in (np.full(100, 0.1), np.zeros(100), np.full(100, 1e300)):
        for discrete in (False, True):
            assert mi(x, constant, discrete_y=discrete) == 0.0
            assert cmi(constant, x, x + 1, discrete_x=discrete) == 0.0
            given = cmi(x, -x, constant, discrete_z=discrete)
            assert given == pytest.approx(mi(x, -x), abs=1e-12)
    million = np.full(10**6, 0.3)
    assert mi(million, np.arange(10**6) % 2, discrete_x=False) == 0.0


@pytest.mark.parametrize("n", [300, 1000, 3000])
@pytest.mark.parametrize("continuous_target", [False, True])
def test_integer_noise_does_not_beat_a_weak_feature(n, continuous_target):
    noise, weak = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        y = 0.6 * x + rng.normal(size=n)
        y = y if continuous_target else (y > 0).astype(int)
        integers = rng.integers(0, 300, n)
        noise.append(mi(integers, y, discrete_x=False))
        weak.append(mi(x, y))
    assert np.mean(noise) < 0.06
    assert np.mean(noise) < np.mean(weak)


@pytest.mark.parametrize("k", [1, 3, 20])
def test_ties_never_give_nan(k):
    rng = np.random.default_rng(0)
    half = np.where(rng.random(400) < 0.5, 0.0, rng.normal(size=400))
    other = np.where(rng.random(400) < 0.5, 0.0, rng.normal(size=400))
    d = rng.integers(0, 3, 400)
    estimator = KNN(k)
    found = [
        mi(half, other, estimator=estimator),
        mi(half, d, estimator=estimator),
        cmi(half, other, d, estimator=estimator),
        cmi(half, other, half + other, estimator=estimator),
        cmi(half, d, other, estimator=estimator),
    ]
    assert np.isfinite(found).all()
    assert max(np.abs(found[:3])) < 0.15


def test_few_rows_and_rare_classes():
    x, y = np.array([0.1, 0.7, 0.4]), np.array([0, 1, 2])
    assert mi(x, y, discrete_y=True) == 0.0
    assert np.isfinite(mi(x, x**2, estimator=KNN(2)))
    assert mi(x[:1], y[:1]) == 0.0
    assert cmi(x, -x, y, discrete_z=True) == 0.0
    rng = np.random.default_rng(0)
    z = np.r_[np.zeros(50), 1, 2, 2, 3, 3, 3]
    values = cmi(*rng.normal(size=(2, 56)), z, discrete_z=True, estimator=KNN(10))
    assert np.isfinite(values)


def xor_table(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 8))
    y = (X[:, 2] * X[:, 5] > 0).astype(int)
    X[:, 2] += 0.5 * y
    return X, y


@pytest.mark.parametrize("column", [None, 2, 5, 0])
def test_jmi_finds_the_partner_of_an_exclusive_or(column):
    X, y = xor_table()
    if column is not None:
        X[:, column] *= 1000
    picks = JMI(2, mi_estimator=KNN()).fit(X, y).selected_indices_
    assert picks.tolist() == [2, 5]


def test_n_jobs_changes_nothing():
    X, y = xor_table(400)
    X[:, 1] = np.digitize(X[:, 1], [0.0])
    for target in (y, y + X[:, 2]):
        one, two = (
            JMI(4, mi_estimator=KNN(), n_jobs=n_jobs).fit(X, target)
            for n_jobs in (1, 2)
        )
        assert (one.selected_indices_ == two.selected_indices_).all()
        assert (one.relevance_ == two.relevance_).all()
        pd.testing.assert_frame_equal(one.path_, two.path_)


@pytest.mark.parametrize("criterion", ["mim", "mrmr", "jmi", "cmim", "cife", "icap"])
def test_criteria_with_knn(criterion):
    X = np.random.default_rng(0).normal(size=(400, 6))
    y = (X[:, :3].sum(axis=1) > 0).astype(int)
    selector = MISelector(criterion, 3, mi_estimator=KNN()).fit(X, y)
    assert sorted(selector.selected_indices_) == [0, 1, 2]


def test_estimates_are_not_clipped():
    X, y = np.random.default_rng(0).normal(size=(200, 30)), np.arange(200) % 2
    with pytest.warns(NoGainWarning):
        selector = MIM(30, mi_estimator=KNN(), alpha=1).fit(X, y)
    assert selector.relevance_.min() < 0


def test_missing_values_name_columns_and_remedies():
    X, y = xor_table(50)
    X[3, 4] = np.nan
    frame = pd.DataFrame(X, columns=list("abcdefgh"))
    with pytest.raises(ValueError, match=r"'e'.*impute.*plugin"):
        MIRMR(2, mi_estimator=KNN()).fit(frame, y)


@pytest.mark.parametrize("k", [0, 2.5, None])
def test_wrong_neighbours(k):
    with pytest.raises(ValueError, match="n_neighbors="):
        mi([0.1, 0.2, 0.4], [1.5, 2.5, 0.1], estimator=KNN(k))


def test_wrong_scale():
    with pytest.raises(ValueError, match="scale='minmax'"):
        mi([0.1, 0.2, 0.4], [1.5, 2.5, 0.1], estimator=KNN(scale="minmax"))


def test_terms_read_each_column_once(monkeypatch):
    X, y = xor_table(200)
    reads = []
    table = read(X, y, names=[f"x{j}" for j in range(8)])
    original = type(table).numeric

    def numeric(self, column):
        reads.append(column)
        return original(self, column)

    monkeypatch.setattr(type(table), "numeric", numeric)
    terms = KNN().prepare(table)
    wanted = frozenset({"redundancy", "conditional_redundancy"})
    for newest in range(8):
        terms.pairwise(newest, np.arange(8), wanted)
    assert sorted(reads) == list(range(8))
