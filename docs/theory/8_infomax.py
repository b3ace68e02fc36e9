r"""InfoMax: keep as much as possible
=================================

There is no target. What should be kept of many inputs? Linsker (1988): whatever keeps
most information about them.
"""

# %%
# **A single wire.** Two correlated inputs x go through one wire z = w·x + noise, with w
# of length 1. Of normal inputs I(X;z) = ½ log(1 + w'Σw/σ²). Turn w, and the information
# is highest along the direction in which the inputs vary most: InfoMax finds the first
# principal component.
import itertools

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_wine

from mifs import InfoMaxSelector
from mifs.estimators import PlugIn
from mifs.measures import pairwise_mutual_information

covariance = np.array([[1.0, 0.8], [0.8, 1.5]])
angles = np.linspace(0, np.pi, 181)
directions = np.column_stack([np.cos(angles), np.sin(angles)])
varies = np.einsum("ni,ij,nj->n", directions, covariance, directions)
figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
for noise, style in ((0.3, "-"), (1.0, "--")):
    told = np.log(1 + varies / noise) / 2
    ax.plot(np.rad2deg(angles), told, style, label=f"noise of variance {noise}")
axis = np.linalg.eigh(covariance)[1][:, -1]
principal = np.rad2deg(np.arctan2(axis[1], axis[0])) % 180
ax.axvline(principal, color="black", linewidth=1, linestyle=":")
ax.text(principal + 2, 0.2, "first principal component")
ax.set(xlabel="direction of w (degrees)", ylabel="I(X;z) (nats)", ylim=0)
ax.legend()
plt.show()

# %%
# **Wires to columns.** To select is to connect each wire to one column. A set S is
# worth
#
# .. math:: f(S) = \frac{1}{p} \sum_j \max_{s \in S} I(X_s; X_j)
#
# what the chosen column closest to it says about each column. f is monotone and
# submodular: a column adds the less, the more are there. So the greedy choice cannot be
# worse than 1 − 1/e, 63 %, of the best set, and is mostly as good. Here are all sets of
# up to five of the 13 columns of a table of wines.
X = load_wine(as_frame=True).data
matrix = pairwise_mutual_information(X, estimator=PlugIn()).to_numpy()
numbers = range(1, 6)
worth = {
    k: [
        matrix[list(s)].max(axis=0).mean() for s in itertools.combinations(range(13), k)
    ]
    for k in numbers
}
greedy = InfoMaxSelector(5, mi_estimator=PlugIn(correction=None)).fit(X).objective_
best = np.array([max(worth[k]) for k in numbers])
figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.plot(numbers, best, "o-", label="best of all sets")
ax.plot(numbers, greedy, "D--", label="greedy")
ax.plot(numbers, (1 - 1 / np.e) * best, ":", label="bound of the greedy choice")
ax.plot(numbers, [np.median(worth[k]) for k in numbers], "s-.", label="median set")
ax.set(xlabel="number of columns", ylabel="f(S) (nats)", ylim=0, xticks=list(numbers))
ax.legend()
plt.show()
print("greedy / best:", (greedy / best).round(3).tolist())
