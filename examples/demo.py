"""Rank the features of a real table
===================================

What ``make demo`` runs.

The table is the breast cancer set of scikit-learn: 569 tumours, 30 measurements of cell
nuclei, and the diagnosis as target. You learn how to read a path: which feature was
chosen at which step, what it tells about the target, what it repeats of the features
chosen before it, and whether it adds more than chance would (tier 1). All information
is in nats (1 nat = 1.443 bits).
"""

# %%
# The table comes with scikit-learn; nothing is downloaded.
import numpy as np
from scipy.stats import entropy
from sklearn.datasets import load_breast_cancer

from mifs import JMI

bunch = load_breast_cancer(as_frame=True)
X, y = bunch.data, bunch.target

# %%
# One fit ranks all features; `path_` has one row a step. Here are the first ten.
selector = JMI(n_features_to_select=None).fit(X, y)
path = selector.path_.head(10)

# %%
# The entropy of the target is the most that any set of features can tell about it.
target_entropy = entropy(np.bincount(y))
kinds = " and ".join(sorted(set(selector.feature_kinds_)))

print(f"Breast cancer: {X.shape[0]} rows, {X.shape[1]} {kinds} features")
print(f"Target: {' or '.join(bunch.target_names)}, entropy {target_entropy:.3f} nats")
print("Criterion: JMI, score = relevance - redundancy + conditional redundancy")
print("Redundancies are means over the features chosen before; all numbers in nats.\n")

width = max(map(len, path["name"]))
print(f"step  {'feature':<{width}}   score  relevance  redundancy  conditional  tier")
for step, row in path.iterrows():
    pair_terms = f"{row.redundancy:10.3f}  {row.conditional_redundancy:11.3f}"
    if step == 1:
        pair_terms = f"{'-':>10}  {'-':>11}"
    print(
        f"{step:4}  {row['name']:<{width}}  {row.score:6.3f}  {row.relevance:9.3f}  "
        f"{pair_terms}  {row.tier:4}"
    )
