"""Tables with a known truth: what is said of them is so."""

import numpy as np
import pytest
from sklearn.utils import Bunch

from mifs import JMI, datasets, probability
from mifs.datasets import (
    make_boolean,
    make_dependence,
    make_groups,
    make_mixed,
    make_network,
    make_survival,
)
from mifs.datasets._dependence import SHAPES
from mifs.datasets._noise import NOISE

MAKERS = [getattr(datasets, name) for name in datasets.__all__]
every_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


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


@every_maker
def test_what_a_bunch_holds(make):
    bunch = make(60, n_noise=5, random_state=3)
    n_samples, n_features = bunch.data.shape
    assert n_samples == 60
    assert bunch.target.shape == (60,)
    assert bunch.data.dtype == np.float64
    assert len(set(bunch.feature_names)) == n_features
    for each in (bunch.mutual_information, bunch.groups, bunch.discrete):
        assert each.shape == (n_features,)
    known = {*bunch.relevant.tolist(), *bunch.redundant.tolist()}
    assert len(known) == len(bunch.relevant) + len(bunch.redundant) == n_features - 5
    noise = [k for k in range(n_features) if bunch.feature_names[k].startswith("noise")]
    assert not known & set(noise)
    assert len(noise) == 5
    assert (bunch.mutual_information[noise] == 0).all()
    assert (bunch.mutual_information >= 0).all()
    assert "60 rows" in bunch.DESCR
    whole = bunch.data[:, bunch.discrete]
    assert (whole == whole.round()).all()


@every_maker
def test_a_seed_is_a_table_and_shuffling_moves_columns_only(make):
    first, again = make(40, random_state=7), make(40, random_state=7)
    assert isinstance(first, Bunch)
    X, y = make(40, random_state=7, return_X_y=True)
    for data, target in ((again.data, again.target), (X, y)):
        assert np.array_equal(first.data, data)
        assert np.array_equal(first.target, target)
    assert not np.array_equal(first.data, make(40, random_state=8).data)
    plain = make(40, random_state=7, shuffle=False)
    assert list(plain.relevant) == list(range(len(plain.relevant)))
    assert np.array_equal(plain.target, first.target)
    place = [plain.feature_names.index(name) for name in first.feature_names]
    assert np.array_equal(plain.data[:, place], first.data)
    assert np.array_equal(plain.mutual_information[place], first.mutual_information)
    given = make(40, random_state=np.random.RandomState(7))
    assert np.array_equal(given.data, first.data)


@every_maker
@pytest.mark.parametrize("kind", NOISE)
def test_noise_of_every_kind_is_added(make, kind):
    bunch = make(2000, n_noise=6, noise=kind, shuffle=False, random_state=0)
    noise, discrete = bunch.data[:, -6:], bunch.discrete[-6:]
    n_levels = [len(np.unique(column)) for column in noise.T]
    if kind == "mixed":
        assert n_levels[:3] == [2000, 2000, 2]
        assert 290 < n_levels[3] <= 300
        assert discrete.tolist() == [False, False, True, True, False, False]
    else:
        least, most = {"binary": (2, 2), "many_levels": (290, 300)}.get(
            kind, (2000, 2000)
        )
        assert least <= min(n_levels) <= max(n_levels) <= most
        assert set(discrete) == {kind in {"binary", "many_levels"}}
    if kind == "correlated":
        seen = np.corrcoef(noise.T)[0]
        assert np.allclose(seen, 0.9 ** np.arange(6), atol=0.06)
        assert np.allclose(noise.std(axis=0), 1, atol=0.08)
    assert bunch.data.shape[1] == make(5, n_noise=0).data.shape[1] + 6


@every_maker
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_samples": 0}, "n_samples == 0"),
        ({"n_noise": -1}, "n_noise == -1"),
        ({"noise": "pink"}, "noise='pink' is not one of normal, heavy_tails"),
    ],
)
def test_what_all_refuse(make, wrong, message):
    with pytest.raises(ValueError, match=message):
        make(**wrong)


@pytest.mark.parametrize(
    ("make", "wrong", "message"),
    [
        (make_boolean, {"rule": "nor"}, "rule='nor' is not one of parity, and, or"),
        (make_boolean, {"n_inputs": 17}, "n_inputs == 17"),
        (make_boolean, {"share": 1.5}, "share == 1.5"),
        (make_boolean, {"share": (0.5,)}, "one for each of the 2 inputs"),
        (
            make_boolean,
            {"share": (0.5, 2)},
            r"share=\(0.5, 2\) must be a number",
        ),
        (make_boolean, {"n_hints": -1}, "n_hints == -1"),
        (make_boolean, {"hint": 1.1}, "hint == 1.1"),
        (make_survival, {"effects": [0.1] * 11}, "effects has 11 numbers; pass 10"),
        (make_survival, {"effects": [3, -3]}, "sizes of effects and interaction == "),
        (make_survival, {"end": 0}, "end == 0"),
        (make_survival, {"loss": -1}, "loss == -1"),
        (make_boolean, {"label_noise": -0.1}, "label_noise == -0.1"),
        (make_dependence, {"shape": "u"}, "shape='u' is not one of linear, v, quad"),
        (make_dependence, {"error": 0.01}, "error == 0.01"),
        (make_dependence, {"df": 0.5}, "df == 0.5"),
        (make_mixed, {"kinds": ["odd"]}, "kinds: 'odd' is not one of normal"),
        (make_mixed, {"effect": 6.0}, r"effect == 6.0"),
        (make_mixed, {"weights": (1, 0)}, r"weights=\(1, 0\) are not 2 positive"),
        (make_network, {"strength": 0.0}, "strength == 0.0"),
        (make_groups, {"information": (1, -1)}, "has a number below 0"),
        (make_groups, {"information": (0.5, 0.5)}, "would explain 1.264 of the var"),
        (make_groups, {"information": ()}, "n_copies == 17, must be <= 0"),
        (make_groups, {"n_classes": 1}, "n_classes == 1"),
        (make_groups, {"n_classes": 3, "weights": (1, 1)}, "are not 3 positive num"),
        (make_groups, {"n_classes": None, "label_noise": 0.1}, "pass n_classes with"),
    ],
)
def test_what_each_refuses(make, wrong, message):
    with pytest.raises(ValueError, match=message):
        make(**wrong)


