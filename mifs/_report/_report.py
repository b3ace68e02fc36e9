"""``mifs.report``: a fitted selector, or a table, as one page."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from mifs._data.containers import unwrap
from mifs._data.table import Numbered
from mifs._report._again import CRITERIA, Data, code_of_found, code_of_table
from mifs._report._counted import count
from mifs._report._found import Found, answer
from mifs._report._origin import Code, Origin
from mifs._report._page import Page, check_jinja2, html_of
from mifs._report._sections import sections
from mifs._scan import Scan
from mifs.criteria import Criterion
from mifs.exceptions import MifsWarning
from mifs.plotting._display import check_selector
from mifs.plotting._two_variables import name_of
from mifs.selectors import JMI
from mifs.selectors._base import BaseSelector
from mifs.selectors._cross_validation import MutualInfoCV
from mifs.selectors._infomax import InfoMaxSelector
from mifs.selectors._profile import split_target
from mifs.selectors._stability import StabilitySelector


@dataclass(frozen=True, repr=False)
class Report:
    """A page about a selection, which loads nothing and needs no script.

    A notebook shows it in a frame of its own.

    Attributes
    ----------
    html : str
        The whole page.
    answer : str
        The sentence with which it opens.
    """

    html: str
    answer: str

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file.

        Parameters
        ----------
        path : str or path-like
            Where; an older file is replaced.
        """
        Path(path).write_text(self.html, encoding="utf-8")

    def __repr__(self) -> str:
        size = len(self.html.encode()) / 1000
        return f"<Report of {size:.0f} kB; .save('report.html') writes it>"

    def _repr_html_(self) -> str:
        # Else fragments would be those of the notebook, and links lead nowhere.
        own = self.html.replace("<head>", '<head>\n<base href="about:srcdoc">', 1)
        return (
            '<iframe title="mifs report" width="100%" height="700" '
            f'sandbox="allow-scripts" style="border:0" srcdoc="{escape(own)}">'
            "</iframe>"
        )


def report(
    selector: object,
    X: object = None,
    y: object = None,
    *,
    target: object = None,
    sample_weight: object = None,
    stability: StabilitySelector | None = None,
    criteria: Sequence[str | Criterion] = CRITERIA,
) -> Report:
    """Put what a selector found on one page, or what `JMI` finds in a table.

    The page opens with a sentence that says what was found. Below are the table and
    what is odd about it, a ranking of all features, the path with each score in parts
    and the step where chance begins, what the chosen features share, each beside the
    target, what other criteria choose, how stable the choice is, and how the page is
    made again. It is one file that loads nothing, is read in light and dark, on paper
    and by screen readers, and has the numbers of every picture as a table.

    Parameters
    ----------
    selector : selector, DataFrame or Scan
        A fitted selector that has a path, such as `JMI`, or a fitted
        `StabilitySelector` or `MutualInfoCV`. Or a table, to which ``JMI()`` is fitted:
        a frame, with ``target``, or a `mifs.Scan`, which has its own.
    X : {array-like, DataFrame} of shape (n_samples, n_features) or Scan, default=None
        The data of the fit, which a selector does not keep; without them there is
        neither profile nor map, no distributions and no other criteria.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        The target of the fit; None beside a `mifs.Scan`.
    target : label, list of labels or array-like, default=None
        Of a table only: the column to predict, or what `fit` takes as y.
    sample_weight : array-like of shape (n_samples,), default=None
        The weights of the fit.
    stability : StabilitySelector, default=None
        Fitted to the same data, for the section on stability.
    criteria : sequence of str or Criterion, default=("mim", "mrmr", "jmi", "cmim")
        Criteria to set beside that of the selector; none if empty, which saves the
        time of their searches.

    Returns
    -------
    report : Report
        With ``html`` and ``save(path)``; a notebook shows it.

    Raises
    ------
    ImportError
        Without jinja2: ``pip install 'mifs[report]'``.
    TypeError
        Something else than a selector or a table; a table beside X, or without a
        target; y without X; ``stability`` that is none.
    ValueError
        Data of other columns than those of the fit, or that a selector refuses.
    sklearn.exceptions.NotFittedError
        The selector is not fitted.

    Examples
    --------
    >>> import mifs
    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> report = mifs.report(mifs.JMI(2).fit(X, y), X, y)
    >>> print(report.answer)
    The criterion jmi chooses 2 of 30 features, each of which adds more than chance
    would to what is known about “target”: worst perimeter and worst concave points.
    >>> report.save("report.html")  # doctest: +SKIP
    """
    check_jinja2()
    if not _is_selector(selector):
        if X is not None or y is not None:
            raise TypeError(
                "report takes a table alone, and its target by target=; or a fitted "
                "selector, X and y"
            )
        return _of_table(selector, target, sample_weight, stability, criteria)
    if target is not None:
        raise TypeError(
            "target= names the target of a table; beside a selector pass X and y"
        )
    data = None if X is None else (X, y, sample_weight)
    if data is None and (y is not None or sample_weight is not None):
        raise TypeError("y and sample_weight say nothing without X: pass X, too")
    return make(selector, data, stability, criteria)


