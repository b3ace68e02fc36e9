"""Neural estimates beside the truth of normal variables, and their self-consistency."""

import numpy as np
import pytest

from mifs import measures
from mifs.exceptions import SaturatedBoundWarning
from mifs.measures import neural_mutual_information

pytestmark = pytest.mark.learn


TWICE = {"n_seeds": 2, "random_state": 0}


def normals(information, n_columns=10, n=10_000, seed=1):
    """Vectors of pairs of correlated columns that share some nats in all."""
    x, noise = np.random.default_rng(seed).normal(size=(2, n, n_columns))
    r = np.sqrt(-np.expm1(-2 * information / n_columns))
    return x, r * x + np.sqrt(1 - r**2) * noise


@pytest.mark.parametrize("information", [1.0, 3.0])
@pytest.mark.parametrize("bound", ["infonce", "nwj", "dv"])
def test_bounds_are_below_the_truth_and_near_it(bound, information):
    told = neural_mutual_information(
        *normals(information), bound, n_seeds=3, random_state=0
    )
    error = told.std / np.sqrt(3)
    assert told.estimate <= information + 2 * error
    assert told.estimate == pytest.approx(information, rel=0.15)
    assert told.std < 0.1 * information
    assert told.history.groupby("seed").size().tolist() == [
        told.history.loc[seed].index[-1] for seed in range(3)
    ]


def test_neighbours_fail_where_it_works():
    x, y = normals(3.0, n=5000)
    neighbours = measures.mutual_information(x, y)
    told = neural_mutual_information(x, y, n_seeds=1, random_state=0)
    assert abs(told.estimate - 3) < abs(neighbours - 3) / 2


def test_infonce_never_exceeds_the_log_of_the_batch():
    with pytest.warns(
        SaturatedBoundWarning, match="never says more than 3.47, the log"
    ):
        told = neural_mutual_information(
            *normals(8.0, n=4000), batch_size=32, n_seeds=2, random_state=0
        )
    assert told.ceiling == pytest.approx(np.log(32))
    assert 0.85 * np.log(32) < told.estimate <= np.log(32)
    above = neural_mutual_information(
        *normals(8.0, n=4000), "dv", batch_size=256, n_seeds=1, random_state=0
    )
    assert above.ceiling == np.inf
    assert above.estimate > np.log(32)


@pytest.mark.parametrize("bound", ["smile", "jsd"])
def test_critics_of_the_jensen_shannon_objective(bound):
    told = neural_mutual_information(*normals(2.0), bound, n_seeds=1, random_state=0)
    assert told.estimate == pytest.approx(2, rel=0.3)
    assert told.bound == bound


class TestSelfConsistency:
    """Song and Ermon, 2020: what holds of information should hold of its estimate."""

    def test_independent_vectors_share_nothing(self):
        x, y = normals(3.0, n=6000)
        told = neural_mutual_information(x, y[::-1], **TWICE)
        assert abs(told.estimate) < 0.05

    def test_a_function_of_y_adds_nothing_and_half_of_it_tells_less(self):
        """Data processing: I(X; Y, f(Y)) = I(X;Y) >= I(X; f(Y))."""
        x, y = normals(2.0, n=8000)
        alone = neural_mutual_information(x, y, **TWICE).estimate
        more = np.column_stack([y, np.tanh(y[:, :5])])
        both = neural_mutual_information(x, more, **TWICE).estimate
        half = neural_mutual_information(x, y[:, :5], **TWICE).estimate
        assert both == pytest.approx(alone, rel=0.1)
        assert half == pytest.approx(1.0, rel=0.15)
        assert half < alone

    def test_independent_pairs_add_up(self):
        """Additivity: two independent copies share twice as much."""
        (x, y), (u, v) = normals(1.0, 5, seed=1), normals(1.0, 5, seed=2)
        one = neural_mutual_information(x, y, **TWICE).estimate
        two = neural_mutual_information(
            np.hstack([x, u]), np.hstack([y, v]), **TWICE
        ).estimate
        assert two == pytest.approx(2 * one, rel=0.12)


def test_units_scales_and_seeds():
    x, y = normals(1.0, 3, n=2000)
    options = {"n_seeds": 1, "random_state": 3, "max_iter": 10}
    nats = neural_mutual_information(x, y, **options)
    assert np.isnan(nats.std)
    again = neural_mutual_information(1000 * x - 5, y / 7, base=2, **options)
    assert again.estimate == pytest.approx(nats.estimate / np.log(2), abs=1e-3)
    assert again.ceiling == pytest.approx(8)
    one = neural_mutual_information(x[:, 0], y[:, 0], **options)
    assert one.estimate == pytest.approx(1 / 3, abs=0.08)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"bound": "mine"}, "bound='mine' is unknown; pass one of infonce, nwj, dv"),
        ({"batch_size": 1}, "batch_size=1 is below 2; pass a larger one"),
        ({"n_seeds": 0}, "n_seeds=0 is below 1"),
        ({"y": np.zeros((60, 2))}, "column 0 of y is constant and tells nothing"),
        (
            {"y": np.ones((70, 1)).cumsum(0)},
            "x has 60 rows and y 70: give one row each",
        ),
        ({"x": np.full((60, 2), np.nan)}, "x contains NaN"),
        (
            {"x": np.eye(20), "y": np.eye(20)},
            "x has 20 rows, of which no critic learns",
        ),
    ],
)
def test_refusals(change, text):
    good = {"x": np.arange(60.0), "y": np.arange(60.0) % 7, "bound": "infonce"}
    with pytest.raises(ValueError, match=text):
        neural_mutual_information(**{**good, **change})
