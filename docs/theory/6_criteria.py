r"""Criteria approximate the conditional likelihood
===============================================

Why these formulas? Brown, Pocock, Zhao and Luján (2012) derive them from one aim: to
keep the features under which the labels are most likely. Of a model q of the chosen
features S, with the others R left out, the mean log-likelihood of the labels is

.. math:: -E \log q(y|x_S) = H(Y|X) + I(X_R; Y | X_S)
          + E\, D(P(Y|x_S) \| Q(Y|x_S))

H(Y|X) is noise that nobody can take away, and the last term is the fault of the model.
What a selection can do is to make I(X_R;Y|X_S) small: what those that are left out
still tell. Step by step, that is to take the feature of the highest I(Xk;Y|S).
"""

# %%
# **Why not that?** Its table has a cell for each combination of the chosen levels, and
# there are soon more cells than rows. If the chosen features are independent of one
# another, given the candidate, and given it and the target, then
#
# .. math:: I(X_k;Y|S) = I(X_k;Y) - \sum_j I(X_k;X_j) + \sum_j I(X_k;X_j|Y)
#
# up to a term that is the same for all k. Only pairs are counted. The criteria weigh
# the two sums, by β and γ: the fewer assumptions are believed, the smaller the weight.
# Means weigh less with every pick.
import itertools

import numpy as np
from matplotlib import pyplot as plt

from mifs import probability
from mifs.criteria import CRITERIA, Pair

picks = 3
plane = {
    "mim": (0, 0),
    "mifs": (1, 0),
    "mrmr": (1 / picks, 0),
    "jmi": (1 / picks, 1 / picks),
    "cife": (1, 1),
    "condred": (0, 1),
}
figure, ax = plt.subplots(figsize=(4.5, 3.8), layout="constrained")
for name, (beta, gamma) in plane.items():
    ax.plot(beta, gamma, "o", color="#0072b2")
    ax.annotate(name, (beta, gamma), (5, 5), textcoords="offset points")
ax.plot([0, 1], [0, 1], ":", color="grey")
ax.set(xlabel="β, weight of redundancy", ylabel="γ, weight of the conditional one")
ax.set(xlim=(-0.1, 1.25), ylim=(-0.1, 1.2))
plt.show()

# %%
# **How good are they?** Draw distributions of six binary features and a target, of
# which everything can be computed, and let candidates be scored after three picks: the
# exact I(Xk;Y|S) to the right, the criterion upwards. (All features depend on a hidden
# bit and on the target.)
rng = np.random.default_rng(0)


def drawn():
    """P(x1, …, x6, y), with a hidden bit summed out."""
    joint = np.zeros((2,) * 7)
    chance = rng.uniform(0.1, 0.9, (6, 2, 2))  # P(xk = 1 | y, hidden)
    for *x, y in itertools.product((0, 1), repeat=7):
        for hidden in (0, 1):
            p = chance[:, y, hidden]
            joint[(*x, y)] += 0.25 * np.prod(np.where(x, p, 1 - p))
    return joint


def over(joint, axes):
    """Sum all other axes out, and put these in order."""
    rest = tuple(set(range(7)) - set(axes))
    kept = sorted(axes)
    return joint.sum(axis=rest).transpose([kept.index(axis) for axis in axes])


def scores(joint):
    """Score candidates 3, 4, 5 after the picks 0, 1, 2: exactly, and by criteria."""
    told = [probability.mutual_information(over(joint, (k, 6))) for k in range(6)]
    exact, rows = [], {name: [] for name in plane}
    for k in (3, 4, 5):
        whole = over(joint, (k, 6, 0, 1, 2)).reshape(2, 2, 8)
        exact.append(probability.conditional_mutual_information(whole))
        pairs = [
            Pair(
                np.array([told[k]]),
                np.array([told[j]]),
                np.array([probability.mutual_information(over(joint, (k, j)))]),
                np.array(
                    [probability.conditional_mutual_information(over(joint, (k, j, 6)))]
                ),
                np.empty(0),
            )
            for j in (0, 1, 2)
        ]
        for name in plane:
            record = CRITERIA[name]
            parts = [record.contribution(pair, record.parameters) for pair in pairs]
            score = record.score(
                np.array([told[k]]), np.sum(parts, axis=0), picks, record.parameters
            )
            rows[name].append(float(score[0]))
    return exact, rows


exact, rows = [], {name: [] for name in plane}
for _ in range(60):
    true, scored = scores(drawn())
    exact += true
    for name, values in scored.items():
        rows[name] += values
figure, axes = plt.subplots(2, 3, figsize=(9, 5.5), layout="constrained")
for ax, (name, values) in zip(axes.flat, rows.items(), strict=True):
    agreement = np.corrcoef(exact, values)[0, 1]
    ax.plot(exact, values, ".", color="#0072b2")
    ax.set(title=f"{name}, correlation {agreement:.2f}")
    ax.axline((0, 0), slope=1, color="grey", linestyle=":")
figure.supxlabel("I(Xk;Y|S), exact (nats)")
figure.supylabel("score (nats)")
plt.show()

# %%
# No formula wins everywhere: :ref:`sphx_glr_generated_gallery_tables_xor.py` shows
# tables on which each one fails, and :doc:`/criteria` has all of them.
