"""A census: numbers, words and gaps in one table
===============================================

Age is a number, an occupation is a word, and some people did not answer. What tells
whether somebody earns more than the others, and what do the gaps say?

The table is drawn by ``mifs.datasets``, and nothing has to be encoded, imputed or
scaled.
"""

# %%
# 6 000 people. Who has no work does not tell the occupation: here the gap is an answer.
# The country is missing by accident.
import warnings

import numpy as np
import pandas as pd

from mifs import JMI, MIM, profile
from mifs.datasets import make_mixed
from mifs.exceptions import ChanceWarning
from mifs.plotting import JointDistributionDisplay, SelectionPathDisplay

table = make_mixed(
    6_000,
    kinds=("spread", "count", "category", "normal", "skewed", "binary"),
    n_noise=3,
    noise="normal",
    shuffle=False,
    random_state=0,
)
spread, count, category, hours, gain, works, country, chance, weight = table.data.T
jobs = np.array(["manual", "service", "sales", "clerical", "manager"])
job = pd.Series(jobs[category.astype(int)], dtype="object")
lands = np.array(["here", "near", "far"])
land = pd.Series(lands[np.digitize(country, [1.0, 1.6])], dtype="object")
y = pd.Series(np.where(table.target == 1, "more", "less"), name="income")
X = pd.DataFrame(
    {
        "age": (45 + 8 * spread).clip(17, 90).round(),
        "years of school": 6 + count,
        "school": pd.cut(count, [-1, 2, 5, 99], labels=["basic", "middle", "high"]),
        "occupation": job.where(works == 1),
        "hours a week": (38 + 6 * hours).round(),
        "capital gain": (1_000 * gain).round(),
        "country": land.where(chance < 1.3),
        "weight": weight.round(2),
    }
)

# %%
# **How is each column read?** ``profile`` says it before anything is fitted.
print(profile(X, y)[["kind", "levels", "missing"]])

# %%
# **What tells, given the others?** The level of school follows from the years. Alone it
# tells as much as others do; beside the years it adds no more than chance, and so it
# waits, on grey ground, until all that add something are chosen.
warnings.simplefilter("ignore", ChanceWarning)
selector = JMI(6).fit(X, y)
path = SelectionPathDisplay.from_estimator(selector)

# %%
# **What do the gaps say?** "Missing" is a level of its own, so that a gap may tell.
# Does it? Look at the gaps alone: those of the occupation do, those of the country do
# not. Where they should not count (will people be silent in the same way when the model
# is used?), ``PlugIn(missing="pairwise")`` leaves their rows out.
gaps = X[["occupation", "country"]].isna()
silent = MIM(None, alpha=1).fit(gaps, y)
for name, told in zip(gaps, silent.relevance_, strict=True):
    print(f"gaps of the {name} tell {told:.4f} nats")
occupation = JointDistributionDisplay.from_estimator(
    selector, X, y, feature="occupation"
)

# %%
# **Is more always more?** Not of age: those who earn more are young or old, the others
# are in between. The correlation sees nothing of it, the information all.
ages = JointDistributionDisplay.from_estimator(selector, X, y, feature="age")
