"""Tables with a known truth: the information of their columns."""

import itertools

import numpy as np
import pytest
from repeats import first
from scipy import integrate, stats
from scipy.special import xlogy

from mifs import measures, probability
from mifs.datasets import (
    make_boolean,
    make_dependence,
    make_groups,
    make_mixed,
    make_survival,
)
from mifs.datasets._dependence import SHAPES
from mifs.datasets._mixed import KINDS


def plug_in(x, y):
    """I(X;Y) of two discrete columns by their table, nats."""
    codes = [np.unique(column, return_inverse=True)[1] for column in (x, y)]
    width = codes[1].max() + 1
    cells = np.bincount(codes[0] * width + codes[1], minlength=width)
    cells = np.pad(cells, (0, -len(cells) % width))
    return probability.mutual_information(cells.reshape(-1, width), normalize=True)


def bits_of(*columns):
    """One code for several binary columns."""
    return sum(column.astype(int) << i for i, column in enumerate(columns))


@pytest.mark.parametrize("rule", ["parity", "and", "or", "majority"])
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 4])
def test_information_of_a_rule_by_enumeration(rule, n_inputs):
    share, noise = 0.3, 0.1
    rules = {
        "parity": lambda bits: sum(bits) % 2,
        "and": lambda bits: min(bits),
        "or": lambda bits: max(bits),
        "majority": lambda bits: int(sum(bits) > n_inputs / 2),
    }
    joint = {}
    for bits in itertools.product([0, 1], repeat=n_inputs):
        p = np.prod([share if bit else 1 - share for bit in bits])
        for label in (0, 1):
            right = label == rules[rule](bits)
            joint[bits, label] = p * (1 - noise if right else noise)

    def naive(part):
        cells, xs, ys = {}, {}, {}
        for (bits, label), p in joint.items():
            x = tuple(bits[i] for i in part)
            cells[x, label] = cells.get((x, label), 0) + p
            xs[x] = xs.get(x, 0) + p
            ys[label] = ys.get(label, 0) + p
        return sum(p * np.log(p / xs[x] / ys[y]) for (x, y), p in cells.items())

    options = {"rule": rule, "n_inputs": n_inputs, "share": share}
    bunch = make_boolean(10, **options, label_noise=noise, n_noise=0)
    assert bunch.joint_information == pytest.approx(naive(range(n_inputs)), abs=1e-12)
    assert bunch.mutual_information == pytest.approx(
        [naive([i]) for i in range(n_inputs)], abs=1e-12
    )


def test_parity_is_in_all_inputs_only():
    bunch = make_boolean(40_000, n_inputs=3, label_noise=0.1, random_state=1)
    assert (bunch.mutual_information == 0).all()
    noise = -xlogy(0.1, 0.1) - xlogy(0.9, 0.9)
    assert bunch.joint_information == pytest.approx(np.log(2) - noise, abs=1e-12)
    inputs = bunch.data[:, bunch.relevant].T
    assert plug_in(bits_of(*inputs), bunch.target) == pytest.approx(
        bunch.joint_information, abs=0.01
    )
    assert plug_in(bits_of(*inputs[:2]), bunch.target) < 5e-4


def test_xor_is_seen_in_the_one_whose_partner_is_not_fair():
    bunch = make_boolean(
        60_000, share=(0.5, 0.7), n_hints=2, n_noise=0, shuffle=False, random_state=0
    )
    assert bunch.feature_names == ["x0", "x1", "hint0", "hint1"]
    assert bunch.redundant.tolist() == [2, 3]
    half, seven, six = (
        np.log(2) + xlogy(p, p) + xlogy(1 - p, 1 - p) for p in (0.5, 0.7, 0.6)
    )
    want = [seven, half, six, six]
    assert bunch.mutual_information == pytest.approx(want, abs=1e-12)
    found = [plug_in(column, bunch.target) for column in bunch.data.T]
    assert found == pytest.approx(want, abs=3e-3)
    # Beside the inputs a hint tells nothing.
    x0, x1, hint, _ = bunch.data.T
    with_hint, without = (
        plug_in(bits_of(*columns), bunch.target)
        for columns in ((x0, x1, hint), (x0, x1))
    )
    assert with_hint == pytest.approx(without, abs=1e-12)
    assert bunch.joint_information == pytest.approx(np.log(2), abs=1e-12)


