"""Survival: what tells how long it goes well
===========================================

Some patients have died, of others we know only that they lived when they were last
seen. These are not to be thrown away, nor taken for dead. A target of two fields, an
event and a time, says both.

The table is drawn: 800 patients, two things that count, two that count only together,
and six that do not.
"""

# %%
# A marker speeds the illness up, age does a little, and the gene turns the treatment
# from a help into a harm. The study ends after five years for everybody.
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from mifs import JMI
from mifs.plotting import SelectionPathDisplay

rng = np.random.default_rng(5)
n = 800
X = pd.DataFrame(
    {
        "age": rng.normal(60, 9, n).round(),
        "marker": rng.choice(["low", "middle", "high"], n, p=[0.4, 0.35, 0.25]),
        "treated": rng.random(n) < 0.5,
        "gene": rng.random(n) < 0.5,
        **{f"noise{i}": rng.normal(size=n).round(2) for i in range(6)},
    }
)
speed = X["marker"].map({"low": 0.0, "middle": 0.8, "high": 1.8})
speed += 0.03 * (X["age"] - 60) + np.where(X["treated"] == X["gene"], 0.9, -0.9)
months = rng.exponential(60 * np.exp(-speed))
seen_until = np.minimum(60, rng.exponential(120, n))
y = np.empty(n, dtype=[("died", bool), ("months", float)])
y["died"] = months <= seen_until
y["months"] = np.minimum(months, seen_until)
print(f"{y['died'].mean():.0%} of the patients died while they were watched")

# %%
# **What tells?** The time is cut into bins, and each bin with and without an event is a
# class. Neither the treatment nor the gene tells anything alone. Together they do, and
# ``start="pair"`` looks at pairs; ``"auto"`` leaves the noise out. Mind the dotted box
# of age: in so many bins of age and time chance alone would tell 0.4 nats. It is taken
# off.
alone = JMI("auto").fit(X, y)
paired = JMI("auto", start="pair").fit(X, y)
print("step by step:", ", ".join(alone.path_["name"]))
print("from a pair: ", ", ".join(paired.path_["name"]))
path = SelectionPathDisplay.from_estimator(paired)

# %%
# **Is it true?** The share that is alive, by Kaplan and Meier: at each death it falls
# by one of those who were still watched.


def alive(y):
    """Months and the share that is alive, for a step curve."""
    times = np.unique(y["months"][y["died"]])
    watched = (y["months"][:, None] >= times).sum(axis=0)
    deaths = ((y["months"][:, None] == times) & y["died"][:, None]).sum(axis=0)
    return np.r_[0, times], np.r_[1, np.cumprod(1 - deaths / watched)]


figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 3.5), sharey=True, layout="constrained"
)
for style, level in zip(("-", "--", ":"), ("low", "middle", "high"), strict=True):
    left.step(*alive(y[X["marker"] == level]), style, where="post", label=level)
for style, gene in (("-", False), ("--", True)):
    for color, treated in (("C0", True), ("C1", False)):
        rows = (X["gene"] == gene) & (X["treated"] == treated)
        label = (
            f"{'treated' if treated else 'not treated'}, gene {'on' if gene else 'off'}"
        )
        right.step(*alive(y[rows]), style, color=color, where="post", label=label)
left.set(xlabel="months", ylabel="share alive", ylim=(0, 1), title="marker")
right.set(xlabel="months", title="treatment and gene")
left.legend()
right.legend()
plt.show()
