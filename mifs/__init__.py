"""Feature selection by mutual information.

Names are loaded when they are first used, so that importing mifs costs next to nothing.
"""

from __future__ import annotations

import importlib

# The constant of typing, whose import would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mifs import (
        criteria,
        datasets,
        discretizers,
        estimators,
        exceptions,
        inference,
        measures,
        plotting,
        probability,
        representations,
    )
    from mifs._report import report
    from mifs._scan import Scan, scan_csv, scan_frame, scan_parquet
    from mifs.discretizers import InformationBottleneckEncoder, MDLPDiscretizer
    from mifs.inference import mi_test, relevance_test
    from mifs.measures import mutual_info_classif, mutual_info_regression
    from mifs.selectors import (
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
        InfoMaxSelector,
        MISelector,
        MutualInfoCV,
        RelaxMRMR,
        SpecCMI,
        StabilitySelector,
        compare,
        interactions,
        profile,
    )

__version__ = "0.1.0"

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
    "InformationBottleneckEncoder",
    "MDLPDiscretizer",
    "MISelector",
    "MutualInfoCV",
    "RelaxMRMR",
    "Scan",
    "SpecCMI",
    "StabilitySelector",
    "__version__",
    "compare",
    "criteria",
    "datasets",
    "discretizers",
    "estimators",
    "exceptions",
    "inference",
    "interactions",
    "measures",
    "mi_test",
    "mutual_info_classif",
    "mutual_info_regression",
    "plotting",
    "probability",
    "profile",
    "relevance_test",
    "report",
    "representations",
    "scan_csv",
    "scan_frame",
    "scan_parquet",
]

_MODULES = {
    "criteria",
    "datasets",
    "discretizers",
    "estimators",
    "exceptions",
    "inference",
    "measures",
    "plotting",
    "probability",
    "representations",
}
_HOMES = {
    "InformationBottleneckEncoder": "mifs.discretizers",
    "MDLPDiscretizer": "mifs.discretizers",
    "Scan": "mifs._scan",
    "mi_test": "mifs.inference",
    "mutual_info_classif": "mifs.measures",
    "mutual_info_regression": "mifs.measures",
    "relevance_test": "mifs.inference",
    "report": "mifs._report",
    "scan_csv": "mifs._scan",
    "scan_frame": "mifs._scan",
    "scan_parquet": "mifs._scan",
}


def __getattr__(name: str) -> object:
    """Load a public name (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"mifs.{name}")
    if name in __all__:
        home = importlib.import_module(_HOMES.get(name, "mifs.selectors"))
        return getattr(home, name)
    raise AttributeError(f"module 'mifs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
