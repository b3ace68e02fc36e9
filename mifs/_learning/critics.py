"""Critics: what tells pairs that belong together from pairs that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import IntArray
from mifs._learning.networks import Layout, dense, each
from mifs.probability import _objectives

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Critic = dict[str, Module]
    Bound = Callable[[Array, Array], Array]

# Features of a place, and places that a step asks.
PER_PLACE, AT_ONCE = 16, 8
# What critics maximise, by name.
BOUNDS: dict[str, Bound] = {
    "infonce": _objectives.infonce,
    "nwj": _objectives.nwj,
    "dv": _objectives.donsker_varadhan,
    "jsd": _objectives.jensen_shannon,
}


def separable(
    key: Array, n_x: int, n_y: int, n_embedded: int, hidden: tuple[int, ...] = ()
) -> Critic:
    """Make a critic g(x)·h(y): linear maps of both, and dense layers beside them.

    What is linear is there from the start: the critic of normal variables is bilinear,
    but for a function of each alone.
    """
    import jax

    keys = jax.random.split(key, 4)
    critic = {
        "x": dense(keys[0], (n_x, n_embedded)),
        "y": dense(keys[1], (n_y, n_embedded)),
    }
    if hidden:
        critic["bent_x"] = dense(keys[2], (n_x, *hidden, n_embedded))
        critic["bent_y"] = dense(keys[3], (n_y, *hidden, n_embedded))
    return critic


def embedded(critic: Critic, side: str, values: Array) -> Array:
    """Embed one side of pairs, (..., n_embedded)."""
    linear = each(critic[side], values)
    bent = critic.get(f"bent_{side}")
    return linear if bent is None else linear + each(bent, values)


def scores(critic: Critic, x: Array, y: Array) -> Array:
    """Scores (n, n) of all x_i with all y_j."""
    left, right = embedded(critic, "x", x), embedded(critic, "y", y)
    return left @ right.T / left.shape[-1] ** 0.5


@dataclass(frozen=True)
class PlaceCritics:
    """A critic for each place of a row beside the latents: g(place)·(W z).

    Each g has a hidden layer. A step asks some of the places, drawn anew.
    """

    layout: Layout
    n_latents: int

    def make(self) -> Critic:
        """Make the weights of all places."""
        import jax.numpy as jnp

        n_places, n_pixels = self.layout.places().shape
        shapes = {
            "in": (n_places, PER_PLACE, n_pixels),
            "shift": (n_places, PER_PLACE, 1),
            "out": (n_places, PER_PLACE, PER_PLACE),
            "latents": (n_places, PER_PLACE, self.n_latents),
        }
        return {name: jnp.zeros(shape) for name, shape in shapes.items()}

    def draw(self, rng: np.random.Generator) -> IntArray:
        """Draw the places of a step."""
        n_places = len(self.layout.places())
        if n_places <= AT_ONCE:
            return np.arange(n_places)
        return np.sort(rng.choice(n_places, AT_ONCE, replace=False))

    def scores(self, critic: Critic, chosen: Array, rows: Array, z: Array) -> Array:
        """Scores (places, n, n) of what stands at each place with all latents."""
        import jax
        import jax.numpy as jnp

        at = {name: weights[chosen] for name, weights in critic.items()}
        pixels = rows[:, jnp.asarray(self.layout.places())[chosen]]
        bent = jnp.einsum("nlp,lhp->lnh", pixels, at["in"]) + at["shift"][:, None, :, 0]
        left = jnp.einsum("lnh,leh->lne", jax.nn.relu(bent), at["out"])
        right = jnp.einsum("nk,lek->lne", z, at["latents"])
        return jnp.einsum("lie,lje->lij", left, right) / PER_PLACE**0.5


def mean_bound(bound: str, matrices: Array, valid: Array) -> Array:
    """Mean over places of a bound, of scores (places, n, n)."""
    import jax

    return jax.vmap(BOUNDS[bound], (0, None))(matrices, valid).mean()
