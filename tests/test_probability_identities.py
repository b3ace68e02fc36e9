"""Identities of information theory on random tables, and the naive twins."""

from __future__ import annotations

import math

import numpy as np
import oracles_probability as twin
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mifs import probability as pr

CLOSE = 1e-13
LIGHT = settings(max_examples=60, deadline=None)


@st.composite
def tables(draw, n_axes, max_side=4):
    """Random distributions with zeros, empty rows and very small cells."""
    sides = st.integers(1, max_side)
    shape = tuple(draw(st.lists(sides, min_size=n_axes, max_size=n_axes)))
    cell = st.one_of(st.just(0.0), st.floats(1e-12, 1.0), st.integers(0, 5))
    weights = draw(arrays(np.float64, shape, elements=cell.map(float)))
    assume(weights.sum() > 0)
    return weights / weights.sum()


@st.composite
def pairs(draw):
    """Two distributions of the same outcomes."""
    side = draw(st.integers(1, 6))
    cell = st.one_of(st.just(0.0), st.floats(1e-9, 1.0))
    both = draw(arrays(np.float64, (2, side), elements=cell))
    assume((both.sum(axis=1) > 0).all())
    return both / both.sum(axis=1, keepdims=True)


def near(value):
    return pytest.approx(value, abs=CLOSE)


@given(tables(1, 8))
@LIGHT
def test_entropy(p):
    h = pr.entropy(p)
    assert h == near(twin.entropy(p))
    assert -CLOSE <= h <= math.log(len(p)) + CLOSE
    assert h == near(p[p > 0] @ pr.self_information(p[p > 0]))
    assert h == near(pr.joint_entropy(p))
    assert pr.entropy(p[::-1]) == near(h)
    assert pr.entropy(np.append(p, 0.0)) == near(h)
    uniform = np.full(len(p), 1 / len(p))
    assert pr.kl_divergence(p, uniform) == near(math.log(len(p)) - h)


@given(tables(2))
@LIGHT
def test_two_variables(joint):
    p_x, p_y = joint.sum(axis=1), joint.sum(axis=0)
    h, h_x, h_y = pr.joint_entropy(joint), pr.entropy(p_x), pr.entropy(p_y)
    y_given_x = pr.conditional_entropy(joint, given=0)
    information = pr.mutual_information(joint)
    assert h == near(twin.entropy(joint))
    assert y_given_x == near(twin.conditional_entropy(joint, (0,)))
    assert information == near(twin.mutual_information(joint))
    assert h == near(h_x + y_given_x)
    assert h == near(h_y + pr.conditional_entropy(joint, given=-1))
    assert information == near(h_x + h_y - h)
    assert information == near(h_y - y_given_x)
    assert information == near(pr.mutual_information(joint.T))
    assert information == near(pr.total_correlation(joint))
    assert information == near(pr.dual_total_correlation(joint))
    assert information == near(pr.mutual_information(joint[::-1, ::-1]))
    assert 0.0 <= y_given_x <= h_y + CLOSE
    assert -CLOSE <= information <= min(h_x, h_y) + CLOSE
    assert max(h_x, h_y) - CLOSE <= h <= h_x + h_y + CLOSE


@given(tables(2))
@LIGHT
def test_information_is_the_divergence_from_independence(joint):
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    divergence = pr.kl_divergence(joint, product, normalize=True)
    assert pr.mutual_information(joint) == near(divergence)
    independent = pr.mutual_information(product, normalize=True)
    assert independent == near(0.0)


@given(tables(2, 5), st.lists(st.integers(0, 2), min_size=5, max_size=5))
@LIGHT
def test_functions_of_a_variable_lose_information(joint, function):
    image = np.zeros((3, joint.shape[1]))
    for x, row in enumerate(joint):
        image[function[x]] += row
    assert pr.mutual_information(image) <= pr.mutual_information(joint) + CLOSE
    assert pr.entropy(image.sum(axis=1)) <= pr.entropy(joint.sum(axis=1)) + CLOSE


