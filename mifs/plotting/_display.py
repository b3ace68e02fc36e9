"""What all displays share: numbers first, a picture of them when it is asked for."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Hashable
from numbers import Integral
from typing import TYPE_CHECKING, Self

import pandas as pd
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from mifs._data.containers import unwrap
from mifs._scan import Scan
from mifs.plotting._axes import axes_of
from mifs.plotting._room import root_of
from mifs.probability._tables import check_base
from mifs.selectors._base import BaseSelector, column_labels
from mifs.selectors._stability import StabilitySelector

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UNITS = {math.e: "nats", 2: "bits", 10: "bans"}


class Display:
    """Holds a table of numbers, and draws it; a subclass says how."""

    ax_: Axes
    figure_: Figure
    # Whether the figure is a new one, which nobody else shows.
    _own: bool = False

    def __init__(self, table: pd.DataFrame, n_shown: int | None = None) -> None:
        check_shown(n_shown)
        self._table, self.n_shown = table, n_shown

    @property
    def _shown(self) -> pd.DataFrame:
        """Rows that are drawn."""
        return self._table if self.n_shown is None else self._table.head(self.n_shown)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture.

        Returns
        -------
        frame : DataFrame
            A copy; the docstring of the class names the columns. Names are whole, and
            what the picture leaves out is there.
        """
        return self._table.copy()

    def plot(self, ax: Axes | None = None, **kwargs: object) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where; None makes a new figure (``figure_``), which is not registered with
            pyplot, so that none has to be closed. In a figure of your own names and
            legend need room: ``plt.subplots(layout="constrained")``.
        **kwargs : dict
            Passed to the matplotlib method that draws the main marks, which the
            docstring of the class names.

        Returns
        -------
        display : object
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            ``ax`` is something else than an axis of two straight scales.
        """
        drawn = axes_of(ax, self._size, f"{type(self).__name__}.plot")
        self._draw(drawn, kwargs)
        self.ax_, self.figure_, self._own = drawn, root_of(drawn), ax is None
        return self

    def _size(self) -> tuple[float, float]:
        """Width and height of a new figure, inches."""
        raise NotImplementedError

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        raise NotImplementedError

    def _repr_png_(self) -> bytes | None:
        """Show itself in a notebook, where it has a figure of its own."""
        if not self._own:
            return None
        drawn = io.BytesIO()
        self.figure_.savefig(drawn, format="png")
        return drawn.getvalue()


def check_shown(n_shown: object) -> None:
    """Refuse another number to draw than a whole one.

    Raises
    ------
    ValueError
        A number below 1, or none.
    """
    if n_shown is None:
        return
    if isinstance(n_shown, bool) or not isinstance(n_shown, Integral) or n_shown < 1:
        raise ValueError(
            f"n_shown={n_shown!r} must be a whole number, 1 at least, or None for all"
        )


def unit_of(base: float) -> str:
    """Name of the unit of information of a base.

    Raises
    ------
    ValueError
        A base that is none.
    """
    check_base(base)
    return UNITS.get(base, f"log base {base:g}")


Ranked = BaseSelector | StabilitySelector


def check_ranked(selector: object, what: str) -> Ranked:
    """Return a fitted selector that knows the relevance of all columns.

    Raises
    ------
    TypeError
        Something else.
    sklearn.exceptions.NotFittedError
        It is not fitted.
    """
    if isinstance(selector, StabilitySelector):
        check_is_fitted(selector)
        return selector
    return check_selector(selector, what)


def names_of(selector: Ranked) -> list[Hashable]:
    """Names of the columns of a fitted selector, as the user's table has them."""
    if isinstance(selector, StabilitySelector):
        by_column = selector.frequencies_.sort_values("feature")
        return list(by_column["name"])
    return column_labels(selector)


def check_both(fitted: Ranked, X: object, y: object, what: str) -> None:
    """Refuse to go on without data, which a fitted selector does not keep.

    Raises
    ------
    TypeError
        X or y is missing, or X is a `mifs.Scan`.
    ValueError
        Other columns than `fit` has seen.
    """
    if isinstance(X, Scan):
        # It refuses itself, and says what to do.
        unwrap(X)
    missing = [name for name, data in (("X", X), ("y", y)) if data is None]
    if missing:
        raise TypeError(
            f"{what} needs the data that the selector was fitted to, which it does not "
            f"keep: pass X and y (missing: {', '.join(missing)})"
        )
    check_columns(fitted, X)


def kind_of_target(fitted: Ranked) -> bool | str:
    """Whether a target is discrete, as far as the fit of one output has told."""
    if not has_target(fitted) or fitted.target_kind_ == "mixed":
        return "auto"
    return bool(fitted.target_kind_ == "discrete")


def has_target(fitted: Ranked) -> bool:
    """Whether what is fitted needs a target."""
    return bool(get_tags(fitted).target_tags.required)


def check_columns(fitted: Ranked, X: object) -> None:
    """Refuse a table of other columns than `fit` has seen.

    Raises
    ------
    ValueError
        Another number of columns, other labels, or another order.
    """
    with warnings.catch_warnings():
        # An array of the same columns is as good as the frame.
        warnings.filterwarnings("ignore", "X (has|does not have valid) feature names")
        fitted._see(unwrap(X), reset=False)


def check_selector(selector: object, what: str) -> BaseSelector:
    """Return a fitted selector that has a path.

    Raises
    ------
    TypeError
        Something else.
    sklearn.exceptions.NotFittedError
        It is not fitted.
    """
    if not isinstance(selector, BaseSelector):
        raise TypeError(
            f"{what} needs a selector that has a path, such as JMI, and {selector!r} "
            "has none: of a Pipeline pass the step, of MutualInfoCV its selector_"
        )
    check_is_fitted(selector)
    return selector
