"""Networks of equinox: dense layers, and features of the places of a table or image."""

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

# Features of a place of a column.
PER_COLUMN = 16


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
    """How the columns of a table lie: side by side, or as pixels of an image.

    Parameters
    ----------
    n_features : int
    image_shape : tuple of (h, w, c), or None
    """

    n_features: int
    image_shape: tuple[int, int, int] | None = None

    def patches(self) -> IntArray:
        """Columns (n_places, n_pixels) of the patches of an image.

        A patch is half as high and wide as the image, and patches overlap by half:
        three by three of them.
        """
        if self.image_shape is None:
            raise ValueError("a table has no patches")
        h, w, c = self.image_shape
        pixels = np.arange(self.n_features).reshape(h, w, c)
        (tops, high), (lefts, wide) = _starts(h), _starts(w)
        cut = [pixels[t : t + high, s : s + wide].ravel() for t in tops for s in lefts]
        return np.array(cut)

    @property
    def n_places(self) -> int:
        """How many places have features of their own."""
        return self.n_features if self.image_shape is None else len(self.patches())


def _starts(side: int) -> tuple[list[int], int]:
    """Where patches begin along a side, and how long they are."""
    long = max(1, -(-side // 2))
    return sorted({0, (side - long) // 2, side - long}), long


@dataclass(frozen=True)
class Encoder:
    """From rows to latents, with features of places on the way.

    Of an image the places are patches, whose features become the input of the dense
    layers; of a table they are the columns, whose features stand beside.
    """

    layout: Layout
    n_components: int
    hidden: tuple[int, ...]
    n_local: int

    def make(self, key: Array) -> Model:
        """Make its parts from a key."""
        import jax

        one, two, three = jax.random.split(key, 3)
        n_in, local = self._local(one)
        sizes = (n_in, *self.hidden)
        trunk = dense(two, sizes) if self.hidden else None
        head = dense(three, (sizes[-1], self.n_components))
        return {"local": local, "trunk": trunk, "head": head}

    def _local(self, key: Array) -> tuple[int, Module]:
        """Length of the input of the dense layers, and the network of places."""
        import jax.numpy as jnp

        if self.layout.image_shape is None:
            p = self.layout.n_features
            weights = {
                "slope": jnp.zeros((p, PER_COLUMN, 1)),
                "shift": jnp.zeros((p, PER_COLUMN, 1)),
                "out": jnp.zeros((p, self.n_local, PER_COLUMN)),
            }
            return p, weights
        places, pixels = self.layout.patches().shape
        network = dense(key, (pixels, 2 * self.n_local, self.n_local))
        return places * self.n_local, network

    def maps(self, model: Model, rows: Array) -> list[Array]:
        """Features at each scale: (n, places, features), the last ones the latents."""
        import jax

        if self.layout.image_shape is None:
            local, body = self._of_columns(model["local"], rows), rows
        else:
            local = each(model["local"], rows[:, self.layout.patches()])
            body = jax.nn.relu(local).reshape(len(rows), -1)
        scales = [local]
        if model["trunk"] is not None:
            body = jax.nn.relu(each(model["trunk"], body))
            scales.append(body[:, None, :])
        return [*scales, each(model["head"], body)[:, None, :]]

    def _of_columns(self, weights: dict[str, Array], rows: Array) -> Array:
        import jax
        import jax.numpy as jnp

        slope, shift = weights["slope"][:, :, 0], weights["shift"][:, :, 0]
        bent = jax.nn.relu(rows[:, :, None] * slope + shift)
        return jnp.einsum("nph,pch->npc", bent, weights["out"])

    def latents(self, model: Model, rows: Array) -> Array:
        """Latents (n, n_components) of rows."""
        return self.maps(model, rows)[-1][:, 0, :]

    def widths(self) -> list[int]:
        """Features of each scale."""
        return [self.n_local, *self.hidden[-1:], self.n_components]
