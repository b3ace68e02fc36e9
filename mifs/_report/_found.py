"""What was found, and the sentence that says so."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._names import listed, short
from mifs._report._counted import Counted
from mifs._report._number import of_search
from mifs.estimators import Estimator, resolve
from mifs.selectors._base import BaseSelector, column_labels, criterion_of
from mifs.selectors._cross_validation import MutualInfoCV
from mifs.selectors._html import number
from mifs.selectors._infomax import InfoMaxSelector
from mifs.selectors._stability import StabilitySelector

# Characters of a name in a sentence.
NAME = 40


@dataclass(frozen=True, eq=False)
class Found:
    """Fitted selectors, and what was counted in their data.

    Attributes
    ----------
    selector : BaseSelector or None
        The one that has a path.
    stable : StabilitySelector or None
    leads : bool
        Whether the selection is that of ``stable``.
    target : str
        Name of the target; "" where there is none.
    search : MutualInfoCV or None
        What found the number of features of ``selector``.
    counted : Counted or None
        None: without data.
    """

    selector: BaseSelector | None
    stable: StabilitySelector | None
    leads: bool
    target: str
    search: MutualInfoCV | None = None
    counted: Counted | None = None

    @property
    def main(self) -> BaseSelector | StabilitySelector:
        """Return the selector whose selection is reported."""
        one = self.stable if self.leads else self.selector
        assert one is not None
        return one

    @property
    def estimator(self) -> Estimator:
        """Return the estimator behind the numbers."""
        if self.selector is None:
            assert self.stable is not None
            return resolve(self.stable.selector.mi_estimator)
        estimator: Estimator = self.selector.mi_estimator_
        return estimator

    @property
    def names(self) -> list[Hashable]:
        """Names of all columns, as the user's table has them."""
        if self.selector is not None:
            return column_labels(self.selector)
        assert self.stable is not None
        return list(self.stable.frequencies_.sort_values("feature")["name"])

    @property
    def chosen(self) -> IntArray:
        """Columns in the order of choice."""
        return self.main.selected_indices_

    @property
    def relevance(self) -> FloatArray:
        """Relevance of all columns, nats."""
        relevance: FloatArray = self.main.relevance_
        return relevance

    @property
    def about(self) -> str:
        """What the features tell about."""
        return f"“{short(self.target, NAME)}”" if self.target else "all columns"

    @property
    def criterion(self) -> str:
        """Name of the criterion of the path."""
        assert self.selector is not None
        return criterion_of(self.selector).name


def answer(found: Found) -> list[str]:
    """Say in a sentence what was found, and how much it tells."""
    first = _of_resamples(found) if found.leads else _of_path(found)
    rest = [_leaks(found), _best(found)]
    if found.search is not None:
        rest.insert(0, _tests_of(found, first))
        first = of_search(found.search, listed(found.search.selector_.path_["name"]))
    if found.stable is not None and not found.leads:
        rest.append(_of_resamples(found))
    return [first, *(text for text in rest if text)]


def _tests_of(found: Found, otherwise: str) -> str:
    """Say of features that are named already what their tests say."""
    tiers = found.main.path_["tier"]
    if (tiers == 0).all():
        return ""
    if (tiers == 1).all():
        return f"Each adds more than chance would to what is known about {found.about}."
    return otherwise


def _of_path(found: Found) -> str:
    selector = found.selector
    assert selector is not None
    path, p, about = selector.path_, selector.n_features_in_, found.about
    if path.empty:
        return f"No feature is chosen: {selector.stop_reason_}."
    names, k = path["name"].tolist(), len(path)
    first = int((path["tier"] == 1).sum())
    included = path["name"][path["tier"] == 0].tolist()
    if len(included) == k:
        tested = "" if isinstance(selector, InfoMaxSelector) else _UNTESTED
        return (
            f"The criterion {found.criterion} chooses {k} of {p} features for what "
            f"they tell about {about}: {listed(names)}.{tested}"
        )
    return _tested(found, path[path["tier"] > 0], first) + _wanted(included)


