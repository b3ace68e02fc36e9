"""Errors name the argument, the value and the remedy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from mifs import probability as pr

HALVES = [0.5, 0.5]
TABLE = [[0.25, 0.25], [0.25, 0.25]]
CUBE = np.full((2, 2, 2), 1 / 8)
SCORES = np.zeros((2, 2))

CASES = [
    (lambda: pr.entropy([0.5, 0.4]), r"p sums to 0\.9, 0\.1 less than 1; .*normalize"),
    (lambda: pr.entropy([0.5, 0.75]), r"p sums to 1\.25, 0\.25 more than 1"),
    (lambda: pr.entropy([1.5, -0.5]), r"p has 1 negative values.*\(1,\).*-0\.5"),
    (lambda: pr.entropy([0.5, math.nan]), r"p has 1 NaN.*\(1,\); remove"),
    (lambda: pr.entropy([math.inf, 1.0]), r"p has 1 infinite.*\(0,\)"),
    (lambda: pr.entropy([]), r"p has shape \(0,\)"),
    (lambda: pr.entropy(1.0), r"p has 0 axes .* not 1"),
    (lambda: pr.entropy(TABLE), r"p has 2 axes \(shape \(2, 2\)\), not 1"),
    (lambda: pr.entropy(["a", "b"]), r"p is not a dense array of real numbers"),
    (lambda: pr.entropy([0.5 + 0j, 0.5]), r"p is not .* complex"),
    (lambda: pr.joint_entropy(csr_array(np.eye(2))), r"joint is not a dense array"),
    (lambda: pr.entropy([0, 0], normalize=True), r"p sums to 0\.0.*positive"),
    (lambda: pr.entropy([1e308, 1e308], normalize=True), r"p sums to inf"),
    (lambda: pr.entropy([-1, 2], normalize=True), r"p has 1 negative"),
    (lambda: pr.entropy(HALVES, base=1), r"base=1 is not .*2 for bits"),
    (lambda: pr.entropy(HALVES, base="bits"), r"base='bits'"),
    (lambda: pr.entropy(HALVES, base=math.nan), r"base=nan"),
    (lambda: pr.self_information([0.5, 1.5]), r"probability has values .*1\.5"),
    (lambda: pr.self_information(-0.1), r"probability has values from -0\.1"),
    (lambda: pr.conditional_entropy(TABLE, given=2), r"given=2 names axis 2.*2 axes"),
    (lambda: pr.conditional_entropy(TABLE, given=(0, 1)), r"given=\(0, 1\) leaves"),
    (lambda: pr.conditional_entropy(TABLE, given=()), r"given=\(\) leaves"),
    (lambda: pr.conditional_entropy(CUBE, given=(0, -3)), r"names an axis twice"),
    (lambda: pr.mutual_information(CUBE), r"joint has 3 axes .* reshape"),
    (lambda: pr.conditional_mutual_information(TABLE), r"joint has 2 axes"),
    (lambda: pr.conditional_mutual_information(CUBE, 3), r"given=3 is no axis"),
    (lambda: pr.interaction_information(TABLE), r"\(shape \(2, 2\)\), not 3"),
    (
        lambda: pr.normalized_mutual_information(TABLE, "mean"),
        r"normalizer='mean' is unknown; pass one of arithmetic",
    ),
    (lambda: pr.kl_divergence(HALVES, [1.0]), r"p has shape \(2,\) and q .*\(1,\)"),
    (lambda: pr.cross_entropy(HALVES, [0.5, 0.6]), r"q sums to 1\.1"),
    (lambda: pr.js_divergence(HALVES, TABLE), r"q has shape \(2, 2\)"),
    (lambda: pr.channel_capacity([HALVES, [0.5, 0.4]]), r"row 1 of channel sums"),
    (lambda: pr.channel_capacity(HALVES), r"channel has 1 axes"),
    (lambda: pr.channel_capacity(TABLE, normalize=True, tol=0), r"tol=0 is not"),
    (lambda: pr.information_bottleneck(TABLE, []), r"betas has shape \(0,\)"),
    (lambda: pr.information_bottleneck(TABLE, 3.0), r"betas has shape \(\)"),
    (lambda: pr.information_bottleneck(TABLE, [1, -2]), r"negative value -2\.0"),
    (lambda: pr.information_bottleneck(TABLE, [math.nan]), r"betas has 1 NaN"),
    (lambda: pr.information_bottleneck(TABLE, tol=-1), r"tol=-1 is not positive"),
    (lambda: pr.cross_entropy_loss([0], [[0.5, 0.6]]), r"row 0 of predictions sums"),
    (lambda: pr.cross_entropy_loss([2], [HALVES]), r"label 2\.0; .* 0 to 1"),
    (lambda: pr.cross_entropy_loss([0.5], [HALVES]), r"label 0\.5"),
    (lambda: pr.cross_entropy_loss([0, 1], [HALVES]), r"2 labels .* 1 rows"),
    (lambda: pr.cross_entropy_loss(TABLE, [HALVES]), r"row 0 of targets sums to 0\.5"),
    (lambda: pr.cross_entropy_loss([[1.0]], [HALVES]), r"targets has shape \(1, 1\)"),
    (lambda: pr.cross_entropy_loss([0], HALVES, logits=True), r"predictions has shape"),
    (lambda: pr.label_smoothing([HALVES], 1.5), r"epsilon=1\.5 is outside"),
    (lambda: pr.label_smoothing([HALVES], convention="x"), r"convention='x'"),
    (lambda: pr.label_smoothing([[1.0]], convention="other_classes"), r"1 class"),
    (lambda: pr.gaussian_kl(0, 0), r"std_p has the value 0\.0"),
    (lambda: pr.gaussian_kl(0, 1, 0, [-1.0]), r"std_q has the value -1\.0"),
    (lambda: pr.gaussian_kl([0, 1], [1, 1, 1]), r"mean_p \(2,\).*do not broadcast"),
    (lambda: pr.gaussian_kl(math.inf, 1), r"mean_p has 1 infinite"),
    (lambda: pr.elbo([1.0, 2.0], [1.0, 2.0, 3.0]), r"do not broadcast"),
    (lambda: pr.elbo(math.nan, 0.0), r"log_likelihood has 1 NaN"),
    (lambda: pr.nwj_bound(np.zeros((2, 3))), r"scores has shape \(2, 3\)"),
    (lambda: pr.infonce_bound([[1.0]]), r"n at least 2"),
    (lambda: pr.donsker_varadhan_bound([[1, math.inf], [0, 1]]), r"scores has 1 inf"),
    (lambda: pr.jensen_shannon_objective(SCORES, base=0), r"base=0"),
]


@pytest.mark.parametrize(("call", "message"), CASES)
def test_errors_name_argument_value_and_remedy(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_bounds_that_stay_apart_are_an_error(monkeypatch):
    monkeypatch.setattr("mifs.probability._channel._ROUNDS", 2)
    monkeypatch.setattr("mifs.probability._channel._NEWTON_STEPS", 2)
    rows = np.random.default_rng(0).dirichlet(np.ones(6), size=6)
    with pytest.raises(ArithmeticError, match=r"nats apart, above tol=1e-12"):
        pr.channel_capacity(rows)


def test_input_is_never_changed():
    table = np.array([[3.0, 1.0], [0.0, 4.0]])
    table.flags.writeable = False
    pr.mutual_information(table, normalize=True)
    pr.information_bottleneck(table, [2.0], normalize=True)
    pr.channel_capacity(table, normalize=True)
    assert table.sum() == 8.0


def test_the_table_of_contents_is_sorted_and_complete():
    assert pr.__all__ == sorted(pr.__all__)
    assert all(callable(getattr(pr, name)) for name in pr.__all__)