@pytest.mark.parametrize(("end", "loss"), [(1.5, 0.3), (2.0, 0.0)])
def test_information_of_survival_by_quadrature_and_by_samples(end, loss):
    bunch = make_survival(
        120_000,
        effects=(1.2,),
        end=end,
        loss=loss,
        n_noise=1,
        shuffle=False,
        random_state=0,
    )
    assert (bunch.mutual_information[1:] == 0).all()
    event, time = bunch.target["event"], bunch.target["time"]
    assert time.max() <= end
    bins = np.searchsorted(np.quantile(time, np.linspace(0, 1, 41)[1:-1]), time)
    seen = 2 * bins + event
    found = [plug_in(bunch.data[:, k], seen) for k in range(3)]
    assert found == pytest.approx(bunch.mutual_information[:3], abs=2e-3)
    pair = plug_in(bits_of(*bunch.data[:, :3].T), seen)
    assert pair == pytest.approx(bunch.joint_information, abs=1e-2)
    if loss == 0:
        # A mixture of exponential laws in time, and those who are left at the end.
        rates = np.exp(0.6 * np.array([[-1, -1], [1, 1]]) + np.array([-1.0, 1.0]))

        def density(t, row):
            return (rates[row] * np.exp(-rates[row] * t)).mean()

        def told(own):
            return (own * np.log(own / own.mean())).sum() / 2

        def integrand(t):
            return told(np.array([density(t, row) for row in (0, 1)]))

        want = integrate.quad(integrand, 0, end, epsabs=1e-13)[0]
        want += told(np.exp(-rates * end).mean(axis=1))
        assert bunch.mutual_information[0] == pytest.approx(want, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_information_of_a_kind_by_quadrature_and_by_samples(kind):
    weights, noise = np.array([0.8, 0.2]), 0.05
    bunch = make_mixed(
        60_000,
        kinds=[kind],
        effect=1.5,
        weights=weights,
        label_noise=noise,
        n_noise=0,
        random_state=0,
    )
    (known,) = bunch.mutual_information
    law, discrete = KINDS[kind]
    first, second = law(0), law(1.5)
    channel = np.array([[1 - noise, noise], [noise, 1 - noise]])
    labels = weights @ channel

    def share(x):
        each = [one.pmf(x) if discrete else one.pdf(x) for one in (first, second)]
        joint = (weights * each) @ channel
        return xlogy(joint, joint / np.maximum(joint.sum() * labels, 1e-300)).sum()

    if discrete:
        expected = sum(share(x) for x in range(200))
        assert plug_in(bunch.data[:, 0], bunch.target) == pytest.approx(known, abs=4e-3)
    else:
        cuts = [-np.inf, -40, -3, 0, 1, 4, 40, np.inf]
        parts = itertools.pairwise(cuts)
        expected = sum(integrate.quad(share, *part, limit=200)[0] for part in parts)
        codes = stats.rankdata(bunch.data[:, 0]) // 1000
        assert plug_in(codes, bunch.target) == pytest.approx(known, abs=4e-3)
    assert known == pytest.approx(expected, abs=1e-6)
    assert bunch.discrete.tolist() == [discrete]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("error", "df"), first(1, [(0.3, np.inf), (0.5, 1)]))
def test_information_of_a_shape_by_quadrature(shape, error, df):
    """H(Y) − H(error), by a grid of another kind."""
    x = (np.arange(4000) + 0.5) / 2000 - 1
    f = {"linear": x, "v": 2 * abs(x) - 1, "quadratic": 2 * x**2 - 1}.get(
        shape, np.sin(2 * np.pi * x)
    )
    law = stats.t(df, scale=error)

    def density(y):
        return law.pdf(y - f).mean()

    def surprise(y):
        p = density(y)
        return -xlogy(p, p)

    ends = [0, 0.5, 1, 1.5, 3, 10, 100, 1e4, 1e8] if df == 1 else [0, 0.5, 1, 2, 4]
    cuts = sorted({*ends, *(-end for end in ends)})
    entropy = sum(
        integrate.quad(surprise, *part, epsabs=1e-9)[0]
        for part in itertools.pairwise(cuts)
    )
    bunch = make_dependence(20, shape=shape, error=error, df=df, n_noise=0)
    (known,) = bunch.mutual_information
    assert known == pytest.approx(entropy - law.entropy(), abs=2e-6)
    assert bunch.joint_information == known


@pytest.mark.parametrize("shape", SHAPES)
def test_information_of_a_shape_by_neighbours(shape):
    bunch = make_dependence(5000, shape=shape, error=0.3, n_noise=1, random_state=0)
    found = [measures.mutual_information(x, bunch.target) for x in bunch.data.T]
    assert found == pytest.approx(bunch.mutual_information, abs=0.05)


@pytest.mark.parametrize("weights", [None, (5, 4, 3, 2, 1)])
def test_information_of_groups_in_classes(weights):
    shares = np.full(5, 0.2) if weights is None else np.array(weights) / 15
    bunch = make_groups(
        100_000,
        information=(0.2, 0.1),
        n_copies=4,
        n_classes=5,
        weights=weights,
        label_noise=0.1,
        n_noise=0,
        random_state=1,
    )
    seen = np.bincount(bunch.target) / 100_000
    assert seen == pytest.approx(0.9 * shares + 0.1 * (1 - shares) / 4, abs=0.005)
    found = [plug_in(stats.rankdata(x) // 2000, bunch.target) for x in bunch.data.T]
    assert found == pytest.approx(bunch.mutual_information, abs=4e-3)
    assert bunch.joint_information > bunch.mutual_information.max()


def test_information_of_groups_in_a_score():
    wanted = 0.3, 0.1
    bunch = make_groups(
        4000,
        information=wanted,
        n_copies=3,
        copy_noise=1.0,
        n_classes=None,
        n_noise=2,
        shuffle=False,
        random_state=2,
    )
    noisy = -0.5 * np.log(1 - (1 - np.exp(-0.6)) / 2)
    expected = [*wanted, *wanted, noisy, 0, 0]
    assert bunch.mutual_information == pytest.approx(expected, abs=1e-12)
    left = 1 - (1 - np.exp(-0.6)) - (1 - np.exp(-0.2))
    assert bunch.joint_information == pytest.approx(-0.5 * np.log(left))
    found = [measures.mutual_information(x, bunch.target) for x in bunch.data.T]
    assert found == pytest.approx(expected, abs=0.04)
