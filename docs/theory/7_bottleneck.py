r"""The information bottleneck
==========================

X is rich, and only Y matters. Squeeze X into a simple Z that keeps what X knows of Y.
How much has to be kept, for how much knowledge?

.. math:: \min_{p(z|x)} \; I(X;Z) - \beta\, I(Z;Y)
"""

# %%
# **The curve.** Six kinds of days X tell of rain Y. To the right is what Z keeps of X,
# upwards what it knows of Y. Nothing lies above the curve; it rises, and ever more
# slowly: the first bits are the best. At its end Z knows all that X knew.
import numpy as np

from mifs import probability
from mifs.plotting import InformationPlaneDisplay

rain = np.array([0.05, 0.10, 0.30, 0.60, 0.90, 0.92])
joint = np.column_stack([1 - rain, rain]) / 6
curve = probability.information_bottleneck(joint, base=2)


def plane(groups):
    """(I(X;Z), I(Z;Y)) of a Z that puts days together, bits."""
    z = np.eye(max(groups) + 1)[list(groups)]  # p(z|x)
    kept = probability.mutual_information(z / 6, base=2)
    return kept, probability.mutual_information(z.T @ joint, base=2)


# %%
# **Representations are points.** Two groups, dry days and wet ones, are close to the
# curve: they merge days that say nearly the same. Two other groups, odd days and even
# ones, keep as much of X and know next to nothing.
points = {
    "X itself": plane(range(6)),
    "dry or wet": plane((0, 0, 0, 1, 1, 1)),
    "dry, mixed, wet": plane((0, 0, 1, 1, 2, 2)),
    "odd or even": plane((0, 1, 0, 1, 0, 1)),
}
picture = InformationPlaneDisplay.from_data(points, curve=curve, unit="bits")
for name, (kept, known) in points.items():
    print(f"{name:16} keeps {kept:.2f} bits of X and knows {known:.3f} of Y")

# %%
# No Z knows more of Y than X does, and none knows more than it keeps. So a bottleneck
# is a way to cut a column into few bins for a target: ``InformationBottleneckEncoder``,
# and ``PlugIn(binning="ib")`` inside a selector (:doc:`/discretizers`).
