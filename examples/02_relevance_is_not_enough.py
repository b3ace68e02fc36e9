"""Relevance is not enough: a feature that says nothing alone
==========================================================

The reader learns

- that a feature can be worthless alone and complete the answer beside another one;
- that MIM and mRMR cannot see this, since neither looks at a pair and the target
  together, while JMI can, once one of the two has been chosen;
- where greedy search ends: if neither of the two is visible alone, no criterion that
  starts with the most relevant feature finds the pair.
"""

# %%
# The target is y = x1 xor x2. As P(x2 = 1) = 0.7, y mostly differs from x1, so that x1
# is visible alone; x2 is independent of y. The five hints agree with y in 60 % of the
# rows: they are a little relevant, and independent of one another given y.
import warnings

import numpy as np
import pandas as pd

from mifs import JMI, MIM, MIRMR
from mifs.exceptions import LeakWarning

N_ROWS = 5_000


def xor_table(p_x2: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Features x1, x2 and five hints, and the target x1 xor x2."""
    rng = np.random.default_rng(0)
    x1 = rng.integers(0, 2, N_ROWS)
    x2 = (rng.random(N_ROWS) < p_x2).astype(int)
    y = x1 ^ x2
    table = pd.DataFrame({"x1": x1, "x2": x2})
    for number in range(1, 6):
        wrong = rng.random(N_ROWS) < 0.4
        table[f"hint{number}"] = y ^ wrong
    return table, y


def show(title: str, X: pd.DataFrame, y: np.ndarray, k: int | None) -> None:
    """Print what each criterion chooses, in order."""
    print(title)
    for Selector in (MIM, MIRMR, JMI):
        path = Selector(k).fit(X, y).path_
        print(f"{Selector.__name__:5} {' '.join(path['name'])}")
    print()


# %%
# MIM and mRMR take x1 and then hints. JMI takes x2 second: x1 and x2 together tell all
# of y, ln 2 = 0.693 nats if y were balanced.
X, y = xor_table(p_x2=0.7)
show("P(x2 = 1) = 0.7", X, y, k=3)

second = JMI(2).fit(X, y).path_.loc[2]
print(f"x2 alone tells {second['relevance']:.3f} nats, chance taken off; beside x1,")
print(f"I(x2;y|x1) = {second['score']:.3f} nats\n")

# %%
# With fair bits both are invisible alone. The first pick is a hint for every criterion,
# and no pick makes x1 or x2 visible, until only the two are left.
X, y = xor_table(p_x2=0.5)
show("P(x2 = 1) = 0.5", X, y, k=None)

# %%
# If such a pair is suspected, offer it to the search as one column. It determines the
# target without exception, and mifs warns of what looks like a leak; here it is none.
X["x1 and x2"] = 2 * X["x1"] + X["x2"]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", LeakWarning)
    first = MIM(1).fit(X, y).path_.loc[1]
print(f"As one column: {first['name']}, {first['relevance']:.3f} nats")
