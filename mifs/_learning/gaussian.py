"""Normal latents: a posterior for each row, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mifs.probability import _objectives

if TYPE_CHECKING:
    from jax import Array

# Logarithms of standard deviations that float32 can square.
LEAST, MOST = -10.0, 10.0


def posterior(out: Array, log_std: Array | None = None) -> tuple[Array, Array]:
    """Means and standard deviations, (n, k) each, out of what an encoder gives.

    Without a `log_std` of all rows, half of the outputs are logarithms of deviations.
    """
    import jax.numpy as jnp

    if log_std is None:
        mean, log_std = jnp.split(out, 2, axis=1)
    else:
        mean, log_std = out, jnp.broadcast_to(log_std, out.shape)
    return mean, jnp.exp(jnp.clip(log_std, LEAST, MOST))


def divergences(mean: Array, std: Array) -> Array:
    """D(q(z|x) || N(0, 1)) of each row and latent, nats."""
    import jax.numpy as jnp

    standard = jnp.zeros_like(mean), jnp.ones_like(std)
    return _objectives.gaussian_divergences(mean, std, *standard)


def over_rows(values: Array, valid: Array) -> Array:
    """Mean over the rows that are there."""
    return (values.T * valid).T.sum(axis=0) / valid.sum()