def test_continuous_inputs_are_the_same_bits():
    options = {"share": 0.2, "shuffle": False, "random_state": 0, "n_noise": 0}
    bits, shown = (
        make_boolean(500, **options),
        make_boolean(500, continuous=True, **options),
    )
    assert np.array_equal(shown.data >= 0.8, bits.data == 1)
    assert np.array_equal(shown.target, bits.target)
    assert not shown.discrete.any()
    assert bits.discrete.all()
    assert 0.1 < bits.data.mean() < 0.3


def test_of_one_class_nothing_is_known():
    assert make_boolean(20, share=1.0).joint_information == 0
    assert make_boolean(20, label_noise=0.5).joint_information == 0


def test_imbalance_and_no_effect():
    rare = make_mixed(50_000, weights=(99, 1), random_state=0)
    assert rare.target.mean() == pytest.approx(0.01, abs=0.002)
    assert (rare.mutual_information[rare.relevant] > 0).all()
    assert rare.mutual_information.max() < 0.01
    assert np.isnan(rare.joint_information)
    nothing = make_mixed(50, effect=0, random_state=0)
    assert len(nothing.relevant) == 0
    assert nothing.mutual_information == pytest.approx(0, abs=1e-12)
    twice = make_mixed(10, kinds=["count", "count"], n_noise=0, shuffle=False)
    assert twice.feature_names == ["count0", "count1"]


def test_only_the_linear_shape_correlates():
    for shape in SHAPES:
        bunch = make_dependence(20_000, shape=shape, n_noise=0, random_state=0)
        seen = np.corrcoef(bunch.data[:, 0], bunch.target)[0, 1]
        if shape in {"v", "quadratic"}:
            assert abs(seen) < 0.03
        else:
            assert abs(seen) > 0.3


def test_eight_groups_with_copies_and_noise():
    bunch = make_groups(random_state=0)
    assert bunch.data.shape == (2000, 8 + 17 + 60)
    for g in range(8):
        members = np.flatnonzero(bunch.groups == g)
        assert len(members) == 2 + (g == 0) + 1
        assert np.isin(members, [*bunch.relevant, *bunch.redundant]).all()
        (original,) = np.intersect1d(members, bunch.relevant)
        for k in members:
            exact = np.array_equal(bunch.data[:, k], bunch.data[:, original])
            told = bunch.mutual_information[[k, original]]
            assert exact == ("noisy" not in bunch.feature_names[k])
            assert exact == (told[0] == told[1])
    assert (bunch.groups == -1).sum() == 60
    expected = [0.06, 0.03, 0.03, 0.0176, 0.0176, 0.0087, 0.0087, 0.0044]
    names = [f"x{g}" for g in range(8)]
    found = [bunch.mutual_information[bunch.feature_names.index(n)] for n in names]
    assert found == pytest.approx(expected, abs=1e-4)


def test_without_factors_all_is_noise():
    for n_classes in (2, 5, None):
        bunch = make_groups(
            100, information=(), n_copies=0, n_noise=7, n_classes=n_classes
        )
        assert bunch.data.shape == (100, 7)
        assert len(bunch.relevant) == len(bunch.redundant) == 0
        assert not bunch.mutual_information.any()
        assert bunch.joint_information == pytest.approx(0, abs=1e-12)


def test_the_blanket_shields_the_target():
    """Given the blanket nothing is left, and each of its nodes is needed."""
    bunch = make_network(200_000, n_noise=1, random_state=0)
    columns = dict(zip(bunch.feature_names, bunch.data.T, strict=True))
    found = [plug_in(x, bunch.target) for x in bunch.data.T]
    assert found == pytest.approx(bunch.mutual_information, abs=4e-3)
    assert bunch.mutual_information[bunch.feature_names.index("spouse")] < 1e-12
    blanket = [bunch.feature_names[k] for k in bunch.relevant]
    assert sorted(blanket) == ["child1", "child2", "parent1", "parent2", "spouse"]
    inside = [columns[name] for name in blanket]
    whole = plug_in(bits_of(*inside), bunch.target)
    assert whole == pytest.approx(bunch.joint_information, abs=4e-3)
    for k in bunch.redundant:
        more = plug_in(bits_of(*inside, bunch.data[:, k]), bunch.target)
        assert more - whole < 1e-3
    for i in range(5):
        less = plug_in(bits_of(*inside[:i], *inside[i + 1 :]), bunch.target)
        assert whole - less > 0.01


def test_a_selector_finds_what_is_there():
    bunch = make_network(5000, random_state=0)
    chosen = JMI(4).fit(bunch.data, bunch.target).selected_indices_
    assert set(chosen) <= {*bunch.relevant, *bunch.redundant}
