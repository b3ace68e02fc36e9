"""Genes: which of 2 000 tell anything?
=====================================

100 patients, 2 000 genes. Rank them all, and some will look good by luck. Which ones
can be believed?

The table is drawn by ``mifs.datasets``, so that the truth is known: two pathways, of
eight genes each, are active in the ill. The other 1 984 genes know nothing.
"""

# %%
# Genes of a pathway repeat each other, half of them to the last digit.
import warnings

import numpy as np
import pandas as pd

from mifs import JMI, relevance_test
from mifs.datasets import make_groups
from mifs.exceptions import MifsWarning
from mifs.plotting import RankingDisplay, SelectionPathDisplay

warnings.simplefilter("ignore", MifsWarning)  # of copies, and of what is luck
table = make_groups(
    100,
    information=(0.34, 0.34),
    n_copies=14,
    copy_noise=0.5,
    n_noise=1_984,
    noise="normal",
    random_state=3,
)
pathways = np.array(["heat", "growth", "g"])[table.groups]  # group −1 is noise
names = [f"{pathway}{i}" for i, pathway in enumerate(pathways)]
X = pd.DataFrame(table.data, columns=names)
y = np.where(table.target == 1, "ill", "well")

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
path = SelectionPathDisplay.from_estimator(JMI(10).fit(X, y))
chosen = JMI("auto").fit(X, y)
print("more than chance:", ", ".join(chosen.path_["name"]))

# %%
# A list of ten genes is always to be had. The question is how many of them would come
# again: :ref:`sphx_glr_generated_gallery_tables_stability.py` asks it.
