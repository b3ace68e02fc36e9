"""What the models that maximise information share: places, and latents of one size."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from mifs._arrays import FloatArray
from mifs._learning.batches import Columns, Singles
from mifs._learning.critics import BOUNDS, PlaceCritics
from mifs._learning.networks import Encoder, Layout
from mifs.representations._base import Representation

# Numbers that a critic compares.
N_EMBEDDED = 64


class Contrastive(Representation):
    """Its latents are scaled to mean 0 and variance 1 over the rows of `fit`."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Representation._parameter_constraints,
        "image_shape": [tuple, list, None],
        "bound": [StrOptions(set(BOUNDS))],
    }

    image_shape: tuple[int, ...] | None
    bound: str

    def _shape(self) -> tuple[int, int, int] | None:
        """Give height, width and channels of an image, which are all columns.

        Raises
        ------
        ValueError
            Not two or three whole numbers, or another number of pixels than columns.
        """
        if self.image_shape is None:
            return None
        sides = tuple(self.image_shape)
        whole = all(isinstance(side, Integral) and side > 0 for side in sides)
        if not whole or len(sides) not in (2, 3):
            raise ValueError(
                f"image_shape={self.image_shape!r} is no image: pass (height, width) "
                "or (height, width, channels)"
            )
        if np.prod(sides) != self.n_features_in_:
            raise ValueError(
                f"image_shape={self.image_shape!r} has {np.prod(sides)} values, and X "
                f"has {self.n_features_in_} columns: rows are images, flattened"
            )
        h, w, c = (*(int(side) for side in sides), 1)[:3]
        return h, w, c

    def _encoder(self) -> Encoder:
        return Encoder(self.n_features_in_, int(self.n_components), self._hidden())

    def _places(self) -> PlaceCritics:
        layout = Layout(self.n_features_in_, self._shape())
        return PlaceCritics(layout, int(self.n_components))

    def _scales(self, values: FloatArray) -> FloatArray:
        """Give one scale to all pixels of an image, which have one unit."""
        if self._shape() is None:
            return super()._scales(values)
        return np.full(values.shape[1], values.std() or 1.0)

    def _conclude(self, data: Columns) -> None:
        parts = self._look(data)
        self.bounds_ = {name: float(part) for name, part in parts.items()}
        del self.bounds_["loss"]
        self._center, self._spread = np.zeros(1, np.float32), np.ones(1, np.float32)
        latents = self._encoded(data["x"])
        self._center = latents.mean(axis=0)
        spread = latents.std(axis=0)
        self._spread = np.where(spread > 0, spread, 1).astype(np.float32)

    def _encoded(self, rows: Singles) -> Singles:
        latents: Singles = (super()._encoded(rows) - self._center) / self._spread
        return latents

    def score(self, X: Any, y: Any = None) -> float:
        """Weighted bounds of rows, what is maximised: the higher, the better.

        Parameters
        ----------
        X : array-like of shape (n, p)
            Columns as in `fit`; at least two rows, since they are told apart.
        y : None
            Ignored.

        Returns
        -------
        float
            Nats; minus the loss.
        """
        check_is_fitted(self)
        rows = self._read(X, reset=False)
        if len(rows) < 2:
            raise ValueError("X has 1 row, which nothing is told apart from: pass more")
        return -float(self._look({"x": rows})["loss"])
