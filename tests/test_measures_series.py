"""Time series and representations."""

import math

import numpy as np
import oracles_measures as twin
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr

from mifs.measures import (
    conditional_mutual_information,
    entropy,
    lagged_mutual_information,
    mutual_information,
    representation_information,
    transfer_entropy,
    transfer_entropy_test,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def with_gaps(values, rng, share=0.1):
    values = np.asarray(values, dtype=float)
    values[rng.uniform(size=len(values)) < share] = np.nan
    return values


@pytest.mark.every_way
@pytest.mark.parametrize("lags", [2, [2], range(-2, 4)])
def test_lags_and_gaps(rng, lags):
    x = rng.normal(size=200)
    y = with_gaps(np.r_[0, x[:-1]] + rng.normal(size=200), rng)
    x = with_gaps(x, rng)
    table = lagged_mutual_information(x, y, lags, base=2)
    assert table.index.tolist() == ([2] if isinstance(lags, int) else list(lags))
    for lag, row in table.iterrows():
        past, now = twin.lagged_samples(x, y, lag)
        assert row["n_rows"] == len(past)
        found = mutual_information(past, now, base=2)
        assert row["mutual_information"] == pytest.approx(found, abs=1e-12)
        assert row["pearson"] == pytest.approx(pearsonr(past, now)[0])
        assert row["spearman"] == pytest.approx(spearmanr(past, now)[0])


def test_series_of_lists_with_none():
    y = [0.5, 2.5, None, 1.5, 4.5, 3.5]
    table = lagged_mutual_information(y, [1, 2, 3, 4, 5, 6.5], 1)
    assert table.loc[1, "n_rows"] == 4
    assert table.loc[1, "spearman"] == pytest.approx(0.8)


def test_lag_of_a_dependence_that_correlation_misses(rng):
    x = rng.normal(size=1000)
    y = np.r_[np.zeros(3), np.abs(x[:-3])] + 0.1 * rng.normal(size=1000)
    table = lagged_mutual_information(x, y, range(6))
    assert table["mutual_information"].idxmax() == 3
    assert abs(table.loc[3, "pearson"]) < 0.1


def test_given_takes_a_common_cause_away(rng):
    z = rng.normal(size=1500)
    x, y = z + 0.5 * rng.normal(size=(2, 1500))
    alone = lagged_mutual_information(x, y, 0).loc[0]
    known = lagged_mutual_information(x, y, 0, given=z).loc[0]
    assert alone["mutual_information"] > 0.4
    assert abs(known["mutual_information"]) < 0.05
    direct = conditional_mutual_information(x, y, z)
    assert known["mutual_information"] == pytest.approx(direct, abs=1e-12)
    r = np.corrcoef([x, y, z])
    partial = r[0, 1] - r[0, 2] * r[1, 2]
    partial /= math.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    assert known["pearson"] == pytest.approx(partial)


def test_correlations_only_of_single_numbers(rng):
    x = rng.normal(size=(50, 2))
    table = lagged_mutual_information(x, rng.choice(list("ab"), 50), [1])
    assert table[["pearson", "spearman"]].isna().all(axis=None)
    table = lagged_mutual_information(x, x[:, 0], [1])
    assert table[["pearson", "spearman"]].isna().all(axis=None)
    constant = lagged_mutual_information(np.ones(50), x[:, 0], [1]).loc[1]
    assert constant["mutual_information"] == 0
    assert math.isnan(constant["pearson"])


def test_kinds_do_not_depend_on_the_lag():
    x = pd.Series([0, 1] * 20 + [2, 0] * 5, dtype="float")
    x[3] = np.nan
    table = lagged_mutual_information(x, x, [0, 10])
    assert table.loc[0, "mutual_information"] == pytest.approx(entropy(x.dropna()))


def test_p_values_respect_autocorrelation():
    """Two independent slow series look dependent; their p-values do not."""
    p_values = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=(2, 300))
        x, y = np.zeros((2, 300))
        for t in range(1, 300):
            x[t] = 0.9 * x[t - 1] + noise[0, t]
            y[t] = 0.9 * y[t - 1] + noise[1, t]
        told = {"n_permutations": 39, "random_state": seed}
        p_values.append(lagged_mutual_information(x, y, 1, **told).loc[1, "p_value"])
    assert np.mean(np.array(p_values) <= 0.05) <= 0.25
    assert np.mean(p_values) > 0.25


def test_p_values_find_a_link_and_repeat(rng):
    x = rng.normal(size=300)
    y = np.r_[0, x[:-1]] + 0.5 * rng.normal(size=300)
    told = {"n_permutations": 99, "random_state": 7}
    first = lagged_mutual_information(x, y, [1, 5], **told)
    assert first.loc[1, "p_value"] == 0.01
    assert first.loc[5, "p_value"] > 0.05
    again = lagged_mutual_information(x, y, [1, 5], **told)
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize(("lag", "history"), [(1, 1), (3, 2), (1, 4)])
def test_transfer_entropy_is_its_twin(rng, lag, history):
    s, y = rng.integers(0, 2, (2, 400))
    y = with_gaps((y + np.roll(s, 1)) % 3, rng, 0.05)
    source, now, past = twin.transfer_samples(s, y, lag, history)
    found = transfer_entropy(s, y, lag, history, base=2)
    truth = twin.conditional_mutual_information(source, now, past) / math.log(2)
    assert found == pytest.approx(truth, abs=1e-12)
    s = with_gaps(rng.normal(size=400), rng, 0.05)
    y = np.r_[0, np.nan_to_num(s[:-1])] + rng.normal(size=400)
    source, now, past = twin.transfer_samples(s, y, lag, history)
    direct = conditional_mutual_information(source, now, past)
    assert transfer_entropy(s, y, lag, history) == pytest.approx(direct, abs=1e-12)


