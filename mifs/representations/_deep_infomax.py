"""Deep InfoMax: latents that say much about every place of the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from mifs._learning.batches import Columns
from mifs._learning.critics import (
    PlaceCritics,
    mean_bound,
    scores,
    separable,
)
from mifs._learning.networks import Encoder, dense, each
from mifs._learning.training import Settings
from mifs.representations._base import Seed
from mifs.representations._contrastive import N_EMBEDDED, Contrastive

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model = dict[str, Module]

# Hidden layer of what tells latents from draws of the prior.
DISCRIMINATOR = 64


@dataclass(frozen=True)
class InfoMax:
    """An encoder, and critics of its latents beside places and beside whole rows."""

    encoder: Encoder
    places: PlaceCritics
    bound: str
    prior: bool

    def make(self, key: Array) -> Model:
        """Make encoder, critics, and what tells latents from the prior."""
        import jax

        keys = jax.random.split(key, 3)
        k, p = self.encoder.n_components, self.encoder.n_features
        return {
            "encoder": self.encoder.make(keys[0]),
            "local": self.places.make(),
            "global": separable(keys[1], p, k, N_EMBEDDED, self.encoder.hidden),
            "prior": dense(keys[2], (k, DISCRIMINATOR, 1)),
        }

    def loss(
        self,
        model: Model,
        batch: Mapping[str, Array],
        valid: Array,
        at: Mapping[str, Array],
    ) -> tuple[Array, dict[str, Array]]:
        """Minus the weighted bounds, and what tells the latents from the prior."""
        rows = batch["x"]
        latents = self.encode(model, rows)
        at_places = self.places.scores(model["local"], batch["places"], rows, latents)
        local = mean_bound(self.bound, at_places, valid)
        whole = scores(model["global"], rows, latents)[None]
        of_all = mean_bound(self.bound, whole, valid)
        loss = -at["local_weight"] * local - at["global_weight"] * of_all
        if self.prior:
            loss += at["prior_weight"] * self._told(model, batch, latents, valid)
        return loss, {"local": local, "global": of_all}

    def _told(
        self, model: Model, batch: Mapping[str, Array], latents: Array, valid: Array
    ) -> Array:
        """Loss of telling latents from draws of the prior; the encoder gains by it.

        Its gradient is turned where it enters the encoder, so that one step trains
        both sides of the game.
        """
        import jax
        import jax.numpy as jnp

        turned = 2 * jax.lax.stop_gradient(latents) - latents
        drawn = each(model["prior"], batch["prior"])[:, 0]
        made = each(model["prior"], turned)[:, 0]
        losses = jnp.logaddexp(0.0, -drawn) + jnp.logaddexp(0.0, made)
        return (losses * valid).sum() / valid.sum()

    def encode(self, model: Model, rows: Array) -> Array:
        """Latents of rows."""
        return self.encoder.features(model["encoder"], rows)[-1]


class DeepInfoMax(Contrastive):
    r"""Latents that share much information with every place of the input.

    .. math:: \max \; \lambda_l \frac1L \sum_{l=1}^{L} \hat I(X_l; Z)
              + \lambda_g \hat I(X; Z)

    Places X_l are the columns of a table, or overlapping patches of an image, a quarter
    of its side each. Î is a lower bound on the information (or an objective that rises
    with it), from critics that learn to tell the latents of a row from those of the
    other rows of the batch. No label is needed.

    Parameters
    ----------
    n_components : int, default=16
        Number of latents.
    bound : {"infonce", "jsd", "nwj", "dv"}, default="infonce"
        What stands for Î, as in :mod:`mifs.probability`; ``"jsd"`` is no bound.
    local_weight : float, default=1.0
        Weight λ_l of the places, of which a step asks eight, drawn anew.
    global_weight : float, default=0.0
        Weight λ_g of the whole row.
    prior : {"normal", "uniform"} or None, default=None
        Law that the latents are pressed to have, by a network that tells them from
        draws of it and that the encoder deceives; uniform is that from 0 to 1.
    prior_weight : float, default=0.1
        Weight of the prior.
    image_shape : tuple (h, w) or (h, w, c), or None, default=None
        Rows are flattened images.
    hidden_layer_sizes : tuple of int, default=(128,)
        Hidden layers of the encoder, beside a linear map.
    batch_size : int, default=128
        Rows that are compared with each other; smaller batches are filled up.
    learning_rate : float, default=0.01
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
        Draws weights, batches and places.
    verbose : int, default=0
        1: a bar with the loss; 2: a line for each epoch.

    Attributes
    ----------
    history_ : DataFrame, one row an epoch
        ``loss`` and the bounds, means over the epoch, nats: ``local`` and ``global``;
        ``validation_loss`` with `early_stopping`.
    bounds_ : dict of str to float
        The bounds of the rows of `fit` at the end, nats.
    mean_, scale_ : ndarray of shape (p,)
        Mean and scale of the columns, by which the encoder sees them; pixels of images
        have one scale.
    n_iter_ : int
        Epochs run.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (p,)
        Names of the columns, if all are strings.

    See Also
    --------
    AMDIM : Predicts one view of a row from another.
    mifs.measures.representation_information : What latents tell of a label.
    mifs.InfoMaxSelector : Chooses columns by the same principle.

    Notes
    -----
    Latents have mean 0 and variance 1 over the rows of `fit`. A deterministic encoder
    keeps infinite information of continuous columns: the bounds say what the critics
    can see, not what is there, and how well latents serve depends on the critics and
    on the encoder more than on the bound (Tschannen et al. 2020).

    References
    ----------
    R. D. Hjelm et al., "Learning deep representations by mutual information estimation
    and maximization", 2019; M. Tschannen et al., "On mutual information maximization
    for representation learning", 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs.representations import DeepInfoMax
    >>> X, y = load_wine(return_X_y=True)
    >>> model = DeepInfoMax(3, max_iter=30, random_state=0).fit(X)
    >>> model.transform(X).shape
    (178, 3)
    >>> bool(model.bounds_["local"] > 0.3)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Contrastive._parameter_constraints,
        "local_weight": [Interval(Real, 0, None, closed="left")],
        "global_weight": [Interval(Real, 0, None, closed="left")],
        "prior": [StrOptions({"normal", "uniform"}), None],
        "prior_weight": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_components: int = 16,
        *,
        bound: Literal["infonce", "jsd", "nwj", "dv"] = "infonce",
        local_weight: float = 1.0,
        global_weight: float = 0.0,
        prior: Literal["normal", "uniform"] | None = None,
        prior_weight: float = 0.1,
        image_shape: tuple[int, ...] | None = None,
        hidden_layer_sizes: tuple[int, ...] = (128,),
        batch_size: int = 128,
        learning_rate: float = 1e-2,
        max_iter: int = 100,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        random_state: Seed = None,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.bound = bound
        self.local_weight = local_weight
        self.global_weight = global_weight
        self.prior = prior
        self.prior_weight = prior_weight
        self.image_shape = image_shape
        self.hidden_layer_sizes = hidden_layer_sizes
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _learner(self) -> InfoMax:
        places, matched = self._places(), self.prior is not None
        return InfoMax(self._encoder(), places, self.bound, matched)

    def _settings(self, epoch: int) -> Settings:
        names = "local_weight", "global_weight", "prior_weight"
        return {name: np.float32(getattr(self, name)) for name in names}

    def _view(self, batch: Columns, rng: np.random.Generator) -> Columns:
        seen = {**batch, "places": self._places().draw(rng)}
        shape = len(batch["x"]), int(self.n_components)
        if self.prior == "normal":
            seen["prior"] = rng.standard_normal(shape, np.float32)
        elif self.prior == "uniform":
            seen["prior"] = rng.random(shape, np.float32)
        return seen