@given(tables(2), st.sampled_from(["arithmetic", "geometric", "min", "max"]))
@LIGHT
def test_normalized_information(joint, normalizer):
    assume(min(pr.entropy(joint.sum(axis=axis)) for axis in (0, 1)) > 1e-3)
    ratio = pr.normalized_mutual_information(joint, normalizer)
    theirs = twin.normalized_mutual_information(joint, normalizer)
    assert ratio == pytest.approx(theirs, abs=1e-10)
    assert -1e-10 <= ratio <= 1 + 1e-10


@given(tables(3, 3))
@LIGHT
def test_three_variables(joint):
    for axis in range(3):
        conditional = pr.conditional_mutual_information(joint, given=axis)
        naive = twin.conditional_mutual_information(joint, given=axis)
        assert conditional == near(naive)
        assert conditional >= -CLOSE
        turned = np.moveaxis(joint, axis, 2)
        interaction = conditional - pr.mutual_information(turned.sum(axis=2))
        assert pr.interaction_information(joint) == near(interaction)
    assert pr.interaction_information(joint) == near(
        twin.interaction_information(joint)
    )
    two_known = pr.conditional_entropy(joint, given=(0, 2))
    assert two_known == near(twin.conditional_entropy(joint, (0, 2)))
    # H(Y|Z) = H(Y|X,Z) + I(X;Y|Z), and the chain rule of the information of a pair
    pair = joint.sum(axis=0)
    conditional = pr.conditional_mutual_information(joint)
    assert pr.conditional_entropy(pair, given=1) == near(two_known + conditional)
    merged = joint.transpose(0, 2, 1).reshape(-1, joint.shape[1])
    assert pr.mutual_information(merged) == near(
        pr.mutual_information(pair) + conditional
    )


@given(tables(4, 3))
@LIGHT
def test_many_variables(joint):
    total, dual = pr.total_correlation(joint), pr.dual_total_correlation(joint)
    assert total == near(twin.total_correlation(joint))
    assert dual == near(twin.dual_total_correlation(joint))
    assert min(total, dual) >= -CLOSE
    assert total <= 3 * dual + CLOSE
    assert dual <= 3 * total + CLOSE
    assert pr.total_correlation(joint.transpose(2, 0, 3, 1)) == near(total)
    assert pr.dual_total_correlation(joint.transpose(3, 1, 0, 2)) == near(dual)


@given(pairs())
@LIGHT
def test_divergences(pair):
    p, q = pair
    divergence, crossed = pr.kl_divergence(p, q), pr.cross_entropy(p, q)
    js = pr.js_divergence(p, q)
    assert divergence == near(twin.kl_divergence(p, q))
    assert crossed == near(twin.cross_entropy(p, q))
    assert js == near(twin.js_divergence(p, q))
    assert divergence >= -CLOSE
    assert crossed == near(pr.entropy(p) + divergence)
    assert math.isinf(divergence) == bool(((q == 0) & (p > 0)).any())
    assert -CLOSE <= js <= math.log(2) + CLOSE
    assert js == near(pr.js_divergence(q, p))
    assert js == near(pr.mutual_information(np.stack([p, q]) / 2))
    assert pr.kl_divergence(p, p) == pr.js_divergence(q, q) == 0.0


@given(tables(2), st.sampled_from([2, 10, 2.5]))
@LIGHT
def test_every_unit_is_nats_over_a_logarithm(joint, base):
    unit = math.log(base)
    for function in (
        pr.joint_entropy,
        pr.mutual_information,
        pr.total_correlation,
        pr.dual_total_correlation,
    ):
        assert function(joint, base=base) == function(joint) / unit
    bits = pr.conditional_entropy(joint, given=1, base=base)
    assert bits == pr.conditional_entropy(joint, given=1) / unit


@given(st.floats(0, 1))
@LIGHT
def test_self_information(p):
    assert pr.self_information(p) == near(twin.self_information(p))
