"""Deep InfoMax and AMDIM: places, bounds, priors, views, and digits beside PCA."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_wine
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection

from mifs import JMI
from mifs.representations import AMDIM, BetaVAE, DeepInfoMax
from mifs.representations import _augmentations as augmentations

pytestmark = pytest.mark.learn
IMAGES = {"image_shape": (8, 8)}


def halves(seed=0):
    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, test_size=0.3, random_state=seed, stratify=y)


def probe(Z_train, Z_test, y_train, y_test):
    """Balanced accuracy of a linear classifier of latents."""
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
    found = linear.fit(Z_train, y_train).predict(Z_test)
    return balanced_accuracy_score(y_test, found)


def probed(model, seed):
    X_train, X_test, y_train, y_test = halves(seed)
    model.fit(X_train)
    return probe(model.transform(X_train), model.transform(X_test), y_train, y_test)


def test_sixteen_latents_of_digits_beside_principal_components():
    """Over five splits; docs/representations.md tells these numbers."""
    seeds = range(5)
    mean = {
        "pca": np.mean([probed(PCA(16), s) for s in seeds]),
        "random": np.mean(
            [probed(GaussianRandomProjection(16, random_state=s), s) for s in seeds]
        ),
    }
    for model in (DeepInfoMax, AMDIM):
        found = [probed(model(16, random_state=s, **IMAGES), s) for s in seeds]
        mean[model.__name__] = np.mean(found)
    print(mean)
    assert mean["random"] < mean["pca"] < mean["DeepInfoMax"]
    assert mean["pca"] < mean["AMDIM"]


@pytest.mark.parametrize("model", [DeepInfoMax, AMDIM, BetaVAE])
def test_default_settings_on_flat_pixels(model):
    assert probed(model(16, random_state=0), 0) > 0.8


def test_eight_latents_that_jmi_selects_beat_others():
    X_train, X_test, y_train, y_test = halves()
    model = DeepInfoMax(64, random_state=0, **IMAGES).fit(X_train)
    Z_train, Z_test = model.transform(X_train), model.transform(X_test)

    def told(columns):
        return probe(Z_train[:, columns], Z_test[:, columns], y_train, y_test)

    rng = np.random.default_rng(0)
    chosen = JMI(8).fit(Z_train, y_train).selected_indices_
    drawn = [told(rng.choice(64, 8, replace=False)) for _ in range(10)]
    assert told(chosen) > np.mean(drawn) + 0.02
    assert told(chosen) > told(np.arange(8))


@pytest.mark.parametrize("bound", ["jsd", "nwj", "dv"])
def test_other_bounds_find_what_a_table_shares(bound):
    """Six columns that repeat two: two latents are enough to say them all."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(600, 2))
    X = np.repeat(hidden, 3, axis=1) + 0.3 * rng.normal(size=(600, 6))
    Z = DeepInfoMax(2, bound=bound, max_iter=60, random_state=0).fit(X).transform(X)
    beside = np.column_stack([np.ones(600), Z])
    left = hidden - beside @ np.linalg.lstsq(beside, hidden, rcond=None)[0]
    assert (left.var(axis=0) / hidden.var(axis=0) < 0.5).all()


def test_a_prior_brings_latents_to_its_law():
    X = load_wine().data
    options = {"max_iter": 150, "random_state": 0, "learning_rate": 3e-3}
    matched = DeepInfoMax(2, prior="uniform", prior_weight=2.0, **options).fit(X)
    raw = matched.transform(X) * matched._spread + matched._center
    free = DeepInfoMax(2, **options).fit(X)
    wild = free.transform(X) * free._spread + free._center
    assert ((raw > -0.25) & (raw < 1.25)).mean() > 0.9
    assert ((wild > -0.25) & (wild < 1.25)).mean() < 0.8


def test_the_whole_row_may_count_too():
    X = load_wine().data
    model = DeepInfoMax(3, global_weight=1.0, max_iter=40, random_state=0).fit(X)
    assert model.bounds_["global"] > 1.5
    assert model.score(X) == pytest.approx(sum(model.bounds_.values()), abs=1e-5)
    with pytest.raises(ValueError, match="X has 1 row, which nothing is told apart"):
        model.score(X[:1])