def _tested(found: Found, path: pd.DataFrame, first: int) -> str:
    """Say which of the tested features add more than chance would."""
    p, about, k = found.main.n_features_in_, found.about, len(path)
    names = path["name"].tolist()
    if first == k:
        which = "each of which" if k > 1 else "which"
        return (
            f"The criterion {found.criterion} chooses {k} of {p} features, {which} "
            f"adds more than chance would to what is known about {about}: "
            f"{listed(names)}."
        )
    if not first:
        return (
            f"None of {p} features adds more than chance would to what is known about "
            f"{about}; {k} were chosen because they were asked for: {listed(names)}."
        )
    own = path["name"][path["tier"] == 1].tolist()
    others = f"{k - first} do not" if k - first > 1 else "one does not"
    return (
        f"{first} of {p} features {'adds' if first == 1 else 'add'} more than chance "
        f"would to what is known about {about}: {listed(own)}. Of the {k} that the "
        f"criterion {found.criterion} chooses the other {others}."
    )


def _wanted(included: list[Hashable]) -> str:
    """Name what was chosen before any test, because the user wants it."""
    if not included:
        return ""
    which = "is" if len(included) == 1 else "are"
    return f" {listed(included)} {which} included by wish, and not tested."


_UNTESTED = " Whether they add more than chance would was not tested."


def _of_resamples(found: Found) -> str:
    stable = found.stable
    assert stable is not None
    names = found.names
    own = [names[j] for j in stable.selected_indices_.tolist()]
    n, p = len(stable.selections_), stable.n_features_in_
    which = f": {listed(own)}" if own else ""
    if stable.consensus == "mean_rank":
        return (
            f"{len(own) or 'None'} of {p} features "
            f"{'is' if len(own) < 2 else 'are'} chosen for the best mean ranks over "
            f"{n} resamples of the rows{which}."
        )
    return (
        f"{len(own) or 'None'} of {p} features "
        f"{'is' if len(own) < 2 else 'are'} chosen in {stable.threshold_:.0%} or more "
        f"of {n} resamples of the rows{which}."
    )


def _leaks(found: Found) -> str:
    """Warn of chosen features that may not be known before the target is."""
    if found.counted is None:
        return ""
    leak = found.counted.facts["leak"].to_numpy()
    own = [found.names[j] for j in found.chosen.tolist() if leak[j]]
    if not own:
        return ""
    which = "determines the target, or follows" if len(own) == 1 else _DETERMINE
    return (
        f"Beware: {listed(own)} {which} from it, without exception: a leak, unless "
        "known before the target is."
    )


_DETERMINE = "determine the target, or follow"


def _best(found: Found) -> str:
    """Say what the most relevant feature tells, of all that there is to tell."""
    relevance = found.relevance
    if not np.isfinite(relevance).any() or not found.target:
        return ""
    best = int(np.nanargmax(relevance))
    name, told = short(found.names[best], NAME), float(relevance[best])
    if told <= 0:
        return "Alone, no feature tells anything: no relevance is above 0."
    whole = _to_be_told(found, best)
    if math.isnan(whole):
        return f"Alone, {name} tells most: {number(told)} nats (1 nat = 1.443 bits)."
    return (
        f"Alone, {name} tells most: {number(told)} of {number(whole)} nats that there "
        f"are to be told ({told / whole:.0%}; 1 nat = 1.443 bits)."
    )


def _to_be_told(found: Found, feature: int) -> float:
    """Entropy of the target in the rows of a relevance; NaN where it is not known."""
    counted = found.counted
    if counted is None:
        return math.nan
    policy = getattr(found.estimator, "missing", "")
    gaps = counted.facts["missing"].to_numpy()[feature] > 0
    return math.nan if policy == "pairwise" and gaps else counted.target_entropy
