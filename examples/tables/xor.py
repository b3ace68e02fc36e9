"""XOR, and where each criterion ends
===================================

No criterion is best everywhere: each leaves something out of the score, and there is a
table on which exactly that decides. Here are five such tables, of which the truth is
known, and what eight criteria find.
"""

# %%
# Each table has some columns that count, and others that do not. Of the fourth, y is
# x0 xor x1, where x0 is visible alone and x1 is not; beside them stand five hints that
# agree with y in 60 % of the rows, and add nothing to the two.
import warnings

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from mifs import JMI, MISelector
from mifs.datasets import make_boolean, make_groups, make_network
from mifs.exceptions import MifsWarning
from mifs.plotting import SelectionPathDisplay

warnings.simplefilter("ignore", MifsWarning)
n = 5_000


factors = {"n_noise": 20, "random_state": 0}
tables = {
    "one column a factor": make_groups(n, n_copies=0, **factors),
    "factors with copies": make_groups(n, n_copies=40, **factors),
    "spouse of a child": make_network(n, random_state=0),
    "xor, one visible": make_boolean(
        n, share=(0.5, 0.7), n_hints=5, n_noise=0, shuffle=False, random_state=0
    ),
    "xor, none visible": make_boolean(n, random_state=0),
}

# %%
# How much of what counts is among the first features, as many as there are? A copy
# counts for its original, but once.
criteria = ["mim", "mifs", "mrmr", "cife", "jmi", "cmim", "icap", "disr"]


def found(table, selector):
    """Share of what counts that a selector finds."""
    truth = table.groups.copy()  # which factor a column shows, -1 for none
    if truth.max() < 0:
        truth[table.relevant] = np.arange(len(table.relevant))
    k = truth.max() + 1
    selector.set_params(n_features_to_select=int(k), discrete_features=table.discrete)
    chosen = selector.fit(table.data, table.target).selected_indices_
    return len(set(truth[chosen]) - {-1}) / k


rows = {}
for name, table in tables.items():
    rows[name] = {c: found(table, MISelector(c, alpha=1)) for c in criteria}
    rows[name]["jmi, tested"] = found(table, JMI())
    rows[name]["jmi, pair"] = found(table, JMI(start="pair"))
shares = pd.DataFrame(rows).T
print((100 * shares).round().astype(int).to_string())

# %%
# Dark is found. Eight columns are the formulas alone (``alpha=1``). Read it by rows:
#
# - one column a factor: most is found by all. The sums of MIFS and CIFE grow with every
#   pick, so that what a column tells counts less and less;
# - copies: MIM takes the same factor again and again, and so do JMI and DISR, whose
#   means forget a copy;
# - a spouse tells nothing alone, only beside the child of both. It is the one of five
#   that the formulas miss, for copies of other columns score higher;
# - XOR: if one of the two is visible, criteria with the term I(Xk;Xj|Y) find the other,
#   unless they cannot give more credit than a column has alone (CMIM, ICAP). If none
#   is, no search that begins with the most relevant column finds them.
#
# The last two columns are JMI as it comes, with tests: what adds no more than chance
# waits, copies among it, and the formula chooses among the rest. ``start="pair"`` looks
# at all pairs first, and finds the last row as well.
figure, ax = plt.subplots(figsize=(8, 3.8), layout="constrained")
image = ax.imshow(shares, vmin=0, vmax=1, cmap="Blues", aspect="auto")
ax.set_xticks(range(shares.shape[1]), shares.columns, rotation=30, ha="right")
ax.set_yticks(range(len(shares)), shares.index)
for (i, j), share in np.ndenumerate(shares.to_numpy()):
    color = "white" if share > 0.6 else "black"
    ax.text(j, i, f"{share:.0%}", ha="center", va="center", color=color)
figure.colorbar(image, label="share found")
plt.show()

# %%
# The fourth row in one picture. x1 tells nothing alone; its whole score is what it
# shares with x0 within the classes.
xor = tables["xor, one visible"]
named = pd.DataFrame(xor.data, columns=xor.feature_names)
path = SelectionPathDisplay.from_estimator(
    JMI(4, alpha=1, discrete_features=True).fit(named, xor.target)
)
