"""The stability of selections, and bounds of the false ones among them."""

import numpy as np
import oracles_stability as oracles
import pandas as pd
import pytest
from scipy.stats import t as student

from mifs._resampling.stability import stability_of
from mifs._resampling.tails import largest_tail
from mifs.inference import selection_bound, stability

# A matrix of the notebook that Nogueira published, M = 10 random sets, and what it
# prints of it.
Z3 = [
    [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0, 1, 1, 1, 0, 0],
    [0, 1, 0, 0, 0, 1, 1, 1, 0, 0],
    [1, 1, 0, 0, 1, 0, 1, 0, 0, 0],
    [0, 1, 1, 0, 1, 1, 0, 0, 0, 0],
    [0, 1, 1, 1, 0, 0, 1, 0, 0, 0],
    [1, 0, 0, 1, 0, 0, 0, 0, 1, 1],
    [0, 0, 0, 1, 0, 1, 1, 1, 0, 0],
    [0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 0, 0, 1, 1, 1],
]


def test_known_stabilities():
    assert stability([[1, 1, 0], [0, 1, 1], [1, 0, 1]]).estimate == pytest.approx(-0.5)
    found = stability([[1, 1, 1, 1, 0], [0, 1, 1, 1, 0], [0, 1, 1, 1, 1]])
    assert found.estimate == pytest.approx(0.3181818, abs=1e-7)
    found = stability(Z3)
    assert found.estimate == pytest.approx(-0.037037037037, abs=1e-12)
    assert found.std**2 == pytest.approx(0.00516666666667, abs=1e-14)


def test_the_same_selection_every_time():
    found = stability([[1, 1, 0]] * 3)
    assert (found.estimate, found.std, found.interval) == (1, 0, (1, 1))


@pytest.mark.parametrize("value", [0, 1])
def test_nothing_or_everything_has_no_stability(value):
    found = stability(np.full((4, 3), value))
    assert np.isnan([found.estimate, found.std, *found.interval]).all()


@pytest.mark.parametrize("seed", range(5))
def test_twins(seed):
    rng = np.random.default_rng(seed)
    Z = rng.random((12, 9)) < rng.random(9)
    found = stability(Z)
    estimate, variance = oracles.nogueira(Z.astype(int).tolist())
    assert found.estimate == pytest.approx(estimate, abs=1e-12)
    assert found.std**2 == pytest.approx(variance, abs=1e-12)
    sets = [set(rng.choice(9, 4, replace=False).tolist()) for _ in range(12)]
    fixed = [[j in chosen for j in range(9)] for chosen in sets]
    kuncheva = oracles.kuncheva(sets, 9)
    assert stability(fixed).estimate == pytest.approx(kuncheva, abs=1e-12)


def test_what_a_matrix_may_be():
    expected = stability(Z3)
    whole = np.ma.array(Z3)
    for given in (np.array(Z3, bool), np.array(Z3, float), pd.DataFrame(Z3), whole):
        assert stability(given) == expected
    wider = stability(Z3, confidence=0.99)
    assert wider.estimate == expected.estimate
    assert wider.interval[0] < expected.interval[0]


@pytest.mark.parametrize(
    ("Z", "message"),
    [
        ([[1, 0, 1]], "1 rows: stability compares selections"),
        ([1, 0], r"shape \(2,\)"),
        (np.empty((3, 0)), r"shape \(3, 0\)"),
        ([[0, 1], [1, 2]], r"Z\[1, 1\] is 2; entries must be 1"),
        ([[0, 1], [np.nan, 1]], r"Z\[1, 0\] is .*nan"),
        (np.ma.array([[0, 1], [1, 0]], mask=[[0, 0], [1, 0]]), r"Z\[1, 0\] is masked"),
        ([["a", "b"], ["a", "b"]], r"Z\[0, 0\] is .*a"),
    ],
)
def test_wrong_matrices(Z, message):
    with pytest.raises(ValueError, match=message):
        stability(Z)


@pytest.mark.parametrize("confidence", [0, 1, -1, 95])
def test_wrong_confidence(confidence):
    with pytest.raises(ValueError, match=f"confidence={confidence} must be between"):
        stability(Z3, confidence=confidence)


def coverage(draw, n_resamples, n=400, together=1):
    """Share of the intervals that hold the stability of a population of selections."""
    frequency, hits = draw(20_000).mean(axis=0), 0
    share = frequency.mean()
    truth = 1 - (frequency * (1 - frequency)).mean() / (share * (1 - share))
    for _ in range(n):
        low, high = stability_of(draw(n_resamples), together=together).interval
        hits += low <= truth <= high
    return hits / n


@pytest.mark.parametrize("n_resamples", [20, 100])
def test_interval_holds_the_truth(n_resamples):
    rng = np.random.default_rng(0)
    shares = np.repeat([0.9, 0.5, 0.05], [5, 5, 40])
    # benchmarks/bench_stability.py has 1 000 simulations of more populations.
    assert coverage(lambda m: rng.random((m, 50)) < shares, n_resamples) > 0.93
    pool = np.zeros((500, 60), bool)
    liked = np.repeat([4.0, 1.0, 0.0], [8, 12, 40])
    best = np.argsort(-liked - rng.gumbel(size=(500, 60)))[:, :10]
    np.put_along_axis(pool, best, True, axis=1)
    found = coverage(lambda m: pool[rng.integers(0, 500, m)], n_resamples)
    assert found > 0.93


