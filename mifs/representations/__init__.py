"""Columns that are learned, not chosen: small networks on the measures of mifs.

Scikit-learn transformers. They need jax, optax and equinox
(``pip install 'mifs[learn]'``), which are loaded when a model is fitted, and learn on
the processor in seconds to minutes, from tables and small images in memory.
"""

from __future__ import annotations

from mifs.representations._amdim import AMDIM
from mifs.representations._beta_vae import BetaVAE
from mifs.representations._deep_infomax import DeepInfoMax
from mifs.representations._variational_bottleneck import VariationalBottleneck

__all__ = ["AMDIM", "BetaVAE", "DeepInfoMax", "VariationalBottleneck"]
