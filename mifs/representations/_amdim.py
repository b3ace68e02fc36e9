"""AMDIM: latents of one view of a row that say much about another view of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from sklearn.utils._param_validation import Interval

from mifs._learning.batches import Columns, Singles
from mifs._learning.critics import PlaceCritics, mean_bound, scores, separable
from mifs._learning.networks import Encoder
from mifs._learning.training import Settings
from mifs.representations import _augmentations
from mifs.representations._base import Seed
from mifs.representations._contrastive import N_EMBEDDED, Contrastive

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model = dict[str, Module]

# Scores beyond it hardly grow, so that no pair outweighs all others.
SCORES = 10.0


@dataclass(frozen=True)
class TwoViews:
    """An encoder, and critics of its latents beside each scale of the other view."""

    encoder: Encoder
    places: PlaceCritics
    bound: str

    def make(self, key: Array) -> Model:
        """Make encoder and critics."""
        import jax

        keys = jax.random.split(key, 3)
        k = self.encoder.n_components
        model = {
            "encoder": self.encoder.make(keys[0]),
            "places": self.places.make(),
            "latents": separable(keys[1], k, k, N_EMBEDDED),
        }
        if self.encoder.hidden:
            width = self.encoder.hidden[-1]
            model["hidden"] = separable(keys[2], width, k, N_EMBEDDED)
        return model

    def loss(
        self,
        model: Model,
        batch: Mapping[str, Array],
        valid: Array,
        at: Mapping[str, Array],
    ) -> tuple[Array, dict[str, Array]]:
        """Minus the bounds of all scales, both views in turn predicted by the other."""
        views = batch["x"], batch["other"]
        features = [self.encoder.features(model["encoder"], rows) for rows in views]
        there, back = (
            self._bounds(model, batch["places"], views[a], features[a], latents, valid)
            for a, latents in ((1, features[0][-1]), (0, features[1][-1]))
        )
        parts = {name: (there[name] + back[name]) / 2 for name in there}
        weighted = {**parts, "places": at["local_weight"] * parts["places"]}
        return -sum(weighted.values()), parts

    def _bounds(
        self,
        model: Model,
        chosen: Array,
        rows: Array,
        features: list[Array],
        latents: Array,
        valid: Array,
    ) -> dict[str, Array]:
        """Bound of each scale of one view beside the latents of the other."""
        import jax.numpy as jnp

        found = {
            "places": self.places.scores(model["places"], chosen, rows, latents),
            "latents": scores(model["latents"], features[-1], latents)[None],
        }
        if "hidden" in model:
            found["hidden"] = scores(model["hidden"], features[0], latents)[None]
        return {
            name: mean_bound(self.bound, SCORES * jnp.tanh(each / SCORES), valid)
            for name, each in found.items()
        }

    def encode(self, model: Model, rows: Array) -> Array:
        """Latents of rows."""
        return self.encoder.features(model["encoder"], rows)[-1]


class AMDIM(Contrastive):
    r"""Latents of one view of a row that share information with another view of it.

    .. math:: \max \; \lambda \hat I(X'_l; Z) + \hat I(H'; Z) + \hat I(Z'; Z)

    Each step sees two views of a row, each augmented in its own way: noise, missing
    columns, shifts. The latents Z of the first are to say much about the other at every
    scale: its places X'_l (columns, or patches of an image; the mean over them), the
    last hidden layer H', and the latents Z'; and the other way round. What the
    augmentations change is of no use, and is forgotten.

    Parameters
    ----------
    n_components : int, default=16
        Number of latents.
    augmentations : str, function, or a list of them, default="auto"
        ``"noise"``: normal noise of 0.3 standard deviations; ``"mask"``: the mean in
        place of a fifth of the columns; ``"shift"``: an image moves by up to an eighth
        of its sides; ``"crop"``: a part of it of at least three quarters of the sides,
        enlarged. ``"auto"``: noise and mask. A function is given rows in the units of
        `fit` and a ``numpy.random.Generator``, and returns as many rows.
    bound : {"infonce", "jsd", "nwj", "dv"}, default="infonce"
        What stands for Î, as in :mod:`mifs.probability`; ``"jsd"`` is no bound.
    local_weight : float, default=8.0
        Weight λ of the places, of which a step asks eight, drawn anew.
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
        Draws weights, batches and views.
    verbose : int, default=0
        1: a bar with the loss; 2: a line for each epoch.

    Attributes
    ----------
    history_ : DataFrame, one row an epoch
        ``loss`` and the bounds, means over the epoch, nats: ``places``, ``hidden`` and
        ``latents``; ``validation_loss`` with `early_stopping`.
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
    DeepInfoMax : Of one view.

    Notes
    -----
    Latents have mean 0 and variance 1 over the rows of `fit`; `transform` augments
    nothing. Scores of critics are bent by 10 tanh(s / 10).

    References
    ----------
    P. Bachman, R. D. Hjelm, W. Buchwalter, "Learning representations by maximizing
    mutual information across views", 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs.representations import AMDIM
    >>> X, y = load_wine(return_X_y=True)
    >>> model = AMDIM(3, augmentations="noise", max_iter=30, random_state=0).fit(X)
    >>> model.transform(X).shape
    (178, 3)
    >>> sorted(model.bounds_)
    ['hidden', 'latents', 'places']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Contrastive._parameter_constraints,
        "augmentations": [str, callable, "array-like"],
        "local_weight": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_components: int = 16,
        *,
        augmentations: str
        | _augmentations.Augmentation
        | Sequence[str | _augmentations.Augmentation] = "auto",
        bound: Literal["infonce", "jsd", "nwj", "dv"] = "infonce",
        local_weight: float = 8.0,
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
        self.augmentations = augmentations
        self.bound = bound
        self.local_weight = local_weight
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

    def _learner(self) -> TwoViews:
        return TwoViews(self._encoder(), self._places(), self.bound)

    def _settings(self, epoch: int) -> Settings:
        return {"local_weight": np.float32(self.local_weight)}

    def _view(self, batch: Columns, rng: np.random.Generator) -> Columns:
        rows = batch["x"]
        views = {name: self._augmented(rows, rng) for name in ("x", "other")}
        return {**batch, **views, "places": self._places().draw(rng)}

    def _augmented(self, rows: Singles, rng: np.random.Generator) -> Singles:
        shape = self._shape()
        for one in _augmentations.resolve(self.augmentations, shape):
            if callable(one):
                rows = self._by_user(one, rows, rng)
            else:
                rows = _augmentations.known(one, shape)(rows, rng)
        return rows

    def _by_user(
        self,
        function: Callable[[Any, np.random.Generator], Any],
        rows: Singles,
        rng: np.random.Generator,
    ) -> Singles:
        """Rows as a function changes them, which sees them in the units of `fit`."""
        given = rows * self.scale_ + self.mean_
        changed = np.asarray(function(given, rng))
        if changed.shape != given.shape:
            raise ValueError(
                f"an augmentation made rows of shape {given.shape} to {changed.shape}: "
                "return an array of the same shape"
            )
        return np.asarray((changed - self.mean_) / self.scale_, np.float32)
