"""Every criterion and every kind of table with a correction for chance."""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from plain import PLAIN
from scipy import sparse

from mifs import JMI, MIM, InfoMaxSelector, MISelector, compare
from mifs._data.reading import read
from mifs._problem.abilities import is_lazy
from mifs._search import Constraints, search
from mifs._search._small import SmallSearch
from mifs.criteria import CRITERIA, resolve
from mifs.estimators import PlugIn

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.ChanceWarning")

CORRECTED = PlugIn(correction="permutation")
every_criterion = pytest.mark.parametrize("criterion", CRITERIA)
# Whose score is what a candidate and a pick, or two, tell together.
TOGETHER = {"disr", "jmim", "njmim", "jmi3"}
# The smaller of two terms or the positive part of one is not unbiased, if they are.
ONE_SIDED = {"cmim", "icap", "jmim", "njmim"}
N_ROWS, N_NOISE = 300, 24


def noisy(seed=0, n_noise=N_NOISE):
    """Two columns that tell, one that repeats, and noise of many levels."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, N_ROWS)
    first = np.where(rng.random(N_ROWS) < 0.7, y, rng.integers(0, 3, N_ROWS))
    second = np.where(rng.random(N_ROWS) < 0.4, y, rng.integers(0, 12, N_ROWS))
    noise = rng.integers(0, 12, (N_ROWS, n_noise))
    return np.column_stack([first, second, first // 2, noise]), y


def fitted(criterion, X, y, estimator=CORRECTED, k=3, **options):
    options = {"discrete_features": True, **options}
    return MISelector(criterion, k, mi_estimator=estimator, **options).fit(X, y)


def path_of(X, y, criterion, k, estimator=CORRECTED, **options):
    table = read(X, y, discrete_features=True)
    return search(estimator.prepare(table), resolve(criterion), k, **options)


def score_after(terms, criterion, column):
    """Score of a column after the first two, which are chosen first."""
    if criterion in {"fcbf", "spec_cmi"}:
        path = search(terms, resolve(criterion), len(terms.relevance))
    else:
        forced = Constraints(include=[0, 1, column])
        path = search(terms, resolve(criterion), 3, constraints=forced)
    return path.score[list(path.feature).index(column)]


def together(criterion, terms):
    """What both picks tell without the candidate, in the score's unit."""
    if criterion == "jmi3":
        label = terms.join(terms.join(None, 0), 1)
        alone, with_class = terms.pick_entropies(label)
        return alone + terms.target_entropy - with_class
    relevance, every = terms.relevance[:2], np.arange(len(terms.relevance))
    if criterion == "jmim":
        return relevance.min()
    wanted = frozenset({"joint_entropy"})
    ratios = [
        relevance[pick] / terms.pairwise(pick, every, wanted)["joint_entropy"]
        for pick in (0, 1)
    ]
    found = np.mean(ratios, axis=0) if criterion == "disr" else np.min(ratios, axis=0)
    return found[3:].mean()


@every_criterion
def test_a_candidate_that_tells_nothing_scores_about_nothing(criterion):
    X, y = noisy()
    mean, error = {}, {}
    for correction in (None, "permutation"):
        table = read(X, y, discrete_features=True)
        terms = PlugIn(correction=correction).prepare(table)
        scores = [
            score_after(terms, criterion, column) for column in range(3, 3 + N_NOISE)
        ]
        nothing = together(criterion, terms) if criterion in TOGETHER else 0.0
        mean[correction] = np.mean(scores) - nothing
        error[correction] = np.std(scores) / np.sqrt(N_NOISE)
    if criterion == "spec_cmi":
        # Half of what the others tell is in its matrix for every column.
        assert mean["permutation"] < 0.75 * mean[None]
        path = search(terms, resolve(criterion), 2)
        assert set(path.feature) == {0, 1}
    elif criterion in ONE_SIDED:
        assert -0.04 < mean["permutation"] < 2 * error["permutation"]
    else:
        assert abs(mean["permutation"]) < 3 * error["permutation"]
    if criterion in {"mim", "jmi", "condred"}:
        assert mean[None] > 10 * error[None]