def test_transfer_entropy_of_a_linear_pair():
    """Gaussian closed form: 1/2 log of the ratio of the residual variances."""
    rng = np.random.default_rng(1)
    s, noise = rng.normal(size=(2, 4000))
    y = np.zeros(4000)
    for t in range(1, 4000):
        y[t] = 0.5 * y[t - 1] + s[t - 1] + noise[t]
    truth = 0.5 * math.log(2)
    assert transfer_entropy(s, y) == pytest.approx(truth, abs=0.04)
    assert transfer_entropy(y, s) == pytest.approx(0, abs=0.04)
    copula = transfer_entropy(s, y, estimator="gaussian_copula")
    assert copula == pytest.approx(truth, abs=0.04)


def test_transfer_entropy_test(rng):
    s = rng.normal(size=300)
    y = np.r_[0, s[:-1]] + rng.normal(size=300)
    told = {"n_permutations": 49, "random_state": 0, "base": 2}
    forth = transfer_entropy_test(s, y, **told)
    back = transfer_entropy_test(y, s, **told)
    assert forth.p_value == 0.02
    assert back.p_value > 0.05
    assert forth.information == transfer_entropy(s, y, base=2)
    assert forth.null.shape == (49,)
    assert forth.n_rows == 299
    reached = np.count_nonzero(back.null >= back.information)
    assert back.p_value == (1 + reached) / 50


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: transfer_entropy(s, s, 0), ValueError, "lag=0"),
        (lambda s: transfer_entropy(s, s, 1, 0), ValueError, "history=0"),
        (lambda s: transfer_entropy(s, s[1:]), ValueError, "source 20, target 19"),
        (lambda s: transfer_entropy(s, s, 19), ValueError, "1 of 20 times"),
        (lambda s: transfer_entropy_test(s, s), ValueError, "only 18 different"),
        (
            lambda s: transfer_entropy_test(s, s, n_permutations=0),
            ValueError,
            "n_permutations=0",
        ),
        (lambda s: lagged_mutual_information(s, s, []), ValueError, "lags is empty"),
        (lambda s: lagged_mutual_information(s, s, [0.5]), TypeError, "lags has 0.5"),
        (
            lambda s: lagged_mutual_information(s, s * np.nan, 1),
            ValueError,
            "y has no value at all",
        ),
        (
            lambda s: lagged_mutual_information(s, s, 1, discrete_x=[True, False]),
            ValueError,
            "mask of 2 entries",
        ),
    ],
)
def test_errors_say_what_and_how(rng, call, error, message):
    with pytest.raises(error, match=message):
        call(rng.normal(size=20))


def test_representation(rng):
    y = rng.integers(0, 3, 600)
    X = np.column_stack([y + rng.normal(size=600), rng.normal(size=600)])
    Z = pd.DataFrame({"keeps": X[:, 0] + 0.3 * rng.normal(size=600)})
    Z["noise"] = rng.normal(size=600)
    kept = representation_information(Z, y, X, base=2)
    values = Z.to_numpy()
    assert kept.label == mutual_information(values, y, base=2)
    assert kept.input == mutual_information(values, X, base=2)
    assert kept.label_entropy == pytest.approx(entropy(y, base=2))
    assert kept.label_share == kept.label / kept.label_entropy
    assert kept.dimensions.index.tolist() == ["keeps", "noise"]
    for name in Z:
        row, z = kept.dimensions.loc[name], Z[name].to_numpy()
        assert row["label"] == mutual_information(z, y, base=2)
        assert row["input"] == mutual_information(z, X, base=2)
    assert kept.dimensions.loc["keeps", "label"] > 0.2
    assert kept.dimensions.loc["noise"].abs().max() < 0.15


def test_representation_by_codes(rng):
    y = rng.integers(0, 4, 200)
    Z = np.column_stack([y // 2, y % 2]).astype(str)
    kept = representation_information(Z, y.astype(str), base=2)
    assert kept.input is None
    assert kept.label_share == pytest.approx(1)
    assert kept.dimensions["label"].sum() == pytest.approx(kept.label, abs=0.1)
    assert list(kept.dimensions) == ["label"]


def test_representation_of_numbers_and_of_one_class(rng):
    Z = rng.normal(size=(100, 2))
    kept = representation_information(Z, Z[:, 0] + rng.normal(size=100))
    assert kept.label_entropy is None
    assert kept.label_share is None
    kept = representation_information(Z, ["same"] * 100)
    assert kept.label == 0
    assert kept.label_share is None
    with pytest.raises(ValueError, match="pass y, X, or both"):
        representation_information(Z)
