"""Genes: which of 2 000 tell anything?
=====================================

100 patients, 2 000 genes. Rank them all, and some will look good by luck. Which ones
can be believed?

The table is drawn, so that the truth is known: two pathways, of eight genes each, are
active in the ill. The other 1 984 genes know nothing.
"""

# %%
# Genes of a pathway rise and fall together, so that they repeat each other.
import warnings

import numpy as np
import pandas as pd

from mifs import JMI, relevance_test
from mifs.exceptions import ChanceWarning
from mifs.plotting import RankingDisplay, SelectionPathDisplay

rng = np.random.default_rng(7)
ill = np.repeat([False, True], 50)
genes = {}
for pathway in ("heat", "growth"):
    activity = 1.8 * ill + rng.normal(size=100)
    for i in range(8):
        genes[f"{pathway}{i}"] = activity + rng.normal(size=100) / 2
noise = {f"g{i:04}": rng.normal(size=100) for i in range(1_984)}
X = pd.DataFrame(genes | noise)
y = np.where(ill, "ill", "well")

# %%
# **By themselves.** Here are the twenty genes that tell most. Chance is taken off each
# bar, and behind it stands q, the share of false ones that one accepts by going so far
# down the list. A gene by itself cannot say that it repeats another: a whole pathway
# stands together. One of those with q < 0.05 is luck, as such a list allows.
ranking = RankingDisplay.from_data(X, y, n_shown=20)
tests = relevance_test(X, y)
found = tests.index[tests["q_value"] < 0.05]
print(f"{len(found)} genes with q < 0.05: {', '.join(sorted(found))}")

# %%
# **One after the other.** JMI asks what a gene adds to those above it. After one gene
# of each pathway there is nothing left to add, and that is where ``"auto"`` stops. Ten
# genes were asked for; those on grey ground repeat others or are luck, and the next 100
# patients would give others.
warnings.simplefilter("ignore", ChanceWarning)
path = SelectionPathDisplay.from_estimator(JMI(10).fit(X, y))
chosen = JMI("auto").fit(X, y)
print("more than chance:", ", ".join(chosen.path_["name"]))

# %%
# A list of ten genes is always to be had. The question is how many of them would come
# again: :ref:`sphx_glr_generated_gallery_tables_stability.py` asks it.