@every_criterion
def test_whole_fits_run_and_put_what_tells_first(criterion):
    X, y = noisy()
    chosen = fitted(criterion, X, y, k=2)
    assert list(chosen.selected_indices_) in ([0, 1], [0, 2])
    plain = fitted(criterion, X, y, PLAIN, k=2)
    assert np.nanmax(np.abs(chosen.relevance_ - plain.relevance_)) > 0.03


@every_criterion
def test_lazy_is_eager_and_threads_change_nothing(criterion):
    rng = np.random.default_rng(3)
    X, y = noisy(n_noise=120)
    X[:, 20:60] = np.where(rng.random((N_ROWS, 40)) < 0.2, y[:, None], X[:, 20:60])
    record = resolve(criterion)
    with patch.object(SmallSearch, "of", return_value=None):
        eager = path_of(X, y, criterion, 8)
    # A corrected term may be negative, so that a sum of them can fall and rise.
    lazy = record.lowers == "always"
    assert not is_lazy(record, CORRECTED.capabilities())
    for n_threads in (1, 2) if lazy else (2,):
        found = path_of(X, y, criterion, 8, lazy=lazy, n_threads=n_threads)
        for step in ("feature", "score", "runner_up", "margin"):
            np.testing.assert_array_equal(getattr(found, step), getattr(eager, step))
    some = X[:, :30]
    one, two = (fitted(criterion, some, y, k=12, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one.path_, two.path_, check_exact=True)


@every_criterion
def test_a_sparse_matrix_is_the_dense_one(criterion):
    X, y = noisy(n_noise=6)
    X = np.where(X < 3, X, 0)
    dense = fitted(criterion, X, y)
    found = fitted(criterion, sparse.csr_array(X), y)
    pd.testing.assert_frame_equal(found.path_, dense.path_, check_exact=True)


@every_criterion
def test_compare_gives_the_paths_of_single_fits(criterion):
    X, y = noisy(n_noise=6)
    options = {"mi_estimator": CORRECTED, "discrete_features": True}
    found = compare(X, y, [criterion], 2, **options).path
    alone = fitted(criterion, X, y, k=2).path_
    for column in ("feature", "score"):
        np.testing.assert_array_equal(found[column], alone[column])


def outputs(y):
    rng = np.random.default_rng(5)
    other = np.where(rng.random(N_ROWS) < 0.5, y, rng.integers(0, 2, N_ROWS))
    return np.column_stack([y, other])


@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "mrmr", "disr"])
def test_means_over_outputs_lose_the_mean_of_each(criterion):
    X, y = noisy()
    both = outputs(y)
    chosen = fitted(criterion, X, both, k=2, multioutput="mean")
    each = [fitted(criterion, X, column, k=1) for column in both.T]
    expected = np.mean([one.relevance_ for one in each], axis=0)
    np.testing.assert_allclose(chosen.relevance_, expected, rtol=1e-12, atol=1e-15)
    assert abs(chosen.relevance_[3:].mean()) < 0.005
    joint = fitted(criterion, X, both, k=2, multioutput="joint")
    assert abs(joint.relevance_[3:].mean()) < 0.01


def test_joint_labels_of_several_outputs_are_corrected_for_each():
    X, y = noisy()
    both = outputs(y)
    chosen = fitted("cmi", X, both, k=2, multioutput="mean")
    assert set(chosen.selected_indices_) <= {0, 1}


