"""The scikit-learn surface: selectors with fit and transform."""

from mifs.selectors._compare import compare
from mifs.selectors._greedy import (
    CIFE,
    CMI,
    CMIM,
    DISR,
    FCBF,
    ICAP,
    JMI,
    JMI3,
    JMIM,
    MIFS,
    MIM,
    MIRMR,
    MRMR,
    NJMIM,
    BetaGamma,
    CondRed,
    MISelector,
    RelaxMRMR,
    SpecCMI,
)
from mifs.selectors._infomax import InfoMaxSelector
from mifs.selectors._profile import profile

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
    "RelaxMRMR",
    "SpecCMI",
    "compare",
    "profile",
]
