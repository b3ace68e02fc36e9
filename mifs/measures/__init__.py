"""Information measures of samples, in any base, with any estimator."""

from __future__ import annotations

from mifs.measures._dropin import mutual_info_classif, mutual_info_regression
from mifs.measures._mutual import conditional_mutual_information, mutual_information

__all__ = [
    "conditional_mutual_information",
    "mutual_info_classif",
    "mutual_info_regression",
    "mutual_information",
]