def test_selections_that_come_in_twos():
    """A selection that is counted twice says no more."""
    once = stability(Z3)
    twice = stability_of(np.repeat(np.array(Z3, bool), 2, axis=0), together=2)
    assert twice.std == pytest.approx(once.std, rel=0.2)
    assert stability(np.repeat(Z3, 2, axis=0)).std < 0.8 * once.std
    for Z, together in ((Z3[:2], 2), (Z3[:2], 1), ([[1, 0], [0, 0], [0, 0]], 1)):
        few = stability_of(np.array(Z, bool), together=together)
        assert few.interval == (-np.inf, np.inf)


@pytest.mark.parametrize("together", [1, 2])
def test_interval_is_that_of_the_jackknife(together):
    Z = np.array(Z3, bool)
    parts = [
        stability_of(np.delete(Z, slice(at, at + together), axis=0)).estimate
        for at in range(0, 10, together)
    ]
    m = len(parts)
    error = np.sqrt((m - 1) / m * ((parts - np.mean(parts)) ** 2).sum())
    found = stability_of(Z, together=together)
    low, high = student.interval(0.95, m - 1, found.estimate, error)
    assert found.interval == pytest.approx((low, high))


# What R's stabs 0.6 prints for B = 50 and p = 100.
PRINTED = [
    (1, "unimodal", 0.02631579),
    (1, "none", 0.05),
    (10, "r-concave", 1.141338),
    (10, "unimodal", 2.631579),
    (10, "none", 5),
]


@pytest.mark.parametrize(("q", "assumption", "expected"), PRINTED)
def test_known_bounds(q, assumption, expected):
    found = selection_bound(100, n_selected=q, threshold=0.6, assumption=assumption)
    assert found.bound == pytest.approx(expected, rel=5e-6)
    assert (found.n_selected, found.threshold, found.n_pairs) == (q, 0.6, 50)


def test_a_bound_that_r_underestimates():
    """R prints 0.006971364 for q = 1: its optimiser stops short of the largest tail.

    The interval of a is narrower than its tolerance, so that it takes its first point,
    though the tail is larger at the end. A bound must not be below the largest.
    """
    found = selection_bound(100, n_selected=1, threshold=0.6, assumption="r-concave")
    of_r = min(
        oracles.largest_tail_of_r(1e-4, 0.2, 50, -2),
        oracles.largest_tail_of_r(1e-2, 0.6, 100, -4),
    )
    assert 100 * of_r == pytest.approx(0.006971364, abs=5e-10)
    # The law with the larger tail, f(i) ∝ (a + i)^-4 on 0 … 100: f^(-1/4) is linear.
    a, i = oracles.extremal_a(100, 1.0, -4), np.arange(101)
    law = (a + i) ** -4.0 / ((a + i) ** -4.0).sum()
    assert law @ i == pytest.approx(1, abs=1e-9)
    assert law[60:].sum() > 1.003 * of_r
    # Some law with r = -1/2 has a larger tail yet, so that this one is the bound.
    assert oracles.largest_tail(1e-4, 0.2, 50, -2) > 1.3 * law[60:].sum()
    assert found.bound == pytest.approx(100 * law[60:].sum(), rel=1e-6)
    assert found.bound == pytest.approx(0.006971364, rel=0.004)


@pytest.mark.parametrize("s", [-2.0, -4.0])
@pytest.mark.parametrize(("mean", "t", "n"), [(0.01, 0.2, 50), (0.1, 0.6, 20)])
def test_largest_tail(mean, t, n, s):
    expected = oracles.largest_tail(mean, t, n, s)
    assert largest_tail(mean, t, n, s) == pytest.approx(expected, rel=1e-4)
    assert largest_tail(mean, t, n, s) >= expected * (1 - 1e-9)
    rng = np.random.default_rng(0)
    i = np.arange(n + 1)
    for _ in range(200):
        # r-concave laws: f^(1/s) convex, as a maximum of lines is.
        lines = rng.random((3, 1)) * i + rng.exponential(size=(3, 1)) * 3 + 1e-3
        law = lines.max(axis=0) ** s
        law /= law.sum()
        if law @ i <= mean * n:
            assert law[int(np.ceil(t * n)) :].sum() <= expected * (1 + 1e-3)


@pytest.mark.parametrize("s", [-2.0, -4.0])
def test_the_tail_of_a_rare_feature_keeps_its_digits(s):
    """Of two places beyond 0, and so all by hand: f(1)^r is the mean of its sides."""
    mean = 1e-20
    a = (2 * mean) ** (-1 / s)  # (a + 1)^s + 2 (a + 2)^s = 2 · mean · a^s, nearly
    for _ in range(50):
        a = (2 * mean / ((a + 1) ** s + 2 * (a + 2) ** s)) ** (-1 / s)
    law = np.array([a, a + 1, a + 2]) ** s
    assert largest_tail(mean, 1.0, 2, s) == pytest.approx((law / law.sum())[2])


