"""Capacity of channels and the information bottleneck."""

from __future__ import annotations

import math

import numpy as np
import oracles_probability as twin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from repeats import first

from mifs import probability as pr


def binary_entropy(p):
    return -sum(x * math.log2(x) for x in (p, 1 - p) if x > 0)


@pytest.mark.parametrize("flip", [0.0, 0.01, 0.11, 0.3, 0.5, 0.9, 1.0])
def test_capacity_of_the_binary_symmetric_channel(flip):
    found = pr.channel_capacity([[1 - flip, flip], [flip, 1 - flip]], base=2)
    assert found.capacity == pytest.approx(1 - binary_entropy(flip), abs=1e-12)
    assert found.input_distribution == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("lost", [0.0, 0.2, 0.75, 1.0])
def test_capacity_of_the_binary_erasure_channel(lost):
    found = pr.channel_capacity([[1 - lost, lost, 0], [0, lost, 1 - lost]], base=2)
    assert found.capacity == pytest.approx(1 - lost, abs=1e-12)


def test_capacity_of_the_z_channel():
    found = pr.channel_capacity([[1, 0], [0.5, 0.5]], base=2)
    assert found.capacity == pytest.approx(math.log2(5 / 4), abs=1e-12)
    assert found.input_distribution == pytest.approx([0.6, 0.4], abs=1e-6)


@pytest.mark.parametrize("seed", first(2, range(6)))
@pytest.mark.parametrize("shape", [(2, 2), (2, 4), (3, 3)])
def test_capacity_of_random_channels_is_the_brute_force_optimum(seed, shape):
    rng = np.random.default_rng(seed)
    channel = rng.dirichlet(np.full(shape[1], 0.7), size=shape[0])
    found = pr.channel_capacity(channel)
    assert found.capacity == pytest.approx(
        twin.channel_capacity(channel.tolist()), abs=1e-9
    )
    assert found.gap + 1e-15 >= 0
    assert found.gap <= 1e-12
    used = twin.channel_information(found.input_distribution, channel)
    assert found.capacity == pytest.approx(used, abs=1e-13)


def test_inputs_that_are_just_not_worth_using_do_not_slow_it_down():
    # the middle input has D(P(Y|x) || P(Y)) = C exactly, at probability 0
    noisy = np.array([0.6, 0.3, 0.1])
    target = pr.kl_divergence([0.9, 0.1], [0.5, 0.5])
    assert target == pytest.approx(
        pr.channel_capacity([[0.9, 0.1], [0.1, 0.9], [0.9, 0.1]]).capacity, abs=1e-12
    )
    for share in (0.0, 1e-9, 1e-6, 1e-3):
        rows = [noisy, noisy[::-1], (1 - share) * noisy + share * noisy[::-1]]
        found = pr.channel_capacity(rows)
        assert found.gap <= 1e-12
        assert found.capacity == pytest.approx(
            pr.channel_capacity(rows[:2]).capacity, abs=2e-12
        )


@given(st.integers(1, 6), st.integers(1, 6), st.data())
@settings(max_examples=60, deadline=None)
def test_bounds_close_on_any_channel(n_inputs, n_outputs, data):
    cell = st.one_of(st.just(0.0), st.floats(1e-6, 1.0), st.just(1.0))
    rows = data.draw(arrays(np.float64, (n_inputs, n_outputs), elements=cell))
    rows[rows.sum(axis=1) == 0, 0] = 1.0
    found = pr.channel_capacity(rows, normalize=True)
    assert found.gap <= 1e-12
    assert -1e-12 <= found.capacity <= math.log(min(n_inputs, n_outputs)) + 1e-12
    assert found.input_distribution.sum() == pytest.approx(1.0)


def test_bits_of_a_capacity_are_nats_over_log_two():
    channel = [[0.8, 0.2], [0.3, 0.7]]
    nats, bits = pr.channel_capacity(channel), pr.channel_capacity(channel, base=2)
    assert bits.capacity == nats.capacity / math.log(2)