def make(
    selector: object,
    data: Data | None,
    stability: StabilitySelector | None = None,
    criteria: Sequence[str | Criterion] = CRITERIA,
    origin: Origin | None = None,
    code: Code | None = None,
    target: str = "",
) -> Report:
    """Make the report of a fitted selector, with data as ``fit`` takes them.

    ``target`` is the name of the target, where the data do not tell it.
    """
    found = _found(selector, data, stability, criteria, target)
    origin = origin or Origin()
    if code is None:
        code = (
            Code(origin.command)
            if origin.command
            else code_of_found(found, data, criteria)
        )
    title, told = f"Features that tell about {found.about}", answer(found)
    page = Page(title, told, sections(found, origin, code))
    return Report(html_of(page), told[0])


def _is_selector(thing: object) -> bool:
    """Whether something is to be reported as a selector, be it a wrong one."""
    return hasattr(thing, "fit") and hasattr(thing, "get_params")


def _of_table(
    table: object,
    target: object,
    sample_weight: object,
    stability: StabilitySelector | None,
    criteria: Sequence[str | Criterion],
) -> Report:
    """Fit the default selector to a table, and report that."""
    if isinstance(table, Scan):
        if target is not None:
            raise TypeError("a Scan has its target itself: leave target out")
        X, y, named = table, None, False
    else:
        if target is None:
            raise TypeError("report of a table needs its target: target='column'")
        whole = unwrap(table)
        X, y = split_target(whole, target)
        named = X is not whole
    data = X, y, sample_weight
    fitted = JMI().fit(*data)
    code = code_of_table(data, target if named else None, stability, criteria)
    name = target if isinstance(target, str) and named else ""
    return make(fitted, data, stability, criteria, code=code, target=name)


def _found(
    selector: object,
    data: Data | None,
    stability: StabilitySelector | None,
    criteria: Sequence[str | Criterion],
    target: str,
) -> Found:
    """Check what was fitted, and count what is shown of the data."""
    leads = isinstance(selector, StabilitySelector)
    search = selector if isinstance(selector, MutualInfoCV) else None
    if search is not None:
        selector = _chosen_by(search)
    stable = _checked(
        selector if isinstance(selector, StabilitySelector) else stability
    )
    own: BaseSelector | None = None
    if not leads:
        own = check_selector(selector, "report")
    elif stable is not None and data is not None:
        own = _refitted(stable, data)
    names = [target] if target else _target_names(own, data)
    found = Found(own, stable, leads, ", ".join(names), search)
    if data is None or own is None:
        return found
    counted = count(own, found.chosen, data, criteria, names)
    return replace(found, counted=counted)


def _chosen_by(search: MutualInfoCV) -> BaseSelector:
    """Return what a search by cross-validation has fitted to all rows."""
    if not hasattr(search, "selector_"):
        raise NotFittedError("this MutualInfoCV is not fitted yet: call fit first")
    selector: BaseSelector = search.selector_
    return selector


def _checked(stable: object) -> StabilitySelector | None:
    """Return a fitted `StabilitySelector`, if there is one."""
    if stable is None:
        return None
    if not isinstance(stable, StabilitySelector):
        raise TypeError(
            f"stability={stable!r} is no StabilitySelector; fit one to the same data"
        )
    check_is_fitted(stable)
    return stable


def _refitted(stable: StabilitySelector, data: Data) -> BaseSelector:
    """Fit the selector that chose in resamples to all rows; warnings were given."""
    own: BaseSelector = clone(stable.selector)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        own.fit(*data)
    return own


def _target_names(own: BaseSelector | None, data: Data | None) -> list[str]:
    """Names of the target, or of its outputs; none where nothing is to be told."""
    if isinstance(own, InfoMaxSelector):
        return []
    X, y, _ = data or (None, None, None)
    given = X.target() if isinstance(X, Scan) else y
    fields = getattr(getattr(given, "dtype", None), "names", None)
    if fields:
        return list(fields)
    columns = getattr(given, "columns", None)
    if columns is not None:
        return list(map(str, columns))
    given = np.asarray(given) if isinstance(given, list) else given
    shape: tuple[int, ...] = getattr(given, "shape", ())
    if len(shape) == 2 and shape[1] > 1:
        return list(Numbered(shape[1], "y{}"))
    return [str(name_of(given, "the target"))]
