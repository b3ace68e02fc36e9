"""Losses, and variational bounds from critic scores."""

from __future__ import annotations

import math

import numpy as np
import oracles_probability as twin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from sklearn.metrics import log_loss

from mifs import probability as pr

LIGHT = settings(max_examples=60, deadline=None)
BOUNDS = [
    "donsker_varadhan_bound",
    "nwj_bound",
    "infonce_bound",
    "jensen_shannon_objective",
]


@st.composite
def batches(draw):
    n = draw(st.integers(2, 6))
    return draw(arrays(np.float64, (n, n), elements=st.floats(-20, 20)))


def test_cross_entropy_loss():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(40, 3))
    predictions, labels = softmax(scores, axis=1), rng.integers(0, 3, 40)
    soft = rng.dirichlet(np.ones(3), size=40)
    for targets in (labels, soft):
        loss = pr.cross_entropy_loss(targets, predictions)
        naive = twin.cross_entropy_loss(targets, predictions.tolist())
        assert loss == pytest.approx(naive, abs=1e-13)
        from_scores = pr.cross_entropy_loss(targets, scores, logits=True)
        assert from_scores == pytest.approx(loss, abs=1e-13)
    theirs = log_loss(labels, predictions, labels=[0, 1, 2])
    assert pr.cross_entropy_loss(labels, predictions) == pytest.approx(theirs)
    bits = pr.cross_entropy_loss(soft, predictions, base=2)
    assert bits == pr.cross_entropy_loss(soft, predictions) / math.log(2)


def test_loss_of_the_impossible_is_infinite_and_of_large_logits_is_not():
    assert pr.cross_entropy_loss([1], [[1.0, 0.0]]) == math.inf
    assert pr.cross_entropy_loss([[1.0, 0.0]], [[1.0, 0.0]]) == 0.0
    assert pr.cross_entropy_loss([1], [[1000.0, 0.0]], logits=True) == 1000.0


def test_best_loss_is_the_conditional_entropy():
    joint = np.array([[0.2, 0.1], [0.15, 0.55]])
    rows = joint / joint.sum(axis=1, keepdims=True)
    losses = [pr.cross_entropy_loss([row], [row]) for row in rows]
    expected = joint.sum(axis=1) @ losses
    assert expected == pytest.approx(pr.conditional_entropy(joint, given=0), abs=1e-15)


@pytest.mark.parametrize("convention", ["all_classes", "other_classes"])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_label_smoothing(convention, epsilon):
    rows = np.vstack([np.eye(4), [0.4, 0.3, 0.2, 0.1]])
    smoothed = pr.label_smoothing(rows, epsilon, convention=convention)
    assert smoothed.sum(axis=1) == pytest.approx(1.0)
    for ours, row in zip(smoothed, rows, strict=True):
        naive = twin.label_smoothing(row, epsilon, convention)
        assert ours == pytest.approx(naive, abs=1e-15)


def test_the_two_conventions_differ_by_a_factor_in_epsilon():
    rows = np.eye(5)
    scaled = pr.label_smoothing(rows, 0.1 * 4 / 5, convention="other_classes")
    assert pr.label_smoothing(rows, 0.1) == pytest.approx(scaled, abs=1e-15)


@given(st.floats(-3, 3), st.floats(0.3, 3), st.floats(-3, 3), st.floats(0.3, 3))
@LIGHT
def test_gaussian_kl_is_the_integral(mean_p, std_p, mean_q, std_q):
    closed = pr.gaussian_kl(mean_p, std_p, mean_q, std_q)
    naive = twin.gaussian_kl(mean_p, std_p, mean_q, std_q, 20_001)
    assert closed == pytest.approx(naive, abs=1e-8)
    assert closed >= 0
    assert pr.gaussian_kl(mean_p, std_p, mean_p, std_p) == 0.0


def test_gaussian_kl_adds_up_over_the_last_axis():
    means, stds = np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([1.0, 0.5])
    found = pr.gaussian_kl(means, stds)
    for value, mean in zip(found, means, strict=True):
        parts = [pr.gaussian_kl(m, s) for m, s in zip(mean, stds, strict=True)]
        assert value == pytest.approx(sum(parts), abs=1e-15)
    assert isinstance(pr.gaussian_kl([0.0, 1.0], 1.0), float)
    assert pr.gaussian_kl(1, 1, base=2) == pytest.approx(0.5 / math.log(2))


