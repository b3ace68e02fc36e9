r"""Joint and conditional entropy
=============================

Two things are uncertain. How uncertain are they together, and what is left of one when
the other is seen?

.. math:: H(X, Y) = H(X) + H(Y|X), \qquad 0 \le H(Y|X) \le H(Y)
"""

# %%
# **The chain rule of entropy.** First look at X, then at Y: the uncertainties add up.
# In the other order they give the same sum. Here is the weather of today (X) and of
# tomorrow (Y), by their joint probabilities.
import numpy as np
from matplotlib import pyplot as plt

from mifs import probability

weather = np.array(
    [
        [0.65, 0.05],  # sun today: sun, rain tomorrow
        [0.15, 0.15],  # rain today
    ]
)
x, y = weather.sum(axis=1), weather.sum(axis=0)
H = {
    "H(X)": probability.entropy(x, base=2),
    "H(Y)": probability.entropy(y, base=2),
    "H(Y|X)": probability.conditional_entropy(weather, given=0, base=2),
    "H(X|Y)": probability.conditional_entropy(weather, given=1, base=2),
    "H(X,Y)": probability.joint_entropy(weather, base=2),
    "I(X;Y)": probability.mutual_information(weather, base=2),
}
for name, bits in H.items():
    print(f"{name:7} {bits:.3f} bits")


def bars(ax, rows):
    """Draw rows of parts, each a name and where it begins."""
    colors = {"X": "#0072b2", "Y": "#d55e00", "I": "#009e73"}
    for height, row in enumerate(rows[::-1]):
        for name, left in row:
            color = colors["I" if name[0] == "I" else name[2]]
            ax.barh(height, H[name], left=left, color=color, edgecolor="white")
            ax.text(
                left + H[name] / 2, height, name, ha="center", va="center", color="w"
            )
    ax.set(yticks=[], xlabel="bits")


# %%
# **Information is the overlap.** What X and Y have in common is in both of their
# entropies: I(X;Y) = H(X) − H(X|Y) = H(Y) − H(Y|X). Seeing Y never adds to the
# uncertainty of X, on average.
only_x, shared = H["H(X|Y)"], H["H(X)"]
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
bars(
    ax,
    [
        [("H(X)", 0), ("H(Y|X)", shared)],
        [("H(X|Y)", 0), ("H(Y)", only_x)],
        [("H(X|Y)", 0), ("I(X;Y)", only_x), ("H(Y|X)", shared)],
    ],
)
plt.show()

# %%
# **On average**, mind. One outcome may make another less certain: after rain, tomorrow
# is a fair coin, although it was not before.
after = weather / x[:, None]
for today, row in zip(("sun", "rain"), after, strict=True):
    print(f"after {today}: {probability.entropy(row, base=2):.3f} bits of tomorrow")
print(f"before: {H['H(Y)']:.3f}, mean after: {H['H(Y|X)']:.3f}")
