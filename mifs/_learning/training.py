"""The loop that trains: compiled steps, batches, early stopping, errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np

from mifs._arrays import FloatArray
from mifs._learning.batches import Columns, Singles, batches, set_aside
from mifs.exceptions import DivergedError

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model: TypeAlias = dict[str, Module]
    Knobs: TypeAlias = Mapping[str, Array | float]

# Numbers that a step needs beside the rows, and that change without a new compilation.
Settings: TypeAlias = Mapping[str, float | np.float32 | Singles]
Parts: TypeAlias = dict[str, FloatArray]
View: TypeAlias = Callable[[Columns, np.random.Generator], Columns]
# The longest gradient: of some bounds they explode.
LONGEST = 1.0


class Learner(Hashable, Protocol):
    """What is learned: equal ones, by hash, share what is compiled."""

    def make(self, key: Array) -> Model:
        """Make a model, of whose weights only the shapes count."""

    def loss(
        self, model: Model, batch: Mapping[str, Array], valid: Array, at: Knobs
    ) -> tuple[Array, dict[str, Array]]:
        """Mean loss of the valid rows, and numbers worth to be told."""

    def encode(self, model: Model, rows: Array) -> Array:
        """Latents of rows."""


@dataclass(frozen=True)
class Plan:
    """How long, how fast, from how many rows at once."""

    batch_size: int
    learning_rate: float
    max_iter: int
    aside: float = 0.0
    patience: int = 10
    tol: float = 1e-4


class Trained(NamedTuple):
    """Weights of the model, and what was told of each epoch."""

    weights: list[Singles]
    history: list[dict[str, float]]


@dataclass(frozen=True)
class Compiled:
    """The shapes of a learner's weights and state, and its compiled functions."""

    form: Array
    state: Array
    step: Callable[..., tuple[Array, Array, dict[str, Array]]]
    look: Callable[..., dict[str, Array]]
    encode: Callable[..., Array]

    def begin(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw weights of variance 1 / inputs; biases, of one axis, and state are 0.

        NumPy draws them: random numbers of jax take seconds to compile.
        """
        import jax

        def draw(leaf: Array) -> Singles:
            if len(leaf.shape) < 2:
                return np.zeros(leaf.shape, np.float32)
            drawn: Singles = rng.standard_normal(leaf.shape, np.float32)
            return drawn * np.float32(leaf.shape[-1] ** -0.5)

        zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), self.state)
        return jax.tree.map(draw, self.form), zeros

    def unflatten(self, leaves: list[Singles]) -> Array:
        """Weights in the form that the functions take."""
        import jax

        return jax.tree.unflatten(jax.tree.structure(self.form), leaves)


@lru_cache(maxsize=64)
def compiled(learner: Learner) -> Compiled:
    """Compile what a learner needs; equal learners get the same."""
    import equinox as eqx
    import jax
    import optax

    adam = optax.chain(optax.clip_by_global_norm(LONGEST), optax.scale_by_adam())
    shapes = eqx.filter_eval_shape(learner.make, jax.random.key(0))
    form, static = eqx.partition(
        shapes, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct)
    )

    def loss(
        weights: Array, batch: Columns, valid: Array, at: Knobs
    ) -> tuple[Array, dict[str, Array]]:
        model = eqx.combine(weights, static)
        total, parts = learner.loss(model, batch, valid, at)
        return total, {"loss": total, **parts}

    def step(
        weights: Array, state: Array, rate: Array, *rest: Array
    ) -> tuple[Array, Array, dict[str, Array]]:
        (_, parts), slopes = jax.value_and_grad(loss, has_aux=True)(weights, *rest)
        moves, state = adam.update(slopes, state)
        weights = jax.tree.map(
            lambda weight, move: weight - rate * move, weights, moves
        )
        return weights, state, parts

    def encode(weights: Array, rows: Array) -> Array:
        return learner.encode(eqx.combine(weights, static), rows)

    return Compiled(
        form,
        jax.eval_shape(adam.init, form),
        jax.jit(step),
        jax.jit(lambda *given: loss(*given)[1]),
        jax.jit(encode),
    )


def train(
    learner: Learner,
    data: Columns,
    plan: Plan,
    seed: int,
    *,
    settings: Callable[[int], Settings] = lambda epoch: {},
    view: View = lambda batch, rng: batch,
    tell: Callable[[int, int, float], None] = lambda epoch, total, loss: None,
) -> Trained:
    """Train a model on rows of some arrays.

    The learning rate falls to 0 along a cosine. Where rows are set aside, the weights
    are those of the epoch that does best on them.

    Raises
    ------
    DivergedError
        The loss is no number any more.
    """
    import jax

    ready, rng = compiled(learner), np.random.default_rng(seed)
    n_rows = len(next(iter(data.values())))
    rows, aside = set_aside(n_rows, plan.aside, rng)
    known = {name: array[rows] for name, array in data.items()}
    unseen = {name: array[aside] for name, array in data.items()}
    weights, state = ready.begin(rng)
    watch = _Watch(plan)
    n_steps = plan.max_iter * -(-len(rows) // plan.batch_size)
    count = 0
    for epoch in range(plan.max_iter):
        at, told = settings(epoch), []
        for batch in batches(len(rows), plan.batch_size, rng):
            rate = plan.learning_rate * (1 + math.cos(math.pi * count / n_steps)) / 2
            given = view(batch.of(known), rng), batch.valid, at
            weights, state, parts = ready.step(weights, state, np.float32(rate), *given)
            told.append((parts, batch.n_valid))
            count += 1
        row = _scalars(_mean(told))
        _check([float(parts["loss"]) for parts, _ in told], count, epoch, plan)
        if len(aside):
            looked = look(ready, weights, unseen, plan.batch_size, at, view)
            row["validation_loss"] = float(looked["loss"])
        tell(epoch + 1, plan.max_iter, row["loss"])
        if watch.is_over(weights, {"epoch": epoch + 1, **row}):
            break
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(watch.best)]
    return Trained(leaves, watch.history)


@dataclass
class _Watch:
    """Keeps the best weights, and says when nothing better comes."""

    plan: Plan
    history: list[dict[str, float]] = field(default_factory=list)
    best: Array = None
    least: float = math.inf
    waited: int = 0

    def is_over(self, weights: Array, row: dict[str, float]) -> bool:
        self.history.append(row)
        if "validation_loss" not in row:
            self.best = weights
            return False
        self.waited += 1
        if row["validation_loss"] < self.least - self.plan.tol:
            self.best, self.least, self.waited = weights, row["validation_loss"], 0
        return self.waited >= self.plan.patience


def look(
    ready: Compiled,
    weights: Array,
    data: Columns,
    size: int,
    at: Settings,
    view: View = lambda batch, rng: batch,
    seed: int = 0,
) -> Parts:
    """Mean of what a learner tells of rows, with noise that is always the same."""
    rng = np.random.default_rng(seed)
    n_rows = len(next(iter(data.values())))
    told = []
    for batch in batches(n_rows, size):
        given = view(batch.of(data), rng), batch.valid, at
        told.append((ready.look(weights, *given), batch.n_valid))
    return _mean(told)


def encoded(ready: Compiled, weights: Array, rows: Singles, size: int) -> Singles:
    """Latents of rows, batch by batch."""
    found = [
        np.asarray(ready.encode(weights, rows[batch.rows]))[: batch.n_valid]
        for batch in batches(len(rows), size)
    ]
    return np.concatenate(found)


def _mean(told: Iterable[tuple[dict[str, Array], int]]) -> Parts:
    """Mean of the parts of batches, by their numbers of rows."""
    parts, numbers = zip(*told, strict=True)
    return {
        name: np.average([np.asarray(part[name]) for part in parts], 0, numbers)
        for name in parts[0]
    }


def _scalars(parts: Parts) -> dict[str, float]:
    return {name: float(part) for name, part in parts.items() if part.ndim == 0}


def _check(losses: list[float], count: int, epoch: int, plan: Plan) -> None:
    """Refuse to go on with weights that are no numbers."""
    wrong = np.flatnonzero(~np.isfinite(losses))
    if not len(wrong):
        return
    at = count - len(losses) + int(wrong[0]) + 1
    raise DivergedError(
        f"the loss is {losses[wrong[0]]} at step {at} (epoch {epoch + 1}) with "
        f"learning_rate={plan.learning_rate!r}; pass a lower one, such as "
        f"{plan.learning_rate / 10:.1g}, or columns of similar size, as "
        "StandardScaler makes them"
    )
