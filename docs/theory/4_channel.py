r"""The ideal and the fully disturbed channel
=========================================

A bit goes in, a bit comes out, and on its way it is flipped with probability f. How
much of what went in can be told from what comes out?
"""

# %%
# **Ideal**: f = 0, what comes out is what went in. I(X;Y) = H(X), all of it. **Fully
# disturbed**: f = 1/2, what comes out is a coin of its own. I(X;Y) = 0. And f = 1 is
# ideal again: who knows that every bit is flipped flips it back. Between them, of a
# fair input, 1 − H(f) bits are left.
import numpy as np
from matplotlib import pyplot as plt

from mifs import probability


def flips(f, p=0.5):
    """Joint probabilities of a bit before and after the channel."""
    return np.array([[(1 - p) * (1 - f), (1 - p) * f], [p * f, p * (1 - f)]])


f = np.linspace(0, 1, 101)
figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
for p, style in ((0.5, "-"), (0.2, "--"), (0.05, ":")):
    told = [probability.mutual_information(flips(each, p), base=2) for each in f]
    ax.plot(f, told, style, label=f"P(X = 1) = {p}")
ax.set(xlabel="probability of a flip", ylabel="I(X;Y) (bits)", ylim=0)
ax.legend()
plt.show()
for name, each in (("ideal", 0), ("disturbed", 0.1), ("fully disturbed", 0.5)):
    told = probability.mutual_information(flips(each), base=2)
    print(f"{name:16} {told:.3f} of 1 bit")

# %%
# **Capacity** is the most that a channel lets through, whatever one sends. The
# symmetric channel wants a fair input. One that disturbs only the ones wants fewer of
# them: ``channel_capacity`` finds how many.
disturbed_ones = np.array([[1.0, 0.0], [0.4, 0.6]])  # rows P(Y|x)
best = probability.channel_capacity(disturbed_ones, base=2)
p = np.linspace(0.001, 0.999, 200)
told = [
    probability.mutual_information(disturbed_ones * [[1 - each], [each]], base=2)
    for each in p
]
figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.plot(p, told)
ax.plot(best.input_distribution[1], best.capacity, "kD")
ax.set(xlabel="P(X = 1), the disturbed one", ylabel="I(X;Y) (bits)", ylim=0)
plt.show()
print(
    f"capacity {best.capacity:.3f} bits at P(X = 1) = {best.input_distribution[1]:.3f}"
)

# %%
# A feature is such a channel: the target goes in, a measurement comes out. Relevance
# says how much of the target gets through.
