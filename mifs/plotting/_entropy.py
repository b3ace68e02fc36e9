"""What an entropy is made of: the levels of a variable, or the curve of two."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import entr

from mifs._arrays import FloatArray
from mifs._names import distinct
from mifs.plotting._axes import beside, merged, open_frame, rows_with_names
from mifs.plotting._colors import BLUE, VERMILION, ink
from mifs.plotting._display import Display, unit_of
from mifs.plotting._room import SMALL, fitting, font_size, scaled, size_of_rows
from mifs.plotting._two_variables import read_variable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Points of the curve.
POINTS = 401
# As wide as any share.
SHARE = ("100.0 %",)


class EntropyDisplay(Display):
    """The entropy of a variable, level by level, or the curve of two outcomes.

    `from_data` has a bar for each level (or bin): its part −p log p of the entropy,
    with its share p beside it. `from_probability` draws
    H(p) = −p log p − (1 − p) log(1 − p), which is 0 where the outcome is known and
    largest where both are as likely, and marks some p on it.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    base : float, default=2
        Base of the logarithm of its entropies.
    n_shown : int or None, default=30
        Levels that are drawn; None: all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a level: ``count``, ``share``, ``self_information`` (−log p) and
    ``contribution`` (−p log p), whose sum is the entropy. Of a curve it has one row a
    marked point: ``probability`` and ``entropy``. ``**kwargs`` of `plot` go to
    ``Axes.barh`` or, for the curve, to ``Axes.plot``.

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", 1948, section 6.

    Examples
    --------
    >>> from mifs.plotting import EntropyDisplay
    >>> display = EntropyDisplay.from_data(list("aabc"))
    >>> display.frame()
           count  share  self_information  contribution
    level
    a          2   0.50               1.0           0.5
    b          1   0.25               2.0           0.5
    c          1   0.25               2.0           0.5
    >>> EntropyDisplay.from_probability([0.5, 0.9]).frame().round(2)
       probability  entropy
    0          0.5     1.00
    1          0.9     0.47
    """

    def __init__(
        self, table: pd.DataFrame, *, base: float = 2, n_shown: int | None = 30
    ) -> None:
        super().__init__(table, n_shown)
        self.base, self.unit = base, unit_of(base)

    @classmethod
    def from_data(
        cls,
        x: object,
        *,
        discrete: bool | str = "auto",
        n_bins: int | str = "auto",
        ax: Axes | None = None,
        base: float = 2,
        n_shown: int | None = 30,
        **kwargs: object,
    ) -> Self:
        """Draw the levels of a sample.

        Parameters
        ----------
        x : array-like of shape (n_samples,)
            Numbers, booleans, strings or categories; missing values are a level.
        discrete : "auto" or bool, default="auto"
            As ``discrete_features`` of the selectors.
        n_bins : int or "auto", default="auto"
            Bins of what is continuous, as in `mifs.estimators.PlugIn`.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=2
            Base of the logarithm: 2 for bits, e for nats.
        n_shown : int or None, default=30
            Levels that are drawn; None: all.
        **kwargs : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        display : EntropyDisplay
            Drawn; labels by their share, numbers and bins in their order.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            Data that a selector refuses; several columns; ``n_shown`` below 1.
        """
        unit_of(base)
        variable = read_variable(x, discrete, n_bins)
        counts = np.bincount(variable.codes, minlength=len(variable.levels))
        order = np.arange(len(counts))
        if variable.values is None:
            order = np.argsort(-counts, kind="stable")
        counts = counts[order]
        share = counts / counts.sum()
        with np.errstate(divide="ignore"):
            own = -np.log(share) / math.log(base)
        levels: list[Hashable] = [variable.levels[place] for place in order.tolist()]
        table = pd.DataFrame(
            {
                "count": counts,
                "share": share,
                "self_information": own,
                "contribution": entr(share) / math.log(base),
            },
            index=pd.Index(levels, name="level", tupleize_cols=False),
        )
        return cls(table, base=base, n_shown=n_shown).plot(ax, **kwargs)

    @classmethod
    def from_probability(
        cls,
        p: ArrayLike = (),
        *,
        ax: Axes | None = None,
        base: float = 2,
        **kwargs: object,
    ) -> Self:
        """Draw the entropy of two outcomes against the probability of one of them.

        Parameters
        ----------
        p : float or array-like of float, default=()
            Probabilities to be marked.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=2
            Base of the logarithm: 2 for bits, e for nats.
        **kwargs : dict
            Passed to ``Axes.plot``.

        Returns
        -------
        display : EntropyDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            A probability outside of 0 to 1.
        """
        unit_of(base)
        marked = np.atleast_1d(np.asarray(p, dtype=np.float64))
        if not ((marked >= 0) & (marked <= 1)).all():
            raise ValueError(f"p={p!r} must be probabilities, from 0 to 1")
        entropies = _binary(marked) / math.log(base)
        table = pd.DataFrame({"probability": marked, "entropy": entropies})
        return cls(table, base=base).plot(ax, **kwargs)

    @property
    def _is_curve(self) -> bool:
        return "probability" in self._table

    def _size(self) -> tuple[float, float]:
        if self._is_curve:
            width, height = scaled(6.0, 4.0)
            return width, height
        return size_of_rows(len(self._shown), distinct(list(self._shown.index)), SHARE)

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        if self._is_curve:
            self._draw_curve(ax, kwargs)
        else:
            self._draw_levels(ax, kwargs)
        open_frame(ax)

    def _draw_curve(self, ax: Axes, kwargs: dict[str, object]) -> None:
        from mifs.plotting._labels import label_points

        p = np.linspace(0, 1, POINTS)
        own = {"color": BLUE, "linewidth": 2}
        ax.plot(p, _binary(p) / math.log(self.base), **merged(own, kwargs))
        marked = self._table.to_numpy()
        ax.vlines(marked[:, 0], 0, marked[:, 1], ink(ax), ":", linewidth=0.8)
        ax.scatter(*marked.T, color=VERMILION, zorder=3)
        label_points(ax, marked, [f"{y:.2f}" for y in marked[:, 1]], font_size())
        ax.set_xlabel("Probability p of one of two outcomes")
        ax.set_ylabel(f"Entropy H(p) ({self.unit})")
        ax.set_ylim(0, 1.12 * math.log(2) / math.log(self.base))
        ax.set_xlim(-0.08, 1.08)

    def _draw_levels(self, ax: Axes, kwargs: dict[str, object]) -> None:
        shown = self._shown
        rows_with_names(ax, distinct(list(shown.index)))
        own = {"height": 0.66, "color": BLUE}
        ax.barh(np.arange(len(shown)), shown["contribution"], **merged(own, kwargs))
        size = fitting(ax, len(shown), SMALL)
        beside(ax, -0.75, "share", size, style="italic")
        for row, share in enumerate(shown["share"]):
            beside(ax, row, f"{share:.1%}".replace("%", " %"), size)
        ax.set_xlabel(self._label(len(self._table) - len(shown)))

    def _label(self, more: int) -> str:
        """Say how large the entropy is, and how large it could be."""
        entropy = self._table["contribution"].sum()
        n = len(self._table)
        most = math.log(n) / math.log(self.base)
        label = f"Part of the entropy ({self.unit})\n"
        label += f"in all {entropy:.2f}, of at most {most:.2f} with {n} levels"
        return f"{label}; {more} are not shown" if more else label


def _binary(p: FloatArray) -> FloatArray:
    """H(p), nats."""
    entropies: FloatArray = entr(p) + entr(1 - p)
    return entropies
