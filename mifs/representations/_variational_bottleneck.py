"""The variational information bottleneck: what latents keep for the sake of a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from mifs._arrays import FloatArray, IntArray
from mifs._data.cutting import bin_codes
from mifs._data.target import read_target
from mifs._learning.batches import Columns, Singles
from mifs._learning.extra import need_extra
from mifs._learning.gaussian import divergences, over_rows, posterior
from mifs._learning.networks import dense, each
from mifs._learning.training import Settings
from mifs.discretizers._base import read_classes
from mifs.probability import _objectives, entropy
from mifs.representations._base import Representation, Seed

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model = dict[str, Module]


@dataclass(frozen=True)
class Bottleneck:
    """An encoder of rows to normal latents, and a linear classifier of these."""

    n_features: int
    n_components: int
    hidden: tuple[int, ...]
    n_classes: int

    def make(self, key: Array) -> Model:
        """Make encoder and classifier."""
        import jax

        one, two = jax.random.split(key)
        k = self.n_components
        encoder = dense(one, (self.n_features, *self.hidden, 2 * k))
        return {"encoder": encoder, "classes": dense(two, (k, self.n_classes))}

    def loss(
        self,
        model: Model,
        batch: Mapping[str, Array],
        valid: Array,
        at: Mapping[str, Array],
    ) -> tuple[Array, dict[str, Array]]:
        """Cross-entropy of the classes, and the rate over β, nats a row."""
        mean, std = posterior(each(model["encoder"], batch["x"]))
        scores = each(model["classes"], mean + std * batch["noise"])
        log_q = _objectives.log_softmax(scores)
        lost = over_rows(_objectives.soft_losses(batch["y"], log_q), valid)
        rate = over_rows(divergences(mean, std), valid).sum()
        return lost + rate / at["beta"], {"rate": rate, "cross_entropy": lost}

    def encode(self, model: Model, rows: Array) -> Array:
        """Means of the latents."""
        return posterior(each(model["encoder"], rows))[0]


class VariationalBottleneck(Representation):
    r"""Latents that keep little of X, and of that what tells of y.

    .. math:: \min \; E\, D(q(z|x) \| N(0, I)) + \beta\, E[-\log q(y|z)]

    The first part, the rate, is an upper bound on I(X;Z). H(Y) less the second is a
    lower bound on I(Z;Y). So the objective bounds that of the information bottleneck,
    I(X;Z) - β I(Z;Y), from above, up to β H(Y). Latents are normal given x, and a
    linear classifier reads them.

    Parameters
    ----------
    n_components : int, default=16
        Number of latents.
    beta : float, default=100.0
        What a nat of I(Z;Y) is worth, in nats of I(X;Z), above 0. At 1 and below
        nothing is kept. Papers that put β before the rate mean its inverse.
    discrete_target : {"auto", True, False}, default="auto"
        Whether the target has classes. "auto": booleans, strings, categories, and
        integers of at most max(2, min(100, n/2)) distinct values.
    n_target_bins : int or "auto", default="auto"
        A continuous target is first cut into so many quantile bins (inverted CDF,
        closed on the right); "auto" is round(n^(1/3)), at least 3 and at most 10.
    hidden_layer_sizes : tuple of int, default=(128,)
        Hidden layers of the encoder.
    batch_size : int, default=128
        Rows of a step; smaller batches are filled up.
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
        Draws weights, batches and noise.
    verbose : int, default=0
        1: a bar with the loss; 2: a line for each epoch.

    Attributes
    ----------
    history_ : DataFrame, one row an epoch
        ``loss``, ``rate`` and ``cross_entropy``, means over the epoch, nats;
        ``validation_loss`` with `early_stopping`.
    rate_ : float
        Mean rate of the rows of `fit`, nats: at least I(X;Z).
    information_ : float
        H(Y) less the cross-entropy of the rows of `fit`, nats. Of rows that were not
        learned, as `score` takes, it is at most I(Z;Y) on average.
    classes_ : ndarray or None
        Sorted classes of the target; None where it was cut into bins.
    target_edges_ : ndarray or None
        Edges of the bins of a continuous target.
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
    mifs.probability.information_bottleneck : The exact curve of given distributions.
    mifs.InformationBottleneckEncoder : Merges levels of each column for a target.

    References
    ----------
    A. Alemi et al., "Deep variational information bottleneck", 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs.representations import VariationalBottleneck
    >>> X, y = load_wine(return_X_y=True)
    >>> model = VariationalBottleneck(2, random_state=0).fit(X, y)
    >>> model.transform(X).shape
    (178, 2)
    >>> bool(0.9 < model.information_ < 1.1)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Representation._parameter_constraints,
        "beta": [Interval(Real, 0, None, closed="neither")],
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "n_target_bins": [
            StrOptions({"auto"}),
            Interval(Integral, 2, None, closed="left"),
        ],
    }

    def __init__(
        self,
        n_components: int = 16,
        *,
        beta: float = 100.0,
        discrete_target: bool | Literal["auto"] = "auto",
        n_target_bins: int | Literal["auto"] = "auto",
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
        self.beta = beta
        self.discrete_target = discrete_target
        self.n_target_bins = n_target_bins
        self.hidden_layer_sizes = hidden_layer_sizes
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the representation.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Numbers, none of them missing; at least two rows.
        y : array-like of shape (n,)
            Target; numbers, strings, booleans or categories, none missing.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ImportError
            Without the packages of the extra: ``pip install 'mifs[learn]'``.
        ValueError
            Fewer than two rows, no target, or values that are missing or infinite.
        DivergedError
            The loss is no number any more.
        """
        need_extra(type(self).__name__)
        if y is None:
            raise ValueError(
                "VariationalBottleneck requires y to be passed, but the target y is "
                "None"
            )
        rows = self._read(X, reset=True)
        self._learn_classes(y, len(rows))
        return self._fit({"x": rows, "y": self._memberships(y, len(rows))})

    def _learn_classes(self, y: Any, n_rows: int) -> None:
        classes = read_classes(y, n_rows, self.discrete_target, self.n_target_bins)
        self.target_edges_ = classes.edges
        self.classes_ = np.unique(column_or_1d(y)) if classes.edges is None else None
        self._n_classes = classes.n_classes

    def _memberships(self, y: Any, n_rows: int) -> Singles:
        """1 in the column (n, n_classes) of the class of each row, else 0."""
        return np.eye(self._n_classes, dtype=np.float32)[self._codes(y, n_rows)]

    def _codes(self, y: Any, n_rows: int) -> IntArray:
        if self.target_edges_ is not None:
            values = read_target(y, n_rows, False).values
            return bin_codes(values, self.target_edges_)
        labels = column_or_1d(y)
        check_consistent_length(np.empty(n_rows), labels)
        classes = np.asarray(self.classes_)
        codes: IntArray = np.searchsorted(classes, labels).clip(max=self._n_classes - 1)
        unknown = np.flatnonzero(classes[codes] != labels)
        if len(unknown):
            name = str(labels[unknown[0]])
            raise ValueError(
                f"y has the class {name!r}, unseen in fit; pass rows of the classes "
                f"{classes[:10].tolist()}"
            )
        return codes

    def _learner(self) -> Bottleneck:
        k, hidden = int(self.n_components), self._hidden()
        return Bottleneck(self.n_features_in_, k, hidden, self._n_classes)

    def _settings(self, epoch: int) -> Settings:
        return {"beta": np.float32(self.beta)}

    def _view(self, batch: Columns, rng: np.random.Generator) -> Columns:
        shape = len(batch["x"]), int(self.n_components)
        return {**batch, "noise": rng.standard_normal(shape, np.float32)}

    def _conclude(self, data: Columns) -> None:
        self.rate_, self.information_ = self._plane(data)

    def _plane(self, data: Columns) -> tuple[float, float]:
        """Rate and bound on I(Z;Y) of rows, nats."""
        parts = self._look(data)
        shares: FloatArray = data["y"].mean(axis=0, dtype=np.float64)
        told = entropy(shares, normalize=True) - parts["cross_entropy"]
        return float(parts["rate"]), float(told)

    def score(self, X: Any, y: Any) -> float:
        """Lower bound on I(Z;Y), of rows that were not learned.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Columns as in `fit`.
        y : array-like of shape (n,)
            Target as in `fit`.

        Returns
        -------
        float
            H(Y) less the cross-entropy, nats; below 0 for a bad model.
        """
        check_is_fitted(self)
        rows = self._read(X, reset=False)
        return self._plane({"x": rows, "y": self._memberships(y, len(rows))})[1]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
