"""Stability: would I get the same ones tomorrow?
===============================================

Two measurements repeat each other. One of them is chosen today, and by another sample
the other one would be: the list changes, and what it says does not. How stable is a
choice, and how does one count measurements that stand for each other as one?
"""

# %%
# The measurements of a tumour: radius, perimeter and area say nearly the same.
import warnings

import pandas as pd
from sklearn.datasets import load_breast_cancer

from mifs import JMI, MIM, MIRMR, StabilitySelector
from mifs.exceptions import MifsWarning
from mifs.plotting import RedundancyDisplay, StabilityDisplay

warnings.simplefilter("ignore", MifsWarning)
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
same = RedundancyDisplay.from_data(X.filter(regex="^worst"))

# %%
# **One by one.** Fifty subsamples of a fifth of the tumours choose four each. The
# votes of one thing, its size, are split among its names.
alone = StabilitySelector(JMI(4), 50, fraction=0.2).fit(X, y)
votes = StabilityDisplay.from_estimator(alone, n_shown=12)
print(f"stability, one by one: {alone.stability_.estimate:.2f}")

# %%
# **By groups.** ``groups=0.5`` puts columns together of which all pairs share half of
# their information. Who votes for one of them votes for the group, and the one that was
# chosen most often stands for it.
grouped = StabilitySelector(JMI(4), 50, fraction=0.2, groups=0.5).fit(X, y)
shared = StabilityDisplay.from_estimator(grouped, n_shown=12)
print(f"stability, by groups: {grouped.stability_.estimate:.2f}")
print("selected:", ", ".join(grouped.get_feature_names_out()))

# %%
# **Which criterion is the most stable?** The estimate is 1 where all subsamples agree,
# and 0 where they agree as random choices would.
rows = {}
for selector in (MIM(4), MIRMR(4), JMI(4)):
    for groups in (None, 0.5):
        fitted = StabilitySelector(selector, 50, fraction=0.2, groups=groups).fit(X, y)
        name = "one by one" if groups is None else "by groups"
        rows.setdefault(type(selector).__name__, {})[name] = fitted.stability_.estimate
print(pd.DataFrame(rows).T.round(2))
