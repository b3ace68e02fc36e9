"""Information measures of samples, in any base, with any estimator."""

from __future__ import annotations

from mifs.measures._dropin import mutual_info_classif, mutual_info_regression
from mifs.measures._entropy import conditional_entropy, entropy, joint_entropy
from mifs.measures._multivariate import (
    dual_total_correlation,
    interaction_information,
    pointwise_mutual_information,
    total_correlation,
)
from mifs.measures._mutual import conditional_mutual_information, mutual_information
from mifs.measures._neural import NeuralInformation, neural_mutual_information
from mifs.measures._normalized import normalized_mutual_information
from mifs.measures._pairwise import pairwise_mutual_information
from mifs.measures._permutation import PermutationTest
from mifs.measures._representation import (
    RepresentationInformation,
    representation_information,
)
from mifs.measures._series import (
    lagged_mutual_information,
    transfer_entropy,
    transfer_entropy_test,
)

__all__ = [
    "NeuralInformation",
    "PermutationTest",
    "RepresentationInformation",
    "conditional_entropy",
    "conditional_mutual_information",
    "dual_total_correlation",
    "entropy",
    "interaction_information",
    "joint_entropy",
    "lagged_mutual_information",
    "mutual_info_classif",
    "mutual_info_regression",
    "mutual_information",
    "neural_mutual_information",
    "normalized_mutual_information",
    "pairwise_mutual_information",
    "pointwise_mutual_information",
    "representation_information",
    "total_correlation",
    "transfer_entropy",
    "transfer_entropy_test",
]
