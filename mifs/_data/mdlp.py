"""Supervised bins by minimum description length: Fayyad, Irani 1993."""

from __future__ import annotations

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray
from mifs._data.cutting import TIE, Codes, check_coded, clogc_table


def mdlp_edges(
    values: FloatArray, classes: Codes, n_classes: int, *, max_cuts: int | None = None
) -> FloatArray:
    """Edges of the MDLP bins of one column.

    Parameters
    ----------
    values : ndarray of shape (n,), float64
        Without NaN; infinite values are ordered like any others.
    classes : ndarray of shape (n,), intp
        Class codes 0..n_classes-1.
    n_classes : int
        Number of classes; some may be absent.
    max_cuts : int or None, default=None
        At most so many edges, those of most gain first; None for all that pay.

    Returns
    -------
    edges : ndarray, float64
        Ascending data values, at most n - 1; bin i holds edges[i-1] < x <= edges[i].
        Empty where no cut is worth its description.

    Raises
    ------
    ValueError
        If the arrays differ in length or a class code is outside the range.

    Notes
    -----
    A set S of N rows and k classes is cut at the boundary point T of least class
    entropy, and both parts again, as long as (Fayyad, Irani 1993, section 3, in bits)

        Gain(S, T) > log2(N - 1)/N + [log2(3^k - 2) - (k H(S) - k1 H(S1) - k2 H(S2))]/N.

    Cuts whose weighted entropies differ by at most 1e-12 nats per row of the column are
    ties; the lowest wins. One sort, then time proportional to the rows at each level of
    the recursion.

    With `max_cuts` the best cut of all parts is taken first: that of most N·Gain(S, T)
    among those that pay, and of ties the lowest. So fewer cuts are the first ones of
    more.

    References
    ----------
    U. M. Fayyad, K. B. Irani (1993). Multi-interval discretization of continuous-valued
    attributes for classification learning. IJCAI-93, 1022-1027.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.discretizers import mdlp_edges
    >>> mdlp_edges(np.arange(20.0), np.repeat([0, 1], 10), 2)
    array([9.])
    """
    check_coded(values, classes, n_classes)
    order = np.argsort(values)
    ordered = values[order]
    *entries, last = _kernels.bins.boundary_blocks(ordered, classes[order], n_classes)
    table = clogc_table(values.size)
    most = -1 if max_cuts is None else max_cuts
    cut_after = _kernels.bins.mdlp_cuts(
        tuple(entries), n_classes, table, TIE * values.size, most
    )
    edges: FloatArray = ordered[last[cut_after]] + 0.0  # turns -0.0 into 0.0
    return edges
