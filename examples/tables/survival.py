"""Survival: what tells how long it goes well
===========================================

Some patients have died, of others we know only that they lived when they were last
seen. These are not to be thrown away, nor taken for dead. A target of two fields, an
event and a time, says both.

The table is drawn by ``mifs.datasets``: 1 000 patients, two things that count, two that
count only together, and six that do not.
"""

# %%
# A marker speeds the illness up, age does a little, and the gene turns the treatment
# from a help into a harm. The study ends after five years for everybody; the law says
# what each column tells of event and time, in nats.
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from mifs import JMI
from mifs.datasets import make_survival
from mifs.plotting import JointDistributionDisplay, SelectionPathDisplay

table = make_survival(
    1_000,
    effects=(1.2, 0.8),
    interaction=0.9,
    n_noise=6,
    noise="normal",
    shuffle=False,
    random_state=0,
)
names = ["marker", "old", "treated", "gene", *table.feature_names[4:]]
X = pd.DataFrame(table.data, columns=names)
y = np.empty(len(X), dtype=[("died", bool), ("months", float)])
y["died"], y["months"] = table.target["event"], 40 * table.target["time"]
print(f"{y['died'].mean():.0%} of the patients died while they were watched")
print(pd.Series(table.mutual_information, names).round(3).head(5))

# %%
# **What tells?** The time is cut into bins, and each bin with and without an event is a
# class. Neither the treatment nor the gene tells anything alone. Together they do, and
# ``start="pair"`` looks at pairs; ``"auto"`` leaves the noise out.
alone = JMI("auto").fit(X, y)
paired = JMI("auto", start="pair").fit(X, y)
print("step by step:", ", ".join(alone.path_["name"]))
print("from a pair: ", ", ".join(paired.path_["name"]))
path = SelectionPathDisplay.from_estimator(paired)

# %%
# **What does a class look like?** Of those who die early more have the marker.
marker = JointDistributionDisplay.from_data(
    X["marker"].map({0: "without", 1: "with"}), pd.Series(y["died"], name="died")
)

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
    1, 2, figsize=(10, 3.5), sharey=True, layout="constrained"
)
for style, level, label in (("-", 0, "without"), ("--", 1, "with")):
    left.step(*alive(y[X["marker"] == level]), style, where="post", label=label)
for style, gene in (("-", 0), ("--", 1)):
    for color, treated in (("C0", 1), ("C1", 0)):
        rows = (X["gene"] == gene) & (X["treated"] == treated)
        label = (
            f"{'treated' if treated else 'not treated'}, gene {'on' if gene else 'off'}"
        )
        right.step(*alive(y[rows]), style, color=color, where="post", label=label)
left.set(xlabel="months", ylabel="share alive", ylim=(0, 1), title="marker")
right.set(xlabel="months", title="treatment and gene")
left.legend()
right.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