def assert_curve(curve, joint):
    """Concave, from (0, 0) to I(X;Y), and each point reached by its encoder."""
    whole = twin.mutual_information(joint)
    complexity, relevance = curve.complexity, curve.relevance
    assert (complexity[0], relevance[0]) == (0.0, 0.0)
    assert relevance[-1] == pytest.approx(whole, abs=1e-12)
    assert (np.diff(complexity) >= -1e-10).all()
    assert (np.diff(relevance) >= -1e-10).all()
    for i in range(1, len(complexity) - 1):
        left, here, right = complexity[i - 1 : i + 2]
        if right - left > 1e-8:
            weight = (here - left) / (right - left)
            chord = (1 - weight) * relevance[i - 1] + weight * relevance[i + 1]
            assert relevance[i] >= chord - 1e-12
    assert (relevance <= np.minimum(complexity, whole) + 1e-12).all()
    assert np.allclose(curve.encoders.sum(axis=2), 1.0, atol=1e-12)
    for i in range(0, len(complexity), 7):
        point = twin.bottleneck_point(joint, curve.encoders[i])
        assert (complexity[i], relevance[i]) == pytest.approx(point, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_bottleneck_curve_is_concave_from_nothing_to_everything(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 6, size=2))
    joint = rng.dirichlet(np.full(shape[0] * shape[1], 0.5)).reshape(shape)
    assert_curve(pr.information_bottleneck(joint), joint)


@pytest.mark.parametrize("seed", range(6))
def test_bottleneck_of_a_binary_input_is_the_grid_optimum(seed):
    rng = np.random.default_rng(seed)
    joint = rng.dirichlet(np.full(2 * (seed % 3 + 2), 0.5)).reshape(2, -1)
    curve = pr.information_bottleneck(joint, [1.2, 2, 4, 8, 30, 100])
    ours = curve.relevance - curve.complexity / curve.betas
    for beta, value in zip(curve.betas, ours, strict=True):
        grid = twin.bottleneck_objective(joint, beta)
        # a grid can only miss the optimum, by its spacing
        assert grid - 1e-12 <= value <= grid + 2e-6


def test_bottleneck_of_the_symmetric_channel_is_mrs_gerbers():
    flip = 0.1
    joint = np.array([[1 - flip, flip], [flip, 1 - flip]]) / 2
    curve = pr.information_bottleneck(joint, base=2)
    for complexity, relevance in zip(curve.complexity, curve.relevance, strict=True):
        low, high = 0.0, 0.5  # Z is X through another symmetric channel
        for _ in range(100):
            middle = (low + high) / 2
            if 1 - binary_entropy(middle) > complexity:
                low = middle
            else:
                high = middle
        both = low * (1 - flip) + (1 - low) * flip
        assert relevance == pytest.approx(1 - binary_entropy(both), abs=1e-7)


def test_bottleneck_ends_at_the_minimal_sufficient_statistic():
    joint = np.array([[0.1, 0.1], [0.2, 0.2], [0.3, 0.1], [0.0, 0.0]])
    curve = pr.information_bottleneck(joint, [0.0, 1.0, math.inf], base=2)
    assert curve.complexity[-1] == pytest.approx(binary_entropy(0.4), abs=1e-12)
    last = curve.encoders[-1]
    assert last[:3, :2].tolist() == [[1, 0], [1, 0], [0, 1]]
    assert last[3, :2] == pytest.approx([0.6, 0.4])
    assert curve.complexity[:2].tolist() == curve.relevance[:2].tolist() == [0.0, 0.0]


def test_bottleneck_of_independent_variables_is_nothing():
    curve = pr.information_bottleneck(np.outer([0.2, 0.3, 0.5], [0.6, 0.4]))
    assert curve.complexity == pytest.approx(0.0, abs=1e-12)
    assert curve.relevance == pytest.approx(0.0, abs=1e-12)


def test_bottleneck_does_not_depend_on_order_of_betas_or_rows():
    joint = np.array([[0.3, 0.05, 0.05], [0.1, 0.2, 0.05], [0.05, 0.05, 0.15]])
    here = pr.information_bottleneck(joint, [3, 10, 30])
    there = pr.information_bottleneck(joint[::-1], [30, 3, 10])
    assert there.betas.tolist() == [3, 10, 30]
    assert here.relevance == pytest.approx(there.relevance, abs=1e-6)
