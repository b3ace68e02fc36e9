"""Information of given distributions: exact, in any unit, with numpy and scipy only.

Arrays of probabilities and joint tables in, one axis per variable; nats out, unless
``base=`` says 2 (bits) or 10 (bans). 0 log 0 is 0, a divergence is infinite where it is
infinite, nothing is clipped, and a table that does not sum to 1 is an error unless
``normalize=True``. For samples see :mod:`mifs.measures`.
"""

from mifs.probability._bottleneck import BottleneckCurve, information_bottleneck
from mifs.probability._bounds import (
    donsker_varadhan_bound,
    infonce_bound,
    jensen_shannon_objective,
    nwj_bound,
    smile_estimate,
)
from mifs.probability._channel import ChannelCapacity, channel_capacity
from mifs.probability._divergence import cross_entropy, js_divergence, kl_divergence
from mifs.probability._entropy import (
    conditional_entropy,
    entropy,
    joint_entropy,
    self_information,
)
from mifs.probability._information import (
    conditional_mutual_information,
    dual_total_correlation,
    interaction_information,
    mutual_information,
    normalized_mutual_information,
    total_correlation,
)
from mifs.probability._losses import (
    cross_entropy_loss,
    elbo,
    gaussian_kl,
    label_smoothing,
)

__all__ = [
    "BottleneckCurve",
    "ChannelCapacity",
    "channel_capacity",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "cross_entropy_loss",
    "donsker_varadhan_bound",
    "dual_total_correlation",
    "elbo",
    "entropy",
    "gaussian_kl",
    "infonce_bound",
    "information_bottleneck",
    "interaction_information",
    "jensen_shannon_objective",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "label_smoothing",
    "mutual_information",
    "normalized_mutual_information",
    "nwj_bound",
    "self_information",
    "smile_estimate",
    "total_correlation",
]
