"""Bottlenecks: exact, variational, and by merging
================================================

Keep little of X, and of that what tells of Y. Where the distribution is known, the best
trade is known. How close do a network and an encoder of levels come, which see rows?
"""

# %%
# Eight kinds of days, each with its share of rain, a thousand days of each. The exact
# curve: nothing lies above it.
import numpy as np

from mifs import InformationBottleneckEncoder, probability
from mifs.plotting import InformationPlaneDisplay
from mifs.representations import VariationalBottleneck

rain = np.array([0.04, 0.08, 0.2, 0.35, 0.6, 0.75, 0.9, 0.95])
joint = np.column_stack([1 - rain, rain]) / 8
curve = probability.information_bottleneck(joint, base=2)
days = np.repeat(np.arange(8), 1000)
wet = (np.arange(8000) % 1000 < 1000 * rain[days]).astype(int)
points = {}

# %%
# **By merging.** ``InformationBottleneckEncoder`` puts kinds of days together until so
# many groups are left. A group is a value of Z, without any chance in it: then I(X;Z)
# is the entropy of the groups.
frame = days[:, None].astype(str).astype(object)
for n_levels in (2, 3, 4):
    encoder = InformationBottleneckEncoder(n_levels).fit(frame, wet)
    z = encoder.transform(frame).ravel()
    together = np.histogram2d(z, wet, bins=(n_levels, 2))[0] / len(z)
    kept = probability.entropy(together.sum(axis=1), base=2)
    points[f"{n_levels} groups"] = (
        kept,
        probability.mutual_information(together, base=2),
    )

# %%
# **Variational.** A network makes a normal z of each day. Its rate is an upper bound on
# I(X;Z), and H(Y) less its cross-entropy a lower bound on I(Z;Y): a point that is
# worse than the Z behind it, on both axes.
for beta in (2, 5, 20, 200):
    model = VariationalBottleneck(
        1, beta=beta, learning_rate=0.01, max_iter=30, batch_size=256, random_state=0
    ).fit(np.eye(8)[days], wet)
    bits = model.rate_ / np.log(2), model.information_ / np.log(2)
    points[f"variational, β = {beta}"] = bits

# %%
# **One plane.** Both stay below the curve; groups, which are hard, keep more of X for
# what they know.
picture = InformationPlaneDisplay.from_data(points, curve=curve, unit="bits")
whole = probability.mutual_information(joint, base=2)
print(f"X itself knows {whole:.3f} bits of Y")
for name, (kept, known) in points.items():
    best = np.interp(kept, curve.complexity, curve.relevance)
    print(f"{name:24} keeps {kept:.3f}, knows {known:.3f}, at best {best:.3f}")
