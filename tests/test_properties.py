"""What must hold for every table."""

import numpy as np
import oracles
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import PLAIN

from mifs import MISelector
from mifs._data.reading import read
from mifs.criteria import CRITERIA

# Tables drawn at random have constants, copies of the classes, and as many levels as
# rows; what is said of them is tested elsewhere.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:columns:mifs.exceptions.{name}")
    for name in (
        "ConstantFeatureWarning",
        "DuplicateColumnsWarning",
        "IdLikeWarning",
        "LeakWarning",
    )
]

CASES = [
    pytest.param(name, parameters, id="-".join([name, *map(str, parameters.values())]))
    for name in CRITERIA
    for parameters in ({}, *oracles.VARIANTS.get(name, []))
]
every_criterion = pytest.mark.parametrize(("criterion", "parameters"), CASES)
some_examples = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
MEANS = ["redundancy", "conditional_redundancy", "margin"]
NUMBERS = ["score", "relevance", *MEANS]


@st.composite
def tables(draw, least_columns=1):
    """Codes with copies, constants, weak and strong dependence; and classes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p = draw(st.integers(4, 120)), draw(st.integers(least_columns, 6))
    levels = rng.integers(1, draw(st.sampled_from([2, 3, 6, 30])) + 1, p)
    X = rng.integers(0, levels, (n, p))
    y = (X[:, 0] + rng.integers(0, draw(st.integers(1, 4)), n)) % rng.integers(2, 5)
    y[:2] = 0, 1
    if p > 2 and draw(st.booleans()):
        X[:, -1] = X[:, 1]
    return X, y


def fit(criterion, parameters, X, y, **options):
    """Select everything, with all columns and the target taken as they are."""
    return MISelector(
        criterion,
        options.pop("k", None),
        criterion_params=parameters or None,
        discrete_features=options.pop("discrete_features", True),
        discrete_target=options.pop("discrete_target", True),
        mi_estimator=PLAIN,
        **options,
    ).fit(X, y)


def terms_of(X, y):
    names = [f"x{j}" for j in range(X.shape[1])]
    table = read(X, y, names=names, discrete_features=True, discrete_target=True)
    return PLAIN.prepare(table)


def same(left, right):
    """Equal to the last bit."""
    np.testing.assert_array_equal(left.selected_indices_, right.selected_indices_)
    np.testing.assert_array_equal(left.relevance_, right.relevance_)
    np.testing.assert_array_equal(left.path_[NUMBERS], right.path_[NUMBERS])
    np.testing.assert_array_equal(left.path_["runner_up"], right.path_["runner_up"])


@every_criterion
@some_examples
@given(table=tables(), seed=st.integers(0, 99))
def test_order_of_rows(criterion, parameters, table, seed):
    X, y = table
    rows = np.random.default_rng(seed).permutation(len(y))
    original = fit(criterion, parameters, X, y)
    same(fit(criterion, parameters, X[rows], y[rows]), original)


@every_criterion
@some_examples
@given(table=tables(), seed=st.integers(0, 99))
def test_names_of_levels_and_classes(criterion, parameters, table, seed):
    X, y = table
    rng = np.random.default_rng(seed)
    labels = rng.permutation(200)[:31] - 100
    original = fit(criterion, parameters, X, y)
    same(fit(criterion, parameters, labels[X], labels[y]), original)
    words = labels.astype(str).astype(object)
    same(fit(criterion, parameters, words[X], words[y]), original)


@every_criterion
@some_examples
@given(table=tables(least_columns=2), seed=st.integers(0, 99))
def test_order_of_columns_up_to_ties(criterion, parameters, table, seed):
    X, y = table
    order = np.random.default_rng(seed).permutation(X.shape[1])
    original = fit(criterion, parameters, X, y)
    moved = fit(criterion, parameters, X[:, order], y)
    np.testing.assert_array_equal(moved.relevance_, original.relevance_[order])
    clear = first_tie(criterion, parameters, original.path_)
    chosen = order[moved.selected_indices_]
    np.testing.assert_array_equal(chosen[:clear], original.selected_indices_[:clear])
    left, right = moved.path_["score"], original.path_["score"]
    np.testing.assert_allclose(left[:clear], right[:clear], rtol=0, atol=1e-12)


def first_tie(criterion, parameters, path):
    """Steps before the first at which the lowest column index had to decide."""
    scores = path["score"].to_numpy()
    if criterion in oracles.ORDERS:
        gaps = np.abs(scores[:, None] - scores) + np.diag(np.full(len(scores), np.inf))
        tied = gaps.min(axis=1) <= oracles.TIE
    else:
        bound = oracles.tolerance(np.abs(scores).max(), parameters)
        tied = path["margin"].to_numpy() <= bound
    return int(np.argmax([*tied, True]))


@every_criterion
@settings(some_examples, max_examples=2)
@given(table=tables())
def test_number_of_threads(criterion, parameters, table):
    X, y = table
    alone = fit(criterion, parameters, X, y, n_jobs=1)
    same(fit(criterion, parameters, X, y), alone)
    same(fit(criterion, parameters, X, y, n_jobs=2), alone)
    same(fit(criterion, parameters, X, y, n_jobs=-1), alone)


@pytest.mark.filterwarnings("ignore:the last:mifs.exceptions.NoGainWarning")
@every_criterion
def test_number_of_threads_on_a_larger_table(criterion, parameters):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 40))
    X[:, 20:] = rng.integers(0, [2, 3, 5, 16, 40] * 4, (2000, 20))
    y = (X[:, 3] * X[:, 25] + rng.normal(size=2000) > 1).astype(int)
    options = {"discrete_features": "auto", "discrete_target": "auto", "k": 6}
    alone = fit(criterion, parameters, X, y, n_jobs=1, **options)
    for n_jobs in (2, 3, -1):
        same(fit(criterion, parameters, X, y, n_jobs=n_jobs, **options), alone)


@settings(some_examples, max_examples=30)
@given(table=tables(least_columns=2))
def test_information_is_not_negative_symmetric_and_bounded(table):
    X, y = table
    p = X.shape[1]
    terms = terms_of(X, y)
    entropies = np.array([oracles.entropy(column) for column in X.T])
    assert (terms.relevance >= -1e-12).all()
    bound = np.minimum(entropies, oracles.entropy(y))
    assert (terms.relevance <= bound + 1e-12).all()
    both = {name: np.zeros((p, p)) for name in MEANS[:2]}
    for j in range(p):
        others = np.delete(np.arange(p), j)
        for name, values in terms.pairwise(j, others, frozenset(both)).items():
            both[name][j, others] = values
    bound = np.minimum(entropies[:, None], entropies)
    for values in both.values():
        assert (values >= -1e-12).all()
        assert (values <= bound + 1e-12).all()
        np.testing.assert_array_equal(values, values.T)


@settings(some_examples, max_examples=20)
@given(table=tables(), constant=st.integers(-3, 3))
def test_constant_column_tells_exactly_nothing(table, constant):
    X, y = table
    X = np.column_stack([np.full(len(y), constant), X])
    terms = terms_of(X, y)
    assert terms.relevance[0] == 0.0
    found = terms.pairwise(0, np.arange(1, X.shape[1]), frozenset(MEANS[:2]))
    assert not found["redundancy"].any()
    assert not found["conditional_redundancy"].any()


@settings(some_examples, max_examples=20)
@given(table=tables())
def test_copy_tells_its_entropy(table):
    X, y = table
    X = np.column_stack([X[:, 0], X[:, 0], y])
    terms = terms_of(X, y)
    found = terms.pairwise(0, np.array([1]), frozenset({"redundancy"}))
    entropy = oracles.entropy(X[:, 0])
    assert found["redundancy"][0] == pytest.approx(entropy, rel=0, abs=1e-12)
    of_classes = oracles.entropy(y)
    assert terms.relevance[2] == pytest.approx(of_classes, rel=0, abs=1e-12)


@settings(some_examples, max_examples=20)
@given(table=tables(least_columns=2), times=st.integers(2, 4))
def test_repeated_rows_change_nothing(table, times):
    X, y = table
    once, repeated = terms_of(X, y), terms_of(np.tile(X, (times, 1)), np.tile(y, times))
    np.testing.assert_allclose(repeated.relevance, once.relevance, rtol=0, atol=1e-12)
    others = np.arange(1, X.shape[1])
    wanted = frozenset(MEANS[:2])
    left = once.pairwise(0, others, wanted)
    right = repeated.pairwise(0, others, wanted)
    for name in wanted:
        np.testing.assert_allclose(left[name], right[name], rtol=0, atol=1e-12)
