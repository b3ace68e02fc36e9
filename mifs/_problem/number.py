"""How many features are chosen."""

from __future__ import annotations

from numbers import Integral

from mifs._problem.findings import Finding
from mifs._search import Constraints
from mifs.exceptions import TooFewFeaturesWarning

DEFAULT_NUMBER = 10


def number_of(
    wanted: int | float | None, n_units: int, constraints: Constraints
) -> tuple[int, list[Finding]]:
    """Turn ``n_features_to_select`` into a number of units that may be chosen.

    A fraction is rounded down. The default, which nobody may have asked for, gives no
    finding where there are fewer.

    Raises
    ------
    ValueError
        Nothing is left, or more is included than may be chosen.
    """
    if isinstance(wanted, bool):
        raise ValueError(
            f"n_features_to_select={wanted} is a boolean; give a number, None for all, "
            "or 'auto'"
        )
    n_features = n_units - len(constraints.exclude)
    if n_features < 1:
        raise ValueError(f"exclude leaves none of the {n_units} features to choose")
    findings: list[Finding] = []
    if wanted is None:
        k = n_features
    elif isinstance(wanted, Integral):
        k = min(int(wanted), n_features)
        if wanted > n_features and wanted != DEFAULT_NUMBER:
            text = (
                f"n_features_to_select={wanted} is more than the {n_features} "
                "features of the table; all are selected"
            )
            findings.append(Finding(TooFewFeaturesWarning, text))
    else:
        # 0.29 · 100 is 28.999…: a product that close to a whole number is that number.
        k = max(1, int(round(wanted * n_features, 9)))
    if len(constraints.include) > k:
        raise ValueError(
            f"include names {len(constraints.include)} features and "
            f"n_features_to_select={wanted} allows {k}"
        )
    return k, findings
