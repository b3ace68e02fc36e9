"""What learned transformers share: parameters, reading, training, latents."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import pandas as pd
from numpy.random import RandomState
from sklearn.base import (
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs._arrays import FloatArray
from mifs._learning.batches import Columns, Singles
from mifs._learning.extra import need_extra
from mifs._learning.training import (
    Compiled,
    Learner,
    Parts,
    Plan,
    Settings,
    compiled,
    encoded,
    look,
    train,
)
from mifs._parameters import Parameters
from mifs.selectors._progress import progress_bar

Seed: TypeAlias = int | RandomState | None


class Representation(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Parameters):
    """A transformer that trains a network by mini-batches, in float32."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "hidden_layer_sizes": ["array-like"],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    n_components: int
    hidden_layer_sizes: tuple[int, ...]
    batch_size: int
    learning_rate: float
    max_iter: int
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    random_state: Seed
    verbose: int
    n_features_in_: int

    @abstractmethod
    def _learner(self) -> Learner:
        """Say what is learned of the columns that were seen."""

    def _settings(self, epoch: int) -> Settings:
        """Numbers that a step needs beside the rows."""
        return {}

    def _view(self, batch: Columns, rng: np.random.Generator) -> Columns:
        """Give what a step sees of a batch: all of it."""
        return batch

    def _conclude(self, data: Columns) -> None:
        """Set attributes of the trained model."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the representation.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Numbers, none of them missing; at least two rows.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ImportError
            Without the packages of the extra: ``pip install 'mifs[learn]'``.
        ValueError
            Fewer than two rows, or values that are missing or infinite.
        DivergedError
            The loss is no number any more.
        """
        need_extra(type(self).__name__)
        return self._fit({"x": self._read(X, reset=True)})

    def _fit(self, data: Columns) -> Self:
        seed = int(
            check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        )
        with telling(type(self).__name__, self.verbose) as tell:
            trained = train(
                self._learner(),
                data,
                self._plan(),
                seed,
                settings=self._settings,
                view=self._view,
                tell=tell,
            )
        self._weights = trained.weights
        self.history_ = pd.DataFrame(trained.history).set_index("epoch")
        self.n_iter_ = len(self.history_)
        self._conclude(data)
        return self

    def _plan(self) -> Plan:
        return Plan(
            int(self.batch_size),
            float(self.learning_rate),
            int(self.max_iter),
            float(self.validation_fraction) if self.early_stopping else 0.0,
            int(self.n_iter_no_change),
        )

    def transform(self, X: Any) -> Singles:
        """Give the latents of rows, without noise.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Columns as in `fit`.

        Returns
        -------
        Z : ndarray of shape (n, n_components), float32
            Or the frame that ``set_output`` asks for.

        Raises
        ------
        ValueError
            Other columns than in `fit`, or values that are missing or infinite.
        """
        check_is_fitted(self)
        return self._encoded(self._read(X, reset=False))

    def _encoded(self, rows: Singles) -> Singles:
        ready, weights = self._ready()
        return encoded(ready, weights, rows, int(self.batch_size))

    def _ready(self) -> tuple[Compiled, Any]:
        """Compiled functions, and the weights in the form that these take."""
        need_extra(type(self).__name__)
        ready = compiled(self._learner())
        return ready, ready.unflatten(self._weights)

    def _look(self, data: Columns) -> Parts:
        """Mean over rows of what the learner tells, at the settings of the end."""
        ready, weights = self._ready()
        at = self._settings(int(self.max_iter))
        return look(ready, weights, data, int(self.batch_size), at, self._view)

    def _read(self, X: object, *, reset: bool) -> Singles:
        """Rows less the mean over the scale of each column, as seen in `fit`."""
        values = validate_data(
            self,
            X,
            reset=reset,
            dtype=np.float64,
            ensure_all_finite=False,
            ensure_min_samples=2 if reset else 1,
        )
        self._check_finite(values)
        if reset:
            self.mean_ = values.mean(axis=0)
            self.scale_ = self._scales(values)
        return np.asarray((values - self.mean_) / self.scale_, np.float32)

    def _scales(self, values: FloatArray) -> FloatArray:
        """Give standard deviations of columns; that of a constant counts as 1."""
        deviations = values.std(axis=0)
        tiny = deviations <= 1e-7 * np.abs(values).max(axis=0)
        return np.where(tiny, 1.0, deviations)

    def _check_finite(self, values: FloatArray) -> None:
        wrong = np.argwhere(~np.isfinite(values))
        if not len(wrong):
            return
        row, column = wrong[0].tolist()
        value = "NaN" if np.isnan(values[row, column]) else "infinity"
        names = getattr(self, "feature_names_in_", None)
        label = column if names is None else names[column]
        raise ValueError(
            f"Input X contains {value}: column {label!r}, row {row}; fill such values, "
            "as by SimpleImputer, or leave the rows out"
        )

    def _hidden(self) -> tuple[int, ...]:
        return tuple(int(size) for size in np.atleast_1d(self.hidden_layer_sizes))

    @property
    def _n_features_out(self) -> int:
        return int(self.n_components)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


@contextmanager
def telling(name: str, verbose: int) -> Iterator[Callable[[int, int, float], None]]:
    """Yield what is told after an epoch: a bar with the loss, or lines of them."""
    if verbose > 1:
        yield lambda epoch, total, loss: _write(
            f"{name}: epoch {epoch} of {total}, loss {loss:.5g}"
        )
        return
    with progress_bar(name, int(verbose)) as advance:

        def tell(epoch: int, total: int, loss: float) -> None:
            if advance is not None:
                advance(epoch, total, f"loss {loss:.5g}")

        yield tell


def _write(line: str) -> None:
    sys.stderr.write(f"{line}\n")
