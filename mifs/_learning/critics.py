"""Critics: what tells pairs that belong together from pairs that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mifs._learning.networks import dense, each
from mifs.probability import _objectives

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Critic = dict[str, Module]
    Bound = Callable[[Array, Array], Array]

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


def scores_at_places(critic: Critic, local: Array, y: Array) -> Array:
    """Scores (places, n, n) of the features at each place with all y_j."""
    import jax.numpy as jnp

    left, right = embedded(critic, "x", local), embedded(critic, "y", y)
    return jnp.einsum("ile,je->lij", left, right) / left.shape[-1] ** 0.5


def mean_bound(bound: str, matrices: Array, valid: Array) -> Array:
    """Mean over places of a bound."""
    import jax

    return jax.vmap(BOUNDS[bound], (0, None))(matrices, valid).mean()