@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "mrmr", "cmi"])
def test_survival_is_corrected_as_classes(criterion):
    X, y = noisy()
    rng = np.random.default_rng(2)
    survival = np.empty(N_ROWS, dtype=[("died", bool), ("months", float)])
    survival["died"] = rng.random(N_ROWS) < 0.8
    survival["months"] = rng.exponential(1 + 10 * y)
    chosen = fitted(criterion, X, survival)
    assert chosen.selected_indices_[0] == 0
    assert abs(chosen.relevance_[3:].mean()) < 0.01
    assert MIM(1, mi_estimator=PLAIN).fit(X, survival).relevance_[3:].mean() > 0.1


@pytest.mark.parametrize("criterion", ["mim", "jmi", "cmim", "mrmr", "cmi", "disr"])
def test_groups_are_corrected_as_joint_variables(criterion):
    X, y = noisy(n_noise=12)
    X[:, 3:] %= 3
    groups = {"real": [0, 1], **{f"noise{i}": [3 + 2 * i, 4 + 2 * i] for i in range(5)}}
    rest = {"groups": groups, "exclude": [2, 13, 14], "k": None}
    path = fitted(criterion, X, y, **rest).path_
    assert path["name"].iloc[0] == "real"
    labels = np.column_stack([X[:, 0], X[:, 3:13:2] * 3 + X[:, 4:14:2]])
    expected = fitted("mim", labels, y, k=1).relevance_[1:]
    found = path.set_index("name")["relevance"][list(groups)[1:]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert abs(found.mean()) < 0.01


@every_criterion
def test_pairwise_deletion_is_corrected_or_refused(criterion):
    X, y = noisy(n_noise=12)
    X = X.astype(float)
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    estimator = PlugIn(missing="pairwise", correction="permutation")
    if "joint_counts" in CRITERIA[criterion].terms:
        with pytest.raises(ValueError, match=r"needs joint_counts, which PlugIn\("):
            fitted(criterion, X, y, estimator)
        return
    chosen = fitted(criterion, X, y, estimator, k=2)
    assert chosen.selected_indices_[0] == 0
    assert abs(chosen.relevance_[3:].mean()) < 0.01


def test_warm_starts_go_on_from_corrected_terms():
    X, y = noisy(n_noise=6)
    for criterion in ("jmi", "cmim", "mrmr", "cmi"):
        grown = fitted(criterion, X, y, k=2, warm_start=True)
        grown.set_params(n_features_to_select=None).fit(X, y)
        fresh = fitted(criterion, X, y, k=None)
        pd.testing.assert_frame_equal(grown.path_, fresh.path_, check_exact=True)


def test_without_a_target_a_key_is_worth_less():
    """Uncorrected its entropy is the largest, and it tells all about all columns."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 4, 200)
    copies = [np.where(rng.random(200) < 0.9, shown, 0) for _ in range(3)]
    X = np.column_stack([np.arange(200) // 2, *copies])
    options = {"discrete_features": True}
    plain = InfoMaxSelector(1, mi_estimator=PLAIN, **options).fit(X)
    assert plain.selected_indices_[0] == 0
    chosen = InfoMaxSelector(None, mi_estimator=CORRECTED, **options).fit(X)
    assert chosen.selected_indices_[0] != 0
    assert chosen.relevance_[0] < chosen.relevance_[1] / 3
    both = InfoMaxSelector(None, mi_estimator=CORRECTED, n_jobs=2, **options).fit(X)
    pd.testing.assert_frame_equal(chosen.path_, both.path_, check_exact=True)


@pytest.mark.parametrize("binning", ["quantile", "uniform", "mdlp", "ib"])
def test_bins_that_saw_the_target_tell_more_than_the_correction_knows(binning):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 40)), rng.integers(0, 2, 300)
    X[:, 0] += y
    estimator = PlugIn(binning=binning, correction="permutation")
    chosen = JMI(1, mi_estimator=estimator).fit(X, y)
    assert chosen.selected_indices_[0] == 0
    noise = chosen.relevance_[1:].mean()
    if binning == "ib":
        assert noise > 0.004
    else:
        # A column of noise is one bin to MDLP, nearly always.
        assert abs(noise) < 0.003
