"""One continuous column and a function of it with errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from numbers import Real

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import FloatArray, IntArray
from mifs.datasets._columns import RELEVANT, Columns, Frame, handed_over
from mifs.datasets._laws import information, line

LEAST_ERROR = 0.05
# Nodes of x on each side of 0, where the V has its corner.
N_NODES = 200

SHAPES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "linear": lambda x: x,
    "v": lambda x: 2 * np.abs(x) - 1,
    "quadratic": lambda x: 2 * x**2 - 1,
    "sine": lambda x: np.sin(2 * np.pi * x),
}


def make_dependence(
    n_samples: int = 1000,
    *,
    shape: str = "linear",
    error: float = 0.5,
    df: float = np.inf,
    n_noise: int = 10,
    noise: str = "normal",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    r"""Draw a continuous target that is a function of one column, with errors.

    .. math:: y = f(x) + error \cdot \varepsilon

    x is uniform on [−1, 1] and f(x) is x, ``2 |x| − 1``, 2 x² − 1 or sin 2πx, within
    [−1, 1] as well. Only the first is monotone; the correlation of x with
    "v" and "quadratic" is 0.

    Parameters
    ----------
    n_samples : int, default=1000
        Rows to draw.
    shape : {"linear", "v", "quadratic", "sine"}, default="linear"
    error : float, default=0.5
        Scale of the errors, at least .05.
    df : float, default=inf
        Degrees of freedom of the errors' Student t, at least 1 (Cauchy): the fewer, the
        heavier the tails. ``inf``: normal.
    n_noise : int, default=10
        Columns that are independent of everything.
    noise : str, default="normal"
        Of what kind: ``"normal"``, ``"heavy_tails"`` (Cauchy), ``"binary"``,
        ``"many_levels"`` (300 levels), ``"correlated"`` (a chain of normal columns,
        .9 from one to the next) or ``"mixed"`` (the first four in turn).
    shuffle : bool, default=True
        Shuffle the columns. If False the relevant ones come first, noise last.
    random_state : int, RandomState or None, default=None
        Pass an int for the same table at every call.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    bunch : Bunch, or tuple (X, y)
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,);
        ``feature_names``; ``relevant`` and ``redundant``, indices of columns;
        ``discrete``, a mask; ``mutual_information`` (n_features,), I(Xk;Y) in
        nats (integrated numerically, error below 1e-6);
        ``joint_information``, I(X;Y) of all columns together; ``DESCR``.

    Raises
    ------
    ValueError
        If `shape` or `noise` is unknown, or a number is out of its range.

    Examples
    --------
    >>> from mifs.datasets import make_dependence
    >>> sine = make_dependence(shape="sine", df=1, shuffle=False, random_state=0)
    >>> sine.data.shape, round(float(sine.mutual_information[0]), 4)
    ((1000, 11), 0.255)
    """
    if shape not in SHAPES:
        raise ValueError(f"shape={shape!r} is not one of {', '.join(SHAPES)}")
    check_scalar(error, "error", Real, min_val=LEAST_ERROR)
    check_scalar(df, "df", Real, min_val=1)
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    x = rng.uniform(-1, 1, n_samples)
    # scipy's t draws NaN at infinite df.
    law = norm if np.isinf(df) else student(df)
    errors = law.rvs(size=n_samples, random_state=rng)
    target = SHAPES[shape](x) + error * errors
    known = _information(shape, error, df)
    columns = Columns()
    columns.add(x, "x", RELEVANT, known)
    about = (
        f"A target that is {shape} in x, with errors of scale {error}, t of {df} df."
    )
    return handed_over(columns.bunch(frame, rng, target, known, about), return_X_y)


@lru_cache(maxsize=64)
def _information(shape: str, error: float, df: float) -> float:
    return information(_law(shape, error, df))


def _law(shape: str, error: float, df: float) -> FloatArray:
    """P(x, y) at the nodes; y in units of the errors."""
    nodes, weights = np.polynomial.legendre.leggauss(N_NODES)
    x = np.concatenate([nodes - 1, nodes + 1]) / 2
    y, y_weights = line()
    density = student.pdf(y - SHAPES[shape](x)[:, np.newaxis] / error, df)
    law: FloatArray = density * y_weights * np.tile(weights / 4, 2)[:, np.newaxis]
    return law
