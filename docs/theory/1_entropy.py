r"""Entropy, and its units
======================

How uncertain is an outcome, before it is seen? What is certain has no entropy; a fair
coin has 1 bit.

.. math:: H(X) = -\sum_x p(x) \log p(x)
"""

# %%
# **A surprise is a logarithm.** An outcome of probability p tells −log p when it
# happens: the rarer, the more. Two independent surprises add up, as logarithms do. The
# base is the unit: 2 gives bits, e nats, 10 bans, and a unit is only a factor.
import numpy as np
from matplotlib import pyplot as plt

from mifs import probability
from mifs.plotting import EntropyDisplay

p = np.linspace(0.01, 1, 200)
units = {"bits": 2, "nats": np.e, "bans": 10}
figure, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
for (unit, base), style in zip(units.items(), ("-", "--", ":"), strict=True):
    ax.plot(p, probability.self_information(p, base=base), style, label=unit)
ax.set(xlabel="probability of the outcome", ylabel="what it tells", ylim=0)
ax.legend()
plt.show()

# %%
# **Entropy is the mean surprise.** Of two outcomes it is highest where both are as
# likely, and falls to 0 where one of them is certain. A coin of 1/4 has 0.81 bits.
curve = EntropyDisplay.from_probability(0.25)

# %%
# **It is the number of yes-no questions.** Of this die, ask first "is it 1?", then "is
# it 2?", and so on: 1, 2, 3 and 3 questions. Their mean is the entropy, 1.75 bits; no
# scheme of questions needs fewer.
die = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
questions = np.array([1, 2, 3, 3])
print(f"mean number of questions: {die @ questions:.2f}")
print(f"entropy:                  {probability.entropy(die, base=2):.2f} bits")

# %%
# **In a table** frequencies take the place of probabilities. A rare level tells much
# when it comes, and comes seldom: its part in the entropy is small.
levels = EntropyDisplay.from_data(
    ["sun"] * 16 + ["cloud"] * 8 + ["rain"] * 6 + ["snow"]
)
