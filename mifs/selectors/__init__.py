"""The scikit-learn surface: selectors with fit and transform."""

from mifs.selectors._compare import compare
from mifs.selectors._criteria.betagamma import BetaGamma
from mifs.selectors._criteria.by_name import MISelector
from mifs.selectors._criteria.cife import CIFE
from mifs.selectors._criteria.cmi import CMI
from mifs.selectors._criteria.cmim import CMIM
from mifs.selectors._criteria.condred import CondRed
from mifs.selectors._criteria.disr import DISR
from mifs.selectors._criteria.fcbf import FCBF
from mifs.selectors._criteria.icap import ICAP
from mifs.selectors._criteria.jmi import JMI
from mifs.selectors._criteria.jmi3 import JMI3
from mifs.selectors._criteria.jmim import JMIM
from mifs.selectors._criteria.mifs import MIFS
from mifs.selectors._criteria.mim import MIM
from mifs.selectors._criteria.mrmr import MIRMR, MRMR
from mifs.selectors._criteria.njmim import NJMIM
from mifs.selectors._criteria.relaxmrmr import RelaxMRMR
from mifs.selectors._criteria.speccmi import SpecCMI
from mifs.selectors._cross_validation import MutualInfoCV
from mifs.selectors._infomax import InfoMaxSelector
from mifs.selectors._interactions import interactions
from mifs.selectors._profile import profile
from mifs.selectors._stability import StabilitySelector

__all__ = [
    "CIFE",
    "CMI",
    "CMIM",
    "DISR",
    "FCBF",
    "ICAP",
    "JMI",
    "JMI3",
    "JMIM",
    "MIFS",
    "MIM",
    "MIRMR",
    "MRMR",
    "NJMIM",
    "BetaGamma",
    "CondRed",
    "InfoMaxSelector",
    "MISelector",
    "MutualInfoCV",
    "RelaxMRMR",
    "SpecCMI",
    "StabilitySelector",
    "compare",
    "interactions",
    "profile",
]