@pytest.mark.parametrize(
    ("n_pairs", "expected"),
    [(50, 0.3344989822063898), (250, 0.21694241860814614), (1000, 0.19629467737378323)],
)
def test_bounds_of_many_pairs(n_pairs, expected):
    """As found by looking at every k, with Brent's method."""
    found = selection_bound(
        1000, n_selected=20, threshold=0.6, n_pairs=n_pairs, assumption="r-concave"
    )
    assert found.bound == pytest.approx(expected, rel=1e-9)


def test_thresholds_from_a_bound():
    expected = {"r-concave": 0.62, "unimodal": 0.81}
    for assumption, threshold in expected.items():
        found = selection_bound(
            200, n_selected=7, bound=0.2, assumption=assumption, n_pairs=50
        )
        assert found.threshold == threshold
        assert found.bound <= 0.2
        lower = selection_bound(
            200, n_selected=7, threshold=threshold - 0.01, assumption=assumption
        )
        assert lower.bound > 0.2


@pytest.mark.parametrize("assumption", ["none", "unimodal", "r-concave"])
def test_number_from_a_bound(assumption):
    found = selection_bound(150, threshold=0.7, bound=1.0, assumption=assumption)
    more = found.n_selected + 1
    assert found.bound <= 1
    again = selection_bound(150, n_selected=more, threshold=0.7, assumption=assumption)
    assert again.bound > 1


def test_bounds_grow_with_the_number_and_fall_with_the_threshold():
    for assumption in ("none", "unimodal", "r-concave"):
        bounds = [
            [
                selection_bound(
                    60, n_selected=q, threshold=t, assumption=assumption, n_pairs=20
                ).bound
                for t in (0.525, 0.6, 0.75, 0.775, 0.9, 1)
            ]
            for q in (1, 5, 20, 40)
        ]
        assert (np.diff(bounds, axis=0) >= 0).all()
        assert (np.diff(bounds, axis=1) <= 0).all()
        assert len(np.unique(bounds)) > 20
    plain = selection_bound(60, n_selected=60, threshold=0.6, assumption="none")
    for assumption in ("unimodal", "r-concave"):
        whole = selection_bound(60, n_selected=60, threshold=0.6, assumption=assumption)
        assert whole.bound <= plain.bound


@pytest.mark.parametrize("n_pairs", [1, 2, 3])
@pytest.mark.parametrize("threshold", [0.51, 0.6, 0.75])
def test_bounds_of_few_pairs(n_pairs, threshold):
    settings = {"threshold": threshold, "n_pairs": n_pairs}
    plain = selection_bound(100, n_selected=3, assumption="none", **settings)
    for assumption in ("unimodal", "r-concave"):
        found = selection_bound(100, n_selected=3, assumption=assumption, **settings)
        assert 0 < found.bound <= plain.bound
        most = selection_bound(100, bound=1.0, assumption=assumption, **settings)
        assert 0 < most.bound <= 1
        assert most.n_selected < 20


WRONG = [
    ({"n_selected": 5}, "missing: threshold, bound"),
    ({"n_selected": 5, "threshold": 0.6, "bound": 1}, "missing: none"),
    ({"n_selected": 5, "threshold": 0.5}, "threshold=0.5 must be above 0.5"),
    ({"bound": 5, "threshold": 1.1}, "threshold=1.1 must be above 0.5, and 1 at most"),
    ({"n_selected": 0, "threshold": 0.6}, "n_selected=0 must be above 0"),
    ({"n_selected": 101, "threshold": 0.6}, "no more than the 100 features"),
    ({"n_selected": 5, "bound": 0}, "bound=0 must be above 0"),
    ({"n_selected": 50, "bound": 0.1}, "no threshold keeps bound=0.1: .* every"),
    ({"threshold": 0.6, "bound": 0.001}, "one feature a resample is too many"),
    ({"n_selected": 5, "bound": 1, "n_pairs": 0}, "n_pairs=0 must be 1 or more"),
    ({"n_selected": 5, "bound": 1, "assumption": "r"}, "'r' is unknown; known: none"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_arguments_of_bounds(arguments, message):
    with pytest.raises(ValueError, match=message):
        selection_bound(100, **arguments)


@pytest.mark.parametrize("value", ["a", True, [0.6]])
def test_arguments_of_bounds_are_numbers(value):
    with pytest.raises(TypeError, match=r"threshold=.* must be a number"):
        selection_bound(100, n_selected=10, threshold=value)


@pytest.mark.parametrize("value", [1.5, True, "a", None])
def test_counts_are_whole_numbers(value):
    settings = {"n_selected": 5, "threshold": 0.7}
    with pytest.raises(TypeError, match=f"n_features={value!r} must be a whole number"):
        selection_bound(value, **settings)
    with pytest.raises(TypeError, match=f"n_pairs={value!r} must be a whole number"):
        selection_bound(10, n_pairs=value, **settings)


def test_bounds_are_not_cut():
    found = selection_bound(10, n_selected=10, threshold=0.7)
    assert found.bound == pytest.approx(25)
