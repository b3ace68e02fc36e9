r"""Mutual information is a divergence
==================================

What does X tell about Y? Compare the world as it is with one in which the two have
nothing to do with each other.

.. math:: I(X;Y) = D(P_{XY} \| P_X P_Y)
          = \sum_{x,y} p(x, y) \log \frac{p(x, y)}{p(x)\, p(y)}
"""

# %%
# **The three tables.** To the left the joint probabilities, in the middle the product
# of the margins, and to the right what each cell adds: positive where it is more
# frequent than independence would have it, negative where less. The sum is never below
# 0, and is 0 only for independent variables.
import numpy as np
from matplotlib import pyplot as plt

from mifs import probability
from mifs.plotting import JointDistributionDisplay

joint = np.array([[0.20, 0.10, 0.02], [0.08, 0.20, 0.08], [0.02, 0.10, 0.20]])
product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
parts = joint * np.log2(joint / product)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
titles = ("P(X,Y)", "P(X) P(Y)", "part of each cell (bits)")
for ax, table, title in zip(axes, (joint, product, parts), titles, strict=True):
    signed = table.min() < 0
    limit = np.abs(table).max()
    style = (
        {"cmap": "PuOr", "vmin": -2 * limit} if signed else {"cmap": "Blues", "vmin": 0}
    )
    ax.imshow(table, vmax=2 * limit, **style)
    for (i, j), value in np.ndenumerate(table):
        ax.text(j, i, f"{value:.2f}", ha="center", va="center")
    ax.set(title=title, xticks=[], yticks=[], xlabel="Y", ylabel="X")
plt.show()
print(f"sum of the parts:   {parts.sum():.4f} bits")
print(
    f"D(P_XY || P_X P_Y): {probability.kl_divergence(joint, product, base=2):.4f} bits"
)
print(f"I(X;Y):             {probability.mutual_information(joint, base=2):.4f} bits")

# %%
# **It grows with dependence.** Mix the joint table with the product: from independence
# to the full dependence, I grows from 0, slowly at first.
share = np.linspace(0, 1, 50)
mixed = [
    probability.mutual_information(s * joint + (1 - s) * product, base=2) for s in share
]
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.plot(share, mixed)
ax.set(xlabel="share of the joint table", ylabel="I(X;Y) (bits)", ylim=0)
plt.show()

# %%
# **It sees any dependence.** Of these points Pearson's and Spearman's correlations are
# 0, for there is no way up or down. The information is large: who knows x knows y but
# for its sign.
rng = np.random.default_rng(0)
angle = rng.uniform(0, 2 * np.pi, 2_000)
circle = JointDistributionDisplay.from_data(
    np.cos(angle) + 0.05 * rng.normal(size=2_000),
    np.sin(angle) + 0.05 * rng.normal(size=2_000),
)

# %%
# **A function adds nothing.** Whatever is computed from X alone knows no more of Y than
# X does: I(f(X);Y) ≤ I(X;Y). Here f puts the first two levels together.
merged = np.vstack([joint[:2].sum(axis=0), joint[2]])
print(f"I(f(X);Y): {probability.mutual_information(merged, base=2):.4f} bits")
