"""The β-VAE: closed forms of linear ones, likelihoods, annealing, decoding."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.datasets import load_digits

from mifs.representations import BetaVAE

pytestmark = pytest.mark.learn
VARIANCES = np.array([4, 2, 1, 0.5, 0.25])
LINEAR = {
    "noise_variance": 0.5,
    "encoder": "linear",
    "decoder": "linear",
    "learning_rate": 0.05,
    "batch_size": 256,
    "max_iter": 60,
    "random_state": 0,
}


def normals(n=4000, seed=0):
    """Rows whose covariance is that of the law, to rounding."""
    drawn = np.random.default_rng(seed).normal(size=(n, 5))
    left, _, right = np.linalg.svd(drawn - drawn.mean(axis=0), full_matrices=False)
    return np.sqrt(n) * left @ right * np.sqrt(VARIANCES)


def water_filling(level):
    """Rate and distortion of independent normal variables at a level of the water."""
    rate = np.log(np.maximum(VARIANCES / level, 1)).sum() / 2
    return rate, np.minimum(VARIANCES, level).sum()


@pytest.mark.parametrize(
    ("beta", "expected", "n_active"), [(1, (2.0794, 2.25), 3), (4, (0.3466, 5.75), 1)]
)
def test_a_linear_one_is_reverse_water_filling(beta, expected, n_active):
    assert water_filling(0.5 * beta) == pytest.approx(expected, abs=1e-4)
    model = BetaVAE(5, beta=beta, **LINEAR).fit(normals())
    assert model.rate_distortion_ == pytest.approx(expected, rel=0.03)
    assert (model.kl_ > 0.02).sum() == n_active
    assert model.kl_.sum() == pytest.approx(model.rate_distortion_[0], abs=1e-6)


def test_drawn_noise_comes_to_the_same():
    hidden = {**LINEAR, "encoder": "mlp", "decoder": "mlp", "max_iter": 100}
    hidden |= {"hidden_layer_sizes": (), "learning_rate": 0.02}
    model = BetaVAE(5, beta=1, **hidden).fit(normals())
    assert model.rate_distortion_ == pytest.approx((2.0794, 2.25), rel=0.06)


def test_the_elbo_of_a_linear_one_reaches_the_likelihood_of_its_model():
    """Probabilistic principal components: the bound is tight."""
    X = normals()
    model = BetaVAE(3, **LINEAR).fit(X)
    covariance = np.diag(np.maximum(VARIANCES, 0.5))
    likelihood = multivariate_normal(np.zeros(5), covariance).logpdf(X).mean()
    assert model.elbo_ == pytest.approx(likelihood, abs=0.01)
    assert model.elbo_ <= likelihood + 1e-3
    assert model.score(X) == pytest.approx(model.elbo_, abs=1e-6)


def test_bernoulli_needs_shares():
    X = load_digits().data[:300]
    with pytest.raises(ValueError, match=r"value 5 in column 2, .* from 0 to 1"):
        BetaVAE(likelihood="bernoulli", max_iter=1).fit(X)
    model = BetaVAE(8, likelihood="bernoulli", random_state=0, max_iter=200).fit(X / 16)
    rate, distortion = model.rate_distortion_
    assert model.elbo_ == pytest.approx(-rate - distortion, abs=1e-3)
    constant = (X / 16).mean(axis=0).clip(1e-6, 1 - 1e-6)
    alone = -(X / 16 * np.log(constant) + (1 - X / 16) * np.log1p(-constant)).sum(
        axis=1
    )
    assert distortion < 0.8 * alone.mean()
    decoded = model.inverse_transform(model.transform(X / 16))
    assert decoded.min() >= 0
    assert np.abs(decoded - X / 16).mean() < 0.15


def test_beta_rises_while_it_warms_up():
    X = normals(500)
    cold = BetaVAE(2, beta=3, warmup=5, max_iter=8, random_state=0).fit(X).history_
    price = (cold["loss"] + cold["elbo"] + cold["rate"]) / cold["rate"]
    assert price.to_numpy() == pytest.approx(
        3 * np.minimum(1, np.arange(1, 9) / 6) + 0, rel=1e-3
    )


def test_a_high_price_switches_everything_off():
    model = BetaVAE(4, beta=50, **LINEAR).fit(normals())
    assert model.kl_.max() < 0.01
    assert model.rate_distortion_[1] == pytest.approx(VARIANCES.sum(), rel=0.01)
    mean, std = model.posterior(normals())
    assert mean.shape == std.shape == (4000, 4)
    assert np.abs(mean).max() < 0.2
    assert std == pytest.approx(1, abs=0.02)


def test_units_are_those_of_the_columns():
    """Columns of other offsets and a scale of 1000, noise as large: the same rates."""
    X = normals()
    scaled = {**LINEAR, "noise_variance": 0.5e6}
    model = BetaVAE(5, **scaled).fit(1000 * X + [5000, 0, 0, 0, -300])
    rate, distortion = model.rate_distortion_
    assert rate == pytest.approx(2.0794, rel=0.03)
    assert distortion == pytest.approx(2.25e6, rel=0.03)
    decoded = model.inverse_transform(model.transform(1000 * X + [5000, 0, 0, 0, -300]))
    assert decoded.mean(axis=0)[0] == pytest.approx(5000, rel=0.01)
