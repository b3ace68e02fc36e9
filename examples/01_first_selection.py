"""A first selection: fit, read the path, keep the columns
=======================================================

The reader learns

- that a selector takes a table as it is: numbers, strings, missing values;
- where the answer stands: the order of choice, the scores in nats, the kept columns;
- what the scores mean beside the entropy of the target.
"""

# %%
# A table that scikit-learn ships: 178 wines, 13 measurements, 3 growers.
import numpy as np
import pandas as pd
from scipy.stats import entropy
from sklearn.datasets import load_wine

from mifs import JMI

X, y = load_wine(return_X_y=True, as_frame=True)

# %%
# Choose five features. The selector bins the measurements by itself and counts.
selector = JMI(n_features_to_select=5).fit(X, y)
print("In order of choice:", ", ".join(selector.path_["name"]))

# %%
# The first score is the relevance I(X;Y) of the first pick. No feature can tell more
# about the target than the entropy of the target.
target_entropy = entropy(np.bincount(y))
first = selector.path_.iloc[0]
print(
    f"{first['name']} tells {first['relevance']:.3f} of {target_entropy:.3f} nats "
    "about the grower"
)

# %%
# `transform` keeps the chosen columns in the order of the table. A frame gives a frame.
kept = selector.transform(X)
print("Kept:", ", ".join(kept.columns))

# %%
# Strings and missing values need no preparation: a missing value is a level of its own.
# Here the alcohol content becomes a word, and every tenth word is lost.
mixed = X.copy()
mixed["alcohol"] = pd.cut(X["alcohol"], 3, labels=["low", "medium", "high"])
mixed.loc[mixed.index[::10], "alcohol"] = np.nan
on_mixed = JMI(n_features_to_select=5).fit(mixed, y)
print("alcohol, as words:", on_mixed.feature_kinds_[0])
print(f"its relevance in numbers: {selector.relevance_[0]:.3f} nats")
print(f"its relevance in words:   {on_mixed.relevance_[0]:.3f} nats")