def test_latents_have_one_size():
    X_train, X_test, *_ = halves()
    model = DeepInfoMax(4, max_iter=5, random_state=0, **IMAGES).fit(X_train)
    Z = model.transform(X_train)
    assert Z.mean(axis=0) == pytest.approx(0, abs=1e-4)
    assert Z.std(axis=0) == pytest.approx(1, abs=1e-4)
    assert model.transform(X_test).std() == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((8,), r"image_shape=\(8,\) is no image: pass \(height, width\)"),
        ((8, 9), r"image_shape=\(8, 9\) has 72 values, and X has 64 columns"),
        ((8, 8.0), "is no image"),
    ],
)
def test_shapes_that_are_no_image_are_refused(shape, text):
    with pytest.raises(ValueError, match=text):
        DeepInfoMax(image_shape=shape).fit(load_digits().data[:50])


def test_unknown_augmentations_and_those_of_images_are_refused():
    X = load_wine().data
    with pytest.raises(ValueError, match="'rotate': pass 'auto', names out of noise"):
        AMDIM(augmentations=["noise", "rotate"]).fit(X)
    with pytest.raises(ValueError, match="'shift' moves pixels: pass image_shape"):
        AMDIM(augmentations="shift").fit(X)
    with pytest.raises(ValueError, match=r"shape \(128, 13\) to \(128, 1\): return an"):
        AMDIM(augmentations=lambda rows, rng: rows[:, :1]).fit(X)


def test_a_function_sees_rows_in_their_units():
    X, seen = load_wine().data, []

    def darken(rows, rng):
        seen.append(rows)
        return rows * rng.uniform(0.9, 1.1, (len(rows), 1))

    AMDIM(2, augmentations=[darken, "noise"], max_iter=2, random_state=0).fit(X)
    # Of the columns, proline has the largest numbers: it tells which row one is.
    rows = X[np.abs(X[:, -1:] - seen[0][:, -1]).argmin(axis=0)]
    assert seen[0][:, -1] == pytest.approx(rows[:, -1], rel=1e-4)
    assert np.ptp(seen[0], axis=0) == pytest.approx(np.ptp(X, axis=0), rel=0.7)


def test_what_a_view_changes_is_forgotten():
    """Of two pairs of columns one gets a new sign in each view: its sign is lost."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(800, 2)), 2, axis=1) + 0.1 * rng.normal(
        size=(800, 4)
    )

    def flip(rows, rng):
        sign = rng.choice([-1, 1], (len(rows), 1))
        return np.concatenate([rows[:, :2], sign * rows[:, 2:]], axis=1)

    model = AMDIM(2, augmentations=[flip, "noise"], max_iter=60, random_state=0).fit(X)
    Z = model.transform(X)
    flipped = model.transform(np.concatenate([X[:, :2], -X[:, 2:]], axis=1))
    other = model.transform(np.concatenate([-X[:, :2], X[:, 2:]], axis=1))
    assert np.abs(flipped - Z).mean() < 0.35 * np.abs(other - Z).mean()


def test_augmentations_of_images():
    images = np.arange(128, dtype=np.float32).reshape(2, 64)
    rng = np.random.default_rng(0)
    moved = augmentations.shifted((8, 8, 1))(images, rng).reshape(2, 8, 8)
    steps = {
        (a[3, 3] - b.reshape(8, 8)[3, 3]) for a, b in zip(moved, images, strict=True)
    }
    assert steps <= {8 * down + right for down in (-1, 0, 1) for right in (-1, 0, 1)}
    cut = augmentations.cropped((8, 8, 1))(images, rng)
    assert cut.shape == images.shape
    assert (np.diff(cut.reshape(2, 8, 8), axis=2) >= 0).all()
    colours = np.tile(np.arange(3, dtype=np.float32), (5, 16))
    kept = augmentations.shifted((4, 4, 3))(colours, rng)
    np.testing.assert_array_equal(kept, colours)
    noisy = augmentations.noise(np.zeros((500, 8), np.float32), rng)
    assert noisy.std() == pytest.approx(0.3, rel=0.05)
    masked = augmentations.mask(np.ones((500, 8), np.float32), rng)
    assert (masked == 0).mean() == pytest.approx(0.2, abs=0.03)
