"""Bounds beside the truth
=======================

How much do two vectors share? A critic learns to tell pairs from no pairs, and a bound
is read off its scores. Here the truth is known: normal vectors of 2 to 20 columns, and
1 to 10 nats.
"""

# %%
# Each column of x has a correlated partner in y; 4 000 rows. A quarter of the rows is
# held out: no critic learns them, and the bound is read off them.
import warnings

import numpy as np
from matplotlib import pyplot as plt

from mifs.exceptions import SaturatedBoundWarning
from mifs.measures import mutual_information, neural_mutual_information

# That a bound is near its ceiling is what this page shows.
warnings.simplefilter("ignore", SaturatedBoundWarning)


def normals(information, n_columns, n=4000):
    """Vectors that share so many nats."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, n, n_columns))
    r = np.sqrt(-np.expm1(-2 * information / n_columns))
    return x, r * x + np.sqrt(1 - r**2) * noise


# %%
# **By dimension, 2 nats.** Neighbours (k-NN) are exact in few columns and far too low
# in many.
options = {"n_seeds": 2, "random_state": 0, "max_iter": 20}
print("columns   truth   k-NN  InfoNCE  +- std")
for n_columns in (2, 5, 10, 20):
    x, y = normals(2.0, n_columns)
    told = neural_mutual_information(x, y, **options)
    near = mutual_information(x, y)
    print(f"{n_columns:7d} {2.0:7.2f} {near:6.2f} {told.estimate:8.2f} {told.std:7.3f}")

# %%
# **By information, 10 columns.** InfoNCE of batches of 64 cannot say more than log 64,
# 4.16 nats. DV and NWJ have no ceiling, and pay for it where much is shared: at 10 nats
# NWJ breaks down. SMILE scatters less and is no bound.
truths = (1.0, 2.0, 4.0, 6.0, 10.0)
bounds = {"infonce": "o-", "dv": "s--", "nwj": "D-.", "smile": "^:"}
figure, ax = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
print("bound    " + "".join(f"{truth:>14.0f}" for truth in truths))
for bound, style in bounds.items():
    found = [
        neural_mutual_information(*normals(truth, 10), bound, batch_size=64, **options)
        for truth in truths
    ]
    means = [told.estimate for told in found]
    stds = [told.std for told in found]
    ax.errorbar(truths, means, stds, fmt=style, capsize=3, label=bound)
    cells = (f"{mean:7.2f} ± {std:4.2f}" for mean, std in zip(means, stds, strict=True))
    print(f"{bound:8} " + "".join(cells))
ax.plot(truths, truths, color="black", linewidth=1, label="truth")
ax.axhline(np.log(64), color="0.5", linestyle=":", label="log 64")
ax.set(xlabel="truth (nats)", ylabel="estimate (nats), mean ± std of two seeds", ylim=0)
ax.legend()
plt.show()

# %%
# **A larger batch lifts the ceiling**, as far as there is something to be found.
for batch_size in (16, 64, 256):
    told = neural_mutual_information(
        *normals(4.0, 10), batch_size=batch_size, **options
    )
    print(
        f"batches of {batch_size:3d}: {told.estimate:.2f} of 4 nats, "
        f"ceiling {told.ceiling:.2f}"
    )
