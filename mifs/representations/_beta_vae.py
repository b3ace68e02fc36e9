"""The β-VAE: rate against distortion, by Gaussian latents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_array, check_is_fitted

from mifs._arrays import FloatArray
from mifs._learning.batches import Columns, Singles
from mifs._learning.gaussian import divergences, over_rows, posterior
from mifs._learning.networks import dense, each
from mifs._learning.training import Settings
from mifs.representations._base import Representation, Seed

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model = dict[str, Module]


@dataclass(frozen=True)
class Autoencoder:
    """An encoder of rows to normal latents, and a decoder back to rows."""

    n_features: int
    n_components: int
    hidden: tuple[int, ...]
    encoder: str
    decoder: str
    likelihood: str

    def make(self, key: Array) -> Model:
        """Make a model; a linear encoder has one noise for all rows."""
        import jax
        import jax.numpy as jnp

        one, two = jax.random.split(key)
        p, k = self.n_features, self.n_components
        linear = self.encoder == "linear"
        sizes = (p, k) if linear else (p, *self.hidden, 2 * k)
        back = () if self.decoder == "linear" else self.hidden[::-1]
        model = {"encoder": dense(one, sizes), "decoder": dense(two, (k, *back, p))}
        if linear:
            model["log_std"] = jnp.zeros(k)
        return model

    def loss(
        self,
        model: Model,
        batch: Mapping[str, Array],
        valid: Array,
        at: Mapping[str, Array],
    ) -> tuple[Array, dict[str, Array]]:
        """Minus the likelihood, and β times the rate, nats a row."""
        rows = batch["x"]
        mean, std = self._posterior(model, rows)
        kl = divergences(mean, std)
        told = over_rows(self._told(model, batch, mean, std, at), valid)
        each_kl = over_rows(kl, valid)
        likelihood, distortion = told[0], told[1]
        parts = {
            "elbo": likelihood - each_kl.sum(),
            "rate": each_kl.sum(),
            "distortion": distortion,
            "kl": each_kl,
        }
        return -likelihood + at["beta"] * each_kl.sum(), parts

    def _told(
        self,
        model: Model,
        batch: Mapping[str, Array],
        mean: Array,
        std: Array,
        at: Mapping[str, Array],
    ) -> Array:
        """Log-likelihood and distortion (n, 2) of rows, given their latents."""
        import jax.numpy as jnp

        rows = batch["x"]
        if self.likelihood == "gaussian" and self.decoder == "linear":
            return self._expected(model, rows, mean, std, at)
        decoded = each(model["decoder"], mean + std * batch["noise"])
        if self.likelihood == "gaussian":
            squares = ((decoded - rows) * at["scale"]) ** 2
            return self._normal(squares.sum(axis=1), at)
        target = rows * at["scale"] + at["mean"]
        cost = jnp.logaddexp(0.0, decoded) - target * decoded
        return jnp.stack([-cost.sum(axis=1), cost.sum(axis=1)], axis=1)

    def _normal(self, squares: Array, at: Mapping[str, Array]) -> Array:
        """Both, of the summed squared errors of rows."""
        import jax.numpy as jnp

        noise = at["noise_variance"]
        constant = self.n_features / 2 * jnp.log(2 * math.pi * noise)
        return jnp.stack([-squares / (2 * noise) - constant, squares], axis=1)

    def _expected(
        self,
        model: Model,
        rows: Array,
        mean: Array,
        std: Array,
        at: Mapping[str, Array],
    ) -> Array:
        """Both, of a linear decoder: the mean over all noise, without drawing it."""
        off = (each(model["decoder"], mean) - rows) * at["scale"]
        columns = model["decoder"].layers[0].weight * at["scale"][:, None]
        spread = std**2 @ (columns**2).sum(axis=0)
        return self._normal((off**2).sum(axis=1) + spread, at)

    def encode(self, model: Model, rows: Array) -> Array:
        """Means of the latents, and their standard deviations after them."""
        import jax.numpy as jnp

        return jnp.concatenate(self._posterior(model, rows), axis=1)

    def _posterior(self, model: Model, rows: Array) -> tuple[Array, Array]:
        return posterior(each(model["encoder"], rows), model.get("log_std"))


class BetaVAE(Representation):
    r"""Variational autoencoder that pays β for each nat that it keeps.

    .. math:: \max \; E_{q(z|x)} \log p(x|z) - \beta\, D(q(z|x) \| N(0, I))

    Encoder q(z|x) and prior are normal, with independent latents. At β = 1 the
    objective is the ELBO, a lower bound on log p(x). The rate, the mean of D, is an
    upper bound on I(X;Z); β says how much likelihood a nat of it must bring. Latents
    that do not pay are switched off: their D is 0.

    Parameters
    ----------
    n_components : int, default=16
        Number of latents.
    beta : float, default=1.0
        Price of a nat of rate, 0 or more.
    warmup : int, default=0
        Epochs over which β rises in a straight line from 0.
    likelihood : {"gaussian", "bernoulli"}, default="gaussian"
        Of X given z: normal with `noise_variance`, or, for values from 0 to 1,
        Bernoulli.
    noise_variance : float, default=1.0
        Variance of the normal likelihood, in squared units of X.
    encoder, decoder : {"mlp", "linear"}, default="mlp"
        Hidden layers, or none. A linear decoder with a normal likelihood is trained
        on the exact mean over the noise.
    hidden_layer_sizes : tuple of int, default=(128,)
        Hidden layers of the encoder; those of the decoder mirror them.
    batch_size : int, default=128
        Rows of a step; smaller batches are filled up.
    learning_rate : float, default=0.001
        First step size of Adam, which falls to 0 along a cosine.
    max_iter : int, default=100
        Epochs.
    early_stopping : bool, default=False
        Set rows aside, stop when their loss falls no more, and keep the weights of the
        best epoch.
    validation_fraction : float, default=0.1
        Share of the rows that are set aside.
    n_iter_no_change : int, default=10
        Epochs without progress after which it stops.
    random_state : int, RandomState or None, default=None
        Draws weights, batches and noise.
    verbose : int, default=0
        1: a bar with the loss; 2: a line for each epoch.

    Attributes
    ----------
    history_ : DataFrame, one row an epoch
        ``loss``, ``elbo``, ``rate`` and ``distortion``, means over the epoch, nats;
        ``validation_loss`` with `early_stopping`.
    kl_ : ndarray of shape (n_components,), float64
        Mean D(q(z_i|x) || N(0, 1)) of each latent, nats, over the rows of `fit`.
    elbo_ : float
        Mean ELBO of the rows of `fit`, nats.
    rate_distortion_ : tuple of float
        Rate in nats; distortion of the rows of `fit`: summed squared error for a normal
        likelihood, in squared units of X, else minus the log-likelihood, nats.
    mean_, scale_ : ndarray of shape (p,)
        Mean and standard deviation of the columns, by which the encoder sees them.
    n_iter_ : int
        Epochs run.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (p,)
        Names of the columns, if all are strings.

    See Also
    --------
    mifs.measures.representation_information : What latents tell of a label.

    Notes
    -----
    With a linear decoder, normal columns and noise σ², the best rate and distortion are
    those of reverse water-filling at the level βσ²: a direction of variance λ above it
    costs ½ log(λ / βσ²) nats and leaves an error of βσ², one below it costs nothing
    and leaves λ.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", 2014; I. Higgins et
    al., "beta-VAE", 2017; A. Alemi et al., "Fixing a broken ELBO", 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.representations import BetaVAE
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 1)) @ [[2.0, 1.0, -1.0]] + rng.normal(size=(500, 3))
    >>> model = BetaVAE(2, encoder="linear", decoder="linear", learning_rate=0.02)
    >>> model.set_params(random_state=0).fit(X).transform(X).shape
    (500, 2)
    >>> int((model.kl_ > 0.1).sum())
    1
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Representation._parameter_constraints,
        "beta": [Interval(Real, 0, None, closed="left")],
        "warmup": [Interval(Integral, 0, None, closed="left")],
        "likelihood": [StrOptions({"gaussian", "bernoulli"})],
        "noise_variance": [Interval(Real, 0, None, closed="neither")],
        "encoder": [StrOptions({"mlp", "linear"})],
        "decoder": [StrOptions({"mlp", "linear"})],
    }

    def __init__(
        self,
        n_components: int = 16,
        *,
        beta: float = 1.0,
        warmup: int = 0,
        likelihood: Literal["gaussian", "bernoulli"] = "gaussian",
        noise_variance: float = 1.0,
        encoder: Literal["mlp", "linear"] = "mlp",
        decoder: Literal["mlp", "linear"] = "mlp",
        hidden_layer_sizes: tuple[int, ...] = (128,),
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        max_iter: int = 100,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        random_state: Seed = None,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.beta = beta
        self.warmup = warmup
        self.likelihood = likelihood
        self.noise_variance = noise_variance
        self.encoder = encoder
        self.decoder = decoder
        self.hidden_layer_sizes = hidden_layer_sizes
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _learner(self) -> Autoencoder:
        return Autoencoder(
            self.n_features_in_,
            int(self.n_components),
            self._hidden(),
            self.encoder,
            self.decoder,
            self.likelihood,
        )

    def _settings(self, epoch: int) -> Settings:
        share = min(1.0, (epoch + 1) / (self.warmup + 1))
        return {
            "beta": np.float32(share * self.beta),
            "noise_variance": np.float32(self.noise_variance),
            "mean": self.mean_.astype(np.float32),
            "scale": self.scale_.astype(np.float32),
        }

    def _view(self, batch: Columns, rng: np.random.Generator) -> Columns:
        shape = len(batch["x"]), int(self.n_components)
        return {**batch, "noise": rng.standard_normal(shape, np.float32)}

    def _read(self, X: object, *, reset: bool) -> Singles:
        rows = super()._read(X, reset=reset)
        if self.likelihood == "bernoulli":
            self._check_shares(rows * self.scale_ + self.mean_)
        return rows

    def _check_shares(self, values: FloatArray) -> None:
        wrong = np.argwhere((values < -1e-4) | (values > 1 + 1e-4))
        if len(wrong):
            row, column = wrong[0].tolist()
            raise ValueError(
                f"X has the value {values[row, column]:.6g} in column {column}, and a "
                "Bernoulli likelihood needs values from 0 to 1: scale them, as by "
                "MinMaxScaler, or pass likelihood='gaussian'"
            )

    def _conclude(self, data: Columns) -> None:
        parts = self._look(data)
        self.kl_ = parts["kl"]
        self.elbo_ = float(parts["elbo"])
        self.rate_distortion_ = float(parts["rate"]), float(parts["distortion"])

    def score(self, X: Any, y: Any = None) -> float:
        """Mean ELBO of rows, nats: the higher, the better.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Columns as in `fit`.
        y : None
            Ignored.

        Returns
        -------
        float
            At β = 1, whatever `beta` is.
        """
        check_is_fitted(self)
        return float(self._look({"x": self._read(X, reset=False)})["elbo"])

    def posterior(self, X: Any) -> tuple[Singles, Singles]:
        """Means and standard deviations of the latents of rows.

        What a latent keeps is seen beside its noise: draw z from these to measure it.
        A latent that is switched off has means near 0 and deviations near 1.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Columns as in `fit`.

        Returns
        -------
        mean, std : ndarray of shape (n, n_components), float32
            Of q(z|x).
        """
        check_is_fitted(self)
        both = super()._encoded(self._read(X, reset=False))
        return both[:, : self.n_components], both[:, self.n_components :]

    def _encoded(self, rows: Singles) -> Singles:
        return super()._encoded(rows)[:, : self.n_components]

    def inverse_transform(self, Z: Any) -> NDArray[np.float32]:
        """Decode latents: the mean of X given z.

        Parameters
        ----------
        Z : array-like of shape (n, n_components)
            Latents.

        Returns
        -------
        X : ndarray of shape (n, p), float32
            Rows in the units of `fit`; probabilities for a Bernoulli likelihood.
        """
        check_is_fitted(self)
        return self._decoded(check_array(Z, dtype=np.float32))

    def _decoded(self, latents: Singles) -> Singles:
        import equinox as eqx
        import jax

        _, weights = self._ready()
        shapes = eqx.filter_eval_shape(self._learner().make, jax.random.key(0))
        model = eqx.combine(weights, shapes)
        out = np.asarray(each(model["decoder"], latents))
        if self.likelihood == "bernoulli":
            return np.asarray(1 / (1 + np.exp(-out)), np.float32)
        return np.asarray(out * self.scale_ + self.mean_, np.float32)
