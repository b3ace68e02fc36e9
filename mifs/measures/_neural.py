"""Mutual information of vectors, from a network that tells pairs from no pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.random import RandomState
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_random_state

from mifs._arrays import FloatArray
from mifs._learning.batches import Columns, Singles
from mifs._learning.critics import BOUNDS, scores, separable
from mifs._learning.extra import need_extra
from mifs._learning.training import Plan, compiled, look, train
from mifs._warn import warn
from mifs.exceptions import SaturatedBoundWarning
from mifs.probability import _objectives
from mifs.probability._tables import check_base

if TYPE_CHECKING:
    from equinox import Module
    from jax import Array

    Model = dict[str, Module]

Bound: TypeAlias = Literal["infonce", "nwj", "dv", "smile", "jsd"]
# Length of what the critic compares, and limit of the scores of SMILE.
N_EMBEDDED, CLIP = 32, 5.0
# Share of the rows to look at, and of the rest to stop by.
HELD_OUT, ASIDE = 0.25, 0.15
# Share of the ceiling from which on an estimate says little.
NEAR = 0.85
LEAST_ROWS = 50


# What is read off a critic, where it is not what it was trained for.
READ: dict[str, Callable[..., Array]] = {
    **BOUNDS,
    "jsd": _objectives.donsker_varadhan,
    "smile": lambda matrix, valid: _objectives.smile(matrix, CLIP, valid),
}
TRAINED_FOR = {"smile": "jsd"}


@dataclass(frozen=True)
class NeuralInformation:
    """An estimate of I(X;Y) by a critic.

    Attributes
    ----------
    estimate : float
        Mean over the seeds, of rows that no critic has learned, in units of
        ``log(base)``; never clipped.
    std : float
        Standard deviation over the seeds; NaN for one.
    ceiling : float
        The most that the bound can say, whatever the truth: the log of `batch_size`
        for InfoNCE, else infinite.
    bound : str
        What was estimated.
    history : DataFrame
        Rows (seed, epoch), with ``loss`` and ``validation_loss``: minus the bound that
        was trained, nats.
    """

    estimate: float
    std: float
    ceiling: float
    bound: str
    history: pd.DataFrame


@dataclass(frozen=True)
class Pairs:
    """A separable critic of pairs."""

    n_x: int
    n_y: int
    hidden: tuple[int, ...]
    bound: str

    def make(self, key: Array) -> Model:
        """Make the critic."""
        return separable(key, self.n_x, self.n_y, N_EMBEDDED, self.hidden)

    def loss(
        self,
        model: Model,
        batch: Mapping[str, Array],
        valid: Array,
        at: Mapping[str, Array],
    ) -> tuple[Array, dict[str, Array]]:
        """Minus the bound, and what is read off the same scores."""
        # Small at first: of independent vectors all scores should be 0.
        matrix = scores(model, batch["x"], batch["y"]) / N_EMBEDDED**0.5
        trained = BOUNDS[TRAINED_FOR.get(self.bound, self.bound)]
        read = READ[self.bound](matrix, valid)
        return -trained(matrix, valid), {"estimate": read}

    def encode(self, model: Model, rows: Array) -> Array:
        """Give rows as they are: nothing is transformed."""
        return rows


def neural_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    bound: Bound = "infonce",
    *,
    hidden_layer_sizes: tuple[int, ...] = (64,),
    batch_size: int = 256,
    learning_rate: float = 0.005,
    max_iter: int = 30,
    n_seeds: int = 3,
    random_state: int | RandomState | None = None,
    base: float = math.e,
) -> NeuralInformation:
    r"""I(X;Y) of two continuous vectors, by a trained critic on held-out rows.

    A network f(x, y) = g(x)·h(y) learns on some rows to tell pairs that belong
    together from pairs that do not; a bound on the mutual information is read off its
    scores of other rows. For vectors of 10 to 100 columns and thousands of rows, where
    k-NN estimates are far too low. Below that take `mutual_information`.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Numbers, none missing; a row each of the same things.
    bound : {"infonce", "nwj", "dv", "smile", "jsd"}, default="infonce"
        ``"infonce"``: little variance, never above log `batch_size`. ``"nwj"`` and
        ``"dv"`` (MINE): no ceiling, but a variance that grows with e\ :sup:`I`.
        ``"jsd"``: trained by the Jensen-Shannon objective, read as DV. ``"smile"``:
        trained so, read as DV with clipped scores, which is no bound.
    hidden_layer_sizes : tuple of int, default=(64,)
        Hidden layers of g and of h, which have a linear map beside them.
    batch_size : int, default=256
        Rows that are compared with each other.
    learning_rate : float, default=0.005
        First step size of Adam, which falls to 0 along a cosine.
    max_iter : int, default=30
        Epochs at most; training stops when the bound of rows that were set aside rises
        no more.
    n_seeds : int, default=3
        How often it is done, each time with other held-out rows and weights.
    random_state : int, RandomState or None, default=None
        Draws the seeds.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    NeuralInformation
        ``estimate``, ``std``, ``ceiling`` and ``history``.

    Raises
    ------
    ImportError
        Without the packages of the extra: ``pip install 'mifs[learn]'``.
    ValueError
        An unknown bound; values that are missing, infinite or no numbers; fewer than
        50 rows, or different numbers of rows; `batch_size` or `n_seeds` out of range.
    DivergedError
        The loss is no number any more.

    Warns
    -----
    SaturatedBoundWarning
        InfoNCE came near log `batch_size`, above which it never goes.

    Notes
    -----
    All bounds are those of :mod:`mifs.probability`. A low value may mean that nothing
    is shared, or that the critic has not found it: more rows, more epochs. No bound
    that holds for every distribution can say more than about the log of the number of
    rows with confidence (McAllester, Stratos 2020).

    References
    ----------
    B. Poole et al., "On variational bounds of mutual information", 2019; J. Song,
    S. Ermon, "Understanding the limitations of variational mutual information
    estimators", 2020; D. McAllester, K. Stratos, "Formal limitations on the
    measurement of mutual information", 2020.

    Examples
    --------
    Ten columns, each of which shares 0.1 nats with its partner.

    >>> import numpy as np
    >>> from mifs.measures import neural_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.normal(size=(2, 4000, 10))
    >>> r = np.sqrt(1 - np.exp(-0.2))
    >>> y = r * x + np.sqrt(1 - r**2) * noise
    >>> told = neural_mutual_information(x, y, n_seeds=1, random_state=0)
    >>> bool(0.75 < told.estimate < 1.1)
    True
    >>> round(told.ceiling, 2)
    5.55
    """
    need_extra("neural_mutual_information")
    unit = check_base(base)
    _check(bound, batch_size, n_seeds)
    data = {"x": _standard(x, "x"), "y": _standard(y, "y")}
    if len(data["x"]) != len(data["y"]):
        raise ValueError(
            f"x has {len(data['x'])} rows and y {len(data['y'])}: give one row each of "
            "the same things"
        )
    sizes = data["x"].shape[1], data["y"].shape[1]
    learner = Pairs(*sizes, tuple(hidden_layer_sizes), bound)
    plan = Plan(int(batch_size), float(learning_rate), int(max_iter), ASIDE)
    seeds = check_random_state(random_state).randint(2**31 - 1, size=n_seeds)
    once = partial(_once, learner, data, plan)
    runs = list(map(once, (int(seed) for seed in seeds)))
    told = np.array([estimate for estimate, _ in runs]) / unit
    ceiling = math.log(batch_size) / unit if bound == "infonce" else math.inf
    _warn_near(float(told.mean()), ceiling, batch_size)
    return NeuralInformation(
        float(told.mean()),
        float(told.std(ddof=1)) if n_seeds > 1 else math.nan,
        ceiling,
        bound,
        _histories(history for _, history in runs),
    )


def _once(
    learner: Pairs, data: Columns, plan: Plan, seed: int
) -> tuple[float, pd.DataFrame]:
    """Learn from some rows; read the bound off others."""
    n_rows = len(data["x"])
    order = np.random.default_rng(seed).permutation(n_rows)
    held, rest = np.split(order, [max(2, round(HELD_OUT * n_rows))])
    known = {name: array[rest] for name, array in data.items()}
    unseen = {name: array[held] for name, array in data.items()}
    trained = train(learner, known, plan, seed)
    ready = compiled(learner)
    parts = look(ready, ready.unflatten(trained.weights), unseen, plan.batch_size, {})
    history = pd.DataFrame(trained.history)[["epoch", "loss", "validation_loss"]]
    return float(parts["estimate"]), history


def _histories(histories: Iterator[pd.DataFrame]) -> pd.DataFrame:
    numbered = {seed: each.set_index("epoch") for seed, each in enumerate(histories)}
    return pd.concat(numbered, names=["seed"])


def _check(bound: str, batch_size: int, n_seeds: int) -> None:
    if bound not in READ:
        raise ValueError(f"bound={bound!r} is unknown; pass one of {', '.join(READ)}")
    for name, value, least in (("batch_size", batch_size, 2), ("n_seeds", n_seeds, 1)):
        if value < least:
            raise ValueError(f"{name}={value!r} is below {least}; pass a larger one")


def _standard(values: ArrayLike, name: str) -> Singles:
    """Columns less their means, over their standard deviations."""
    array: FloatArray = check_array(
        values, dtype=np.float64, ensure_2d=False, input_name=name
    )
    columns = array.reshape(len(array), -1)
    if len(columns) < LEAST_ROWS:
        raise ValueError(
            f"{name} has {len(columns)} rows, of which no critic learns; pass "
            f"{LEAST_ROWS} at least, better thousands, or take mutual_information"
        )
    deviations = columns.std(axis=0)
    if not deviations.all():
        column = int(np.argmin(deviations))
        raise ValueError(
            f"column {column} of {name} is constant and tells nothing: leave it out"
        )
    return np.asarray((columns - columns.mean(axis=0)) / deviations, np.float32)


def _warn_near(estimate: float, ceiling: float, batch_size: int) -> None:
    if estimate > NEAR * ceiling:
        warn(
            f"InfoNCE says {estimate:.2f} and never says more than {ceiling:.2f}, the "
            f"log of batch_size={batch_size}: the truth may be far above; pass a "
            "larger batch_size, or bound='nwj'",
            SaturatedBoundWarning,
        )
