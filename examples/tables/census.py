"""A census: numbers, words and gaps in one table
===============================================

Age is a number, an occupation is a word, and some people did not answer. What tells
whether somebody earns more than the others, and what do the gaps say?

The table is drawn as the census tables that everybody knows are made, and nothing has
to be encoded, imputed or scaled.
"""

# %%
# 6 000 people. Who does not tell the occupation often has none, and so earns little:
# here the gap is an answer. The country is missing by accident.
import numpy as np
import pandas as pd

from mifs import JMI, MIM, profile
from mifs.plotting import JointDistributionDisplay, SelectionPathDisplay

rng = np.random.default_rng(0)
n = 6_000
age = rng.integers(17, 80, n)
years = np.clip(rng.normal(10, 2.5, n).round(), 1, 16).astype(int)
jobs = np.array(["manual", "service", "sales", "clerical", "professional", "manager"])
rank = np.clip((years - 4) / 2 + rng.normal(0, 1.2, n), 0, 5).astype(int)
job = pd.Series(jobs[rank], dtype="object")
works = rng.random(n) < np.where(age > 65, 0.3, 0.9)
gain = np.where(rng.random(n) < 0.08, rng.lognormal(8, 1, n).round(), 0.0)
hours = np.where(works, rng.normal(40, 8, n), rng.normal(12, 6, n)).clip(1, 90).round()
country = pd.Series(rng.choice(["here", "near", "far"], n, p=[0.85, 0.1, 0.05]))

wealth = (
    0.35 * (years - 10)
    + 0.7 * (rank - 2.5)
    - ((age - 50) / 14) ** 2
    + gain / 4_000
    + (hours - 38) / 15
    + rng.logistic(size=n)
)
y = pd.Series(np.where(wealth > 1, "more", "less"), name="income")
X = pd.DataFrame(
    {
        "age": age,
        "years of school": years,
        "school": pd.cut(years, [0, 8, 12, 16], labels=["basic", "middle", "high"]),
        "occupation": job.where(works | (rng.random(n) < 0.2)),
        "hours a week": hours,
        "capital gain": gain,
        "country": country.where(rng.random(n) > 0.1),
        "weight": rng.lognormal(12, 0.5, n).round(),
    }
)

# %%
# **How is each column read?** ``profile`` says it before anything is fitted.
print(profile(X, y)[["kind", "levels", "missing"]])

# %%
# **What tells, given the others?** The level of school follows from the years. So its
# bars are long on both sides, and next to nothing remains: the diamond, close to the
# line.
selector = JMI(8, alpha=1).fit(X, y)
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
# **Is more always more?** Not of age: income rises and falls again. The correlation
# sees little of it, the information all.
ages = JointDistributionDisplay.from_estimator(selector, X, y, feature="age")
