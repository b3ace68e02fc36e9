"""Networks of equinox: dense layers, and the places of a table or image."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mifs._arrays import IntArray

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model: TypeAlias = dict[str, Module]


def dense(key: Array, sizes: tuple[int, ...]) -> Module:
    """Make linear layers with rectifiers between them."""
    import equinox as eqx
    import jax

    keys = jax.random.split(key, len(sizes))
    layers = []
    for k, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers += [eqx.nn.Linear(n_in, n_out, key=keys[k]), eqx.nn.Lambda(jax.nn.relu)]
    return eqx.nn.Sequential(layers[:-1])


def each(network: Module, rows: Array) -> Array:
    """Apply a network to all rows, whatever axes stand before the last one."""
    import jax

    flat = rows.reshape(-1, rows.shape[-1])
    out = jax.vmap(network)(flat)
    return out.reshape(*rows.shape[:-1], -1)


@dataclass(frozen=True)
class Layout:
    """The places of a row: its columns, or overlapping patches of an image.

    Parameters
    ----------
    n_features : int
    image_shape : tuple of (h, w, c), or None
    """

    n_features: int
    image_shape: tuple[int, int, int] | None = None

    def places(self) -> IntArray:
        """Columns (n_places, n_pixels) of each place.

        A patch is a quarter of the image high and wide, and begins in the middle of
        its neighbour.
        """
        if self.image_shape is None:
            return np.arange(self.n_features)[:, None]
        h, w, c = self.image_shape
        pixels = np.arange(self.n_features).reshape(h, w, c)
        (tops, high), (lefts, wide) = _starts(h), _starts(w)
        cut = [pixels[t : t + high, s : s + wide].ravel() for t in tops for s in lefts]
        return np.array(cut)


def _starts(side: int) -> tuple[list[int], int]:
    """Where patches begin along a side, and how long they are."""
    long = -(-side // 4)
    return [*range(0, side - long, -(-long // 2)), side - long], long


@dataclass(frozen=True)
class Encoder:
    """From rows to latents: dense layers, and a linear map beside them."""

    n_features: int
    n_components: int
    hidden: tuple[int, ...]

    def make(self, key: Array) -> Model:
        """Make its parts."""
        import jax

        keys = jax.random.split(key, 3)
        p, k = self.n_features, self.n_components
        model = {"linear": dense(keys[0], (p, k))}
        if self.hidden:
            model["trunk"] = dense(keys[1], (p, *self.hidden))
            model["head"] = dense(keys[2], (self.hidden[-1], k))
        return model

    def features(self, model: Model, rows: Array) -> list[Array]:
        """Give the last hidden layer, if there is one, and the latents."""
        import jax

        linear = each(model["linear"], rows)
        if not self.hidden:
            return [linear]
        hidden = jax.nn.relu(each(model["trunk"], rows))
        return [hidden, linear + each(model["head"], hidden)]
