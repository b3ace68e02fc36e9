"""What a learned representation keeps of its input and of the label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mifs.estimators.plugin.codes import entropy_of
from mifs.measures._estimates import Direct, choose, counted, information, merge
from mifs.measures._samples import Sample, read_dimensions, read_samples
from mifs.probability._tables import check_base


@dataclass(frozen=True)
class RepresentationInformation:
    """What a representation Z keeps, jointly and in each dimension.

    Attributes
    ----------
    label : float or None
        I(Z;Y), in units of ``log(base)``; None without y.
    input : float or None
        I(Z;X); None without X.
    label_entropy : float or None
        H(Y), the most that any representation can keep; None without y or for a
        continuous one.
    dimensions : DataFrame, one row a dimension of Z
        Columns ``label``, I(Z_i;Y), and ``input``, I(Z_i;X), as far as asked for.
    """

    label: float | None
    input: float | None
    label_entropy: float | None
    dimensions: pd.DataFrame

    @property
    def label_share(self) -> float | None:
        """I(Z;Y) / H(Y), without unit; None where H(Y) is None or 0."""
        if self.label is None or not self.label_entropy:
            return None
        return self.label / self.label_entropy


def representation_information(
    Z: Any,
    y: Any = None,
    X: Any = None,
    *,
    estimator: Any = "auto",
    discrete_Z: Any = "auto",
    discrete_y: Any = "auto",
    discrete_X: Any = "auto",
    base: float = math.e,
) -> RepresentationInformation:
    r"""How much of the label and of the input a learned representation keeps.

    I(Z;Y) and I(Z;X) of all dimensions of Z together, and of each alone. Where the sum
    over the dimensions is above the joint value they repeat each other; where it is
    below, they tell more together.

    Parameters
    ----------
    Z : array-like of shape (n,) or (n, d)
        The representation, a row for each sample; codes of clusters are discrete.
    y : array-like of shape (n,) or (n, c), default=None
        The label: classes or numbers.
    X : array-like of shape (n,) or (n, p), default=None
        The input. At least one of y and X is needed.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_Z, discrete_y, discrete_X : {"auto"}, bool or mask, default="auto"
        Which columns are discrete, as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    RepresentationInformation
        ``label``, ``input``, ``label_entropy``, ``label_share`` and ``dimensions``;
        never clipped.

    Raises
    ------
    ValueError
        Neither y nor X, different numbers of rows, missing or infinite values.
    TypeError
        An estimator that has no direct estimate of these variables.

    Notes
    -----
    If Z is a continuous function of a continuous X without noise, I(Z;X) is infinite,
    and an estimate of it says how fine the estimator can see in n rows: compare such
    numbers between representations of the same size, or add noise of a stated size to
    Z. k-NN estimates in many dimensions are too low, and counted ones of many columns
    run into log n.

    References
    ----------
    N. Tishby, N. Zaslavsky, "Deep learning and the information bottleneck principle",
    2015; R. A. Amjad, B. C. Geiger, "Learning representations for neural network-based
    classification using the information bottleneck principle", 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import representation_information
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 1000)
    >>> Z = np.column_stack([y + 0.1 * rng.normal(size=1000), rng.normal(size=1000)])
    >>> kept = representation_information(Z, y, base=2)
    >>> round(kept.label_share, 1)
    1.0
    >>> kept.dimensions["label"].round(1).tolist()
    [1.0, 0.0]
    """
    unit = check_base(base)
    targets = {"y": (y, discrete_y), "X": (X, discrete_X)}
    given = {name: pair for name, pair in targets.items() if pair[0] is not None}
    if not given:
        raise ValueError("pass y, X, or both: Z is compared with them")
    whole, *others = read_samples(Z=(Z, discrete_Z), **given)
    names, dimensions = read_dimensions(Z, discrete_Z, "Z")
    chosen = choose(estimator, [whole, *others])[0]
    kept: dict[str, float] = {}
    table = pd.DataFrame(index=pd.Index(names, name="dimension"))
    for name, other in zip(given, others, strict=True):
        column = "label" if name == "y" else "input"
        kept[column] = information(chosen, merge(*dimensions), other) / unit
        table[column] = [information(chosen, z, other) / unit for z in dimensions]
    entropy = _label_entropy(chosen, others[0]) if "y" in given else None
    return RepresentationInformation(
        kept.get("label"),
        kept.get("input"),
        None if entropy is None else entropy / unit,
        table,
    )


def _label_entropy(chosen: Direct, label: Sample) -> float | None:
    if label.continuous:
        return None
    return entropy_of(counted(chosen, label))
