"""Entropy, information and divergence of given distributions: known values."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import oracles_probability as twin
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy as scipy_entropy
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score

from mifs import probability as pr

JOINT = np.array([[0.2, 0.1], [0.15, 0.55]])


def test_coins_and_dice():
    assert pr.entropy([0.5, 0.5], base=2) == 1.0
    assert pr.entropy([0.25, 0.75], base=2) == pytest.approx(0.8112781, abs=5e-8)
    assert pr.entropy([1 / 2, 1 / 4, 0, 0, 1 / 8, 1 / 8], base=2) == 1.75
    assert pr.entropy([1.0]) == 0.0
    assert math.copysign(1, pr.entropy([1.0])) == 1.0


def test_joint_table_has_all_its_entropies_and_the_chain_rule():
    def h(*p):
        return -sum(x * math.log(x) for x in p)

    h_xy, h_x, h_y = h(0.2, 0.1, 0.15, 0.55), h(0.3, 0.7), h(0.35, 0.65)
    assert pr.joint_entropy(JOINT) == pytest.approx(h_xy, abs=1e-15)
    assert pr.entropy(JOINT.sum(axis=1)) == pytest.approx(h_x, abs=1e-15)
    assert pr.entropy(JOINT.sum(axis=0)) == pytest.approx(h_y, abs=1e-15)
    y_given_x = pr.conditional_entropy(JOINT, given=0)
    x_given_y = pr.conditional_entropy(JOINT, given=1)
    information = pr.mutual_information(JOINT)
    for left, right in [
        (h_x + y_given_x, h_xy),
        (h_y + x_given_y, h_xy),
        (h_x - x_given_y, information),
        (h_y - y_given_x, information),
        (h_x + h_y - h_xy, information),
    ]:
        assert abs(left - right) <= 1e-15


def test_ideal_channel_passes_everything_and_disturbed_channel_nothing():
    p = np.array([0.1, 0.2, 0.7])
    ideal = np.diag(p)
    assert pr.mutual_information(ideal) == pytest.approx(pr.entropy(p), abs=1e-15)
    assert pr.conditional_entropy(ideal, given=0) == 0.0
    disturbed = np.outer(p, [0.25, 0.25, 0.5])
    assert abs(pr.mutual_information(disturbed)) <= 1e-16
    y_given_x = pr.conditional_entropy(disturbed, given=0, base=2)
    assert y_given_x == pytest.approx(1.5, abs=1e-15)


def test_informations_of_independent_pairs_add_up():
    other = np.array([[0.3, 0.05, 0.05], [0.1, 0.2, 0.3]])
    both = np.einsum("ab,cd->acbd", JOINT, other).reshape(4, 6)
    total = pr.mutual_information(JOINT) + pr.mutual_information(other)
    assert pr.mutual_information(both) == pytest.approx(total, abs=1e-15)


def test_noisy_line_in_a_histogram():
    rng = np.random.default_rng(0)
    x = rng.random(1000)
    y = x + rng.normal(0, 0.1, 1000)
    counts, _, _ = np.histogram2d(x, y, bins=30)
    bits = pr.mutual_information(counts, base=2, normalize=True)
    assert bits == pytest.approx(1.75, abs=0.1)


@pytest.mark.parametrize(("std", "nats"), [(2.0, 0.8181), (math.sqrt(2), 1.0966)])
def test_two_gaussians_in_closed_form_by_integration_and_as_tables(std, nats):
    closed = pr.gaussian_kl(0, 1, 2, std)
    assert closed == pytest.approx(nats, abs=5e-5)
    assert closed == pytest.approx(twin.gaussian_kl(0, 1, 2, std), abs=1e-9)
    x = np.linspace(-12, 12, 40_001)
    p, q = np.exp(-(x**2) / 2), np.exp(-(((x - 2) / std) ** 2) / 2)
    assert pr.kl_divergence(p, q, normalize=True) == pytest.approx(closed, abs=1e-6)


def test_units_convert():
    nats = pr.entropy([0.2, 0.3, 0.5])
    assert pr.entropy([0.2, 0.3, 0.5], base=2) == nats / math.log(2)
    assert pr.entropy([0.2, 0.3, 0.5], base=10) == nats / math.log(10)
    assert pr.entropy([0.1] * 10, base=10) == pytest.approx(1.0, abs=1e-15)
    assert pr.self_information(0.01, base=10) == -math.log(0.01) / math.log(10)
    assert pr.self_information(2.0**-20, base=2) == 20.0


def test_scipy_and_scikit_learn_agree():
    rng = np.random.default_rng(1)
    for _ in range(20):
        p, q = rng.dirichlet(np.ones(6), size=2)
        assert pr.entropy(p) == pytest.approx(scipy_entropy(p), abs=1e-12)
        assert pr.kl_divergence(p, q) == pytest.approx(scipy_entropy(p, q), abs=1e-12)
        distance = jensenshannon(p, q, base=2)
        assert pr.js_divergence(p, q, base=2) == pytest.approx(distance**2, abs=1e-12)
        counts = rng.integers(0, 9, (4, 5)) + np.eye(4, 5, dtype=int)
        a, b = np.repeat(np.indices((4, 5)).reshape(2, -1), counts.ravel(), axis=1)
        found = pr.mutual_information(counts, normalize=True)
        assert found == pytest.approx(mutual_info_score(a, b), abs=1e-12)
        for name in ("arithmetic", "geometric", "min", "max"):
            theirs = normalized_mutual_info_score(a, b, average_method=name)
            ours = pr.normalized_mutual_information(counts, name, normalize=True)
            assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "min", "max"])
def test_normalized_information_of_constants_is_scikit_learns(name):
    assert pr.normalized_mutual_information([[0, 1.0]], name) == 1.0
    assert pr.normalized_mutual_information([[0.5, 0.5]], name) == 0.0
    assert normalized_mutual_info_score([0, 0], [0, 0], average_method=name) == 1.0
    assert normalized_mutual_info_score([0, 0], [0, 1], average_method=name) == 0.0


def test_nothing_underflows_to_a_wrong_infinity():
    tiny = 1e-200  # its square is 0
    table = [[tiny, 0.0], [0.0, 1.0]]
    assert pr.mutual_information(table) == pytest.approx(tiny * 460.5, rel=1e-3)
    cube = np.zeros((2, 2, 2))
    cube[0, 0, 0], cube[1, 1, 1] = tiny, 1.0
    assert 0 < pr.total_correlation(cube) < 1e-196
    assert pr.js_divergence([5e-324, 1.0], [0.0, 1.0]) == 0.0


def test_divergence_is_infinite_where_q_is_zero_and_p_is_not():
    assert pr.kl_divergence([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert pr.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert pr.kl_divergence([1.0, 0.0], [0.5, 0.5]) == math.log(2)
    assert pr.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0.0


def test_synergy_is_positive_and_redundancy_negative():
    xor = np.zeros((2, 2, 2))
    copies = np.zeros((2, 2, 2))
    for a in (0, 1):
        copies[a, a, a] = 0.5
        for b in (0, 1):
            xor[a, b, a ^ b] = 0.25
    assert pr.interaction_information(xor, base=2) == 1.0
    assert pr.interaction_information(copies, base=2) == -1.0
    assert pr.total_correlation(xor, base=2) == 1.0
    assert pr.dual_total_correlation(xor, base=2) == 2.0
    assert pr.total_correlation(copies, base=2) == 2.0
    assert pr.dual_total_correlation(copies, base=2) == 1.0
    assert pr.total_correlation([0.5, 0.5]) == pr.dual_total_correlation([1.0]) == 0.0


def test_frames_and_single_precision_are_tables_too():
    pandas = pytest.importorskip("pandas")
    counts = pandas.crosstab(
        pandas.Series(["a", "a", "b"], name="x"), pandas.Series([1, 1, 2], name="y")
    )
    found = pr.mutual_information(counts, normalize=True)
    assert found == pytest.approx(pr.entropy([2 / 3, 1 / 3]), abs=1e-15)
    thirds = np.full(3, 1 / 3, dtype=np.float32)
    assert pr.entropy(thirds) == pytest.approx(math.log(3), abs=1e-6)


def test_import_is_light_and_silent():
    code = (
        "import sys, warnings, scipy.special; before = list(warnings.filters)\n"
        "import mifs.probability\n"
        "assert warnings.filters == before\n"
        "heavy = {'pandas', 'sklearn', 'scipy.stats', 'numba', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
