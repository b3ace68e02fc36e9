"""Columns cut or merged with a view to the target, as transformers."""

from mifs._data.mdlp import mdlp_edges
from mifs._data.merging import bottleneck_edges, bottleneck_map
from mifs.discretizers._bottleneck import InformationBottleneckEncoder
from mifs.discretizers._mdlp import MDLPDiscretizer

__all__ = [
    "InformationBottleneckEncoder",
    "MDLPDiscretizer",
    "bottleneck_edges",
    "bottleneck_map",
    "mdlp_edges",
]