def test_elbo_reaches_the_evidence_with_the_true_posterior():
    # z ~ N(0, 1), x | z ~ N(z, 1): the evidence is N(0, 2), the posterior N(x/2, 1/2)
    x = np.array([-1.0, 0.0, 2.5])
    mean, variance = x / 2, 0.5
    expected = -(np.log(2 * np.pi) + (x - mean) ** 2 + variance) / 2
    kl = pr.gaussian_kl(mean[:, None], math.sqrt(variance))
    evidence = -(np.log(2 * np.pi * 2) + x**2 / 2) / 2
    assert pr.elbo(expected, kl) == pytest.approx(evidence, abs=1e-14)
    assert pr.elbo(expected, kl) == pytest.approx(twin.elbo(expected, kl))
    assert pr.elbo(-1.0, 0.5, base=math.exp(1.5)) == pytest.approx(-1.0)
    worse = pr.elbo(-(np.log(2 * np.pi) + x**2 + 1) / 2, pr.gaussian_kl(0, 1))
    assert (worse < evidence).all()


@pytest.mark.parametrize("name", [*BOUNDS, "smile_estimate"])
@given(scores=batches())
@LIGHT
def test_bounds_are_their_formulas(name, scores):
    ours, naive = getattr(pr, name)(scores), getattr(twin, name)(scores.tolist())
    assert ours == pytest.approx(naive, rel=1e-12, abs=1e-12)
    assert getattr(pr, name)(scores, base=2) == ours / math.log(2)


@given(batches(), st.floats(-5, 5))
@LIGHT
def test_how_bounds_relate(scores, shift):
    n = len(scores)
    best = pr.donsker_varadhan_bound(scores)
    assert pr.infonce_bound(scores) <= math.log(n) + 1e-12
    assert pr.jensen_shannon_objective(scores) <= 0
    # e^(u-1) >= u: NWJ is below Donsker-Varadhan, whatever constant is added
    assert pr.nwj_bound(scores + shift) <= best + 1e-9
    assert pr.donsker_varadhan_bound(scores + shift) == pytest.approx(best, abs=1e-10)


def gaussian_scores(correlation, n, seed):
    """Log density ratios of n pairs of a Gaussian with known mutual information."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = correlation * x + math.sqrt(1 - correlation**2) * rng.normal(size=n)
    rest = 1 - correlation**2
    # log N(y; rho x, 1 - rho^2) - log N(y; 0, 1)
    squares = (y[None, :] - correlation * x[:, None]) ** 2 / rest - y[None, :] ** 2
    return -squares / 2 - math.log(rest) / 2


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8])
def test_bounds_are_tight_for_the_best_critic_of_a_gaussian(correlation):
    truth = -math.log(1 - correlation**2) / 2
    found = {name: [] for name in BOUNDS}
    for seed in range(20):
        scores = gaussian_scores(correlation, 400, seed)
        for name in BOUNDS:
            best = scores + 1 if name == "nwj_bound" else scores
            found[name].append(getattr(pr, name)(best))
    for name in BOUNDS[:3]:
        assert np.mean(found[name]) == pytest.approx(truth, abs=0.02)
    assert max(found["infonce_bound"]) <= math.log(400)
    # the last one estimates 2 JS(P, P_X P_Y) - log 4
    divergence = jensen_shannon_of_gaussian(correlation)
    objective = np.mean(found["jensen_shannon_objective"])
    assert objective == pytest.approx(2 * divergence - math.log(4), abs=0.02)


def test_a_wide_clip_is_none_and_a_narrow_one_is_the_mean_score():
    scores = np.random.default_rng(0).normal(size=(6, 6))
    wide = pr.smile_estimate(scores, clip=50)
    assert wide == pytest.approx(pr.donsker_varadhan_bound(scores), abs=1e-12)
    narrow = pr.smile_estimate(scores, clip=1e-9, base=2)
    assert narrow == pytest.approx(np.diag(scores).mean() / math.log(2), abs=1e-8)
    with pytest.raises(ValueError, match=r"clip=-1\.0 is not above 0; pass such as"):
        pr.smile_estimate(scores, clip=-1.0)


def jensen_shannon_of_gaussian(correlation):
    """Jensen-Shannon divergence of joint and product, on a grid."""
    x = np.linspace(-6, 6, 601)
    a, b = np.meshgrid(x, x, indexing="ij")
    rest = 1 - correlation**2
    joint = np.exp(-(a**2 - 2 * correlation * a * b + b**2) / (2 * rest))
    product = np.exp(-(a**2 + b**2) / 2)
    return pr.js_divergence(joint, product, normalize=True)


def test_infonce_saturates_at_the_logarithm_of_the_batch():
    correlation = 0.9999
    truth = -math.log(1 - correlation**2) / 2
    found = pr.infonce_bound(gaussian_scores(correlation, 10, 0))
    assert found <= math.log(10) < truth


def test_a_bad_critic_only_lowers_the_bounds_of_a_gaussian():
    truth = -math.log(1 - 0.8**2) / 2
    scores = [gaussian_scores(0.8, 200, seed) for seed in range(20)]
    for name in BOUNDS[:3]:
        assert np.mean([getattr(pr, name)(s / 3) for s in scores]) < truth - 0.05
