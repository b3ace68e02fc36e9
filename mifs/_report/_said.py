"""What is true of a fit: sentences that follow from its estimator."""

from __future__ import annotations

from mifs.estimators import Estimator, PlugIn

# By the correction: what a relevance is, and what a bar of it leaves out.
_COUNTED = {
    "permutation": (
        "what a feature tells alone, less what chance alone would make of it",
        "expected by chance, taken off",
    ),
    "miller_madow": (
        "what a feature tells alone, less the bias by Miller and Madow",
        "bias by Miller and Madow, taken off",
    ),
    "shrinkage": (
        "what a feature tells alone, by frequencies that are shrunk",
        "taken off by shrinkage",
    ),
    None: (
        "what a feature tells alone: nothing is taken off for chance",
        "",
    ),
}
OF_ALL = "what a column tells of all columns on average, itself among them"


def relevance_is(estimator: Estimator) -> str:
    """Say what a relevance is."""
    if isinstance(estimator, PlugIn):
        return _COUNTED[estimator.correction][0]
    return f"what a feature tells alone, as {_kind(estimator)} estimates it"


def taken_off(estimator: Estimator) -> str:
    """Say what the correction takes off, "" where there is none."""
    if not isinstance(estimator, PlugIn):
        return ""
    return _COUNTED[estimator.correction][1]


def missing_are(estimator: Estimator) -> str:
    """Say what missing values are to an estimator, to begin a list of columns."""
    policy = getattr(estimator, "missing", None)
    if policy == "category":
        return "Missing values, which are a level of their own"
    if policy == "pairwise":
        return "Missing values, whose rows are left out of each pair that needs them"
    return "Missing values"


def bins_are(estimator: Estimator) -> str:
    """Say what the bins of a picture are to the fit."""
    if isinstance(estimator, PlugIn):
        return "Continuous features are cut into the bins in which they were counted."
    return (
        "Continuous features are cut into bins for this picture: "
        f"{_kind(estimator)} has none."
    )


def gaps_are(estimator: Estimator) -> str:
    """Say of missing values what their being a level does not say."""
    own = getattr(estimator, "missing", None) == "category"
    return "" if own else "Missing values are a level in these pictures only."


def _kind(estimator: Estimator) -> str:
    return type(estimator).__name__
