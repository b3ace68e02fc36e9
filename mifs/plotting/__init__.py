"""Pictures of selections, as display classes in the manner of scikit-learn.

Each display has numbers, `frame`, and a picture of them, `plot`; ``from_estimator`` or
``from_data`` make one and draw it at once. matplotlib (``pip install 'mifs[plot]'``)
is imported when something is drawn.
"""

from mifs.plotting._criteria import CriteriaAgreementDisplay
from mifs.plotting._entropy import EntropyDisplay
from mifs.plotting._joint import JointDistributionDisplay
from mifs.plotting._lagged import LaggedInformationDisplay
from mifs.plotting._path import SelectionPathDisplay
from mifs.plotting._plane import InformationPlaneDisplay
from mifs.plotting._ranking import RankingDisplay
from mifs.plotting._redundancy import RedundancyDisplay
from mifs.plotting._relevance_redundancy import RelevanceRedundancyDisplay
from mifs.plotting._stability import StabilityDisplay

__all__ = [
    "CriteriaAgreementDisplay",
    "EntropyDisplay",
    "InformationPlaneDisplay",
    "JointDistributionDisplay",
    "LaggedInformationDisplay",
    "RankingDisplay",
    "RedundancyDisplay",
    "RelevanceRedundancyDisplay",
    "SelectionPathDisplay",
    "StabilityDisplay",
]
