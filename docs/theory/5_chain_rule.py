r"""The chain rule: together, apart, and beside each other
=======================================================

Two features tell of a target. Do they tell the sum of what each tells? The chain rule
says: the first tells what it tells, and the second what it tells *given the first*.

.. math:: I(X_1, X_2; Y) = I(X_1; Y) + I(X_2; Y | X_1)
"""

# %%
# **Three pairs.** Y is a fair bit, and each pair tells of it in its own way: the second
# is a copy of the first; both see Y, each with errors of its own; Y is x1 xor x2.
import numpy as np
from matplotlib import pyplot as plt

from mifs import probability

states = np.array(list(np.ndindex(2, 2, 2)))  # x1, x2, y
x1, x2, y = states.T


def table(weights):
    """Probabilities of the eight states, as a table of three axes."""
    return (weights / weights.sum()).reshape(2, 2, 2)


def errors(x, f):
    """P(x|y) of a bit that is wrong with probability f."""
    return np.where(x == y, 1 - f, f)


pairs = {
    "copy": table(errors(x1, 0.1) * (x1 == x2)),
    "two witnesses": table(errors(x1, 0.1) * errors(x2, 0.1)),
    "xor": table(1.0 * (y == x1 ^ x2)),
}

# %%
# **Redundancy and synergy.** The copy adds nothing: I(X2;Y|X1) = 0. The witnesses add,
# but less than they tell alone, for they repeat each other. Of xor each tells nothing,
# and the second, given the first, tells all. The difference I(X2;Y|X1) − I(X2;Y) is the
# *complementarity*: negative where features repeat each other, positive where they
# complete each other.
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
for height, (name, joint) in enumerate(pairs.items()):
    first = probability.mutual_information(joint.sum(axis=1), base=2)
    second = probability.mutual_information(joint.sum(axis=0), base=2)
    given = probability.conditional_mutual_information(joint.transpose(1, 2, 0), base=2)
    both = probability.mutual_information(joint.reshape(4, 2), base=2)
    assert np.isclose(first + given, both)
    labels = ("I(X1;Y)", "I(X2;Y|X1)") if not height else (None, None)
    ax.barh(height, first, color="#0072b2", label=labels[0])
    ax.barh(height, given, left=first, color="#d55e00", hatch="//", label=labels[1])
    ax.plot(second, height, "kD", label="I(X2;Y), alone" if not height else None)
    print(f"{name}: together {both:.2f}, complementarity {given - second:+.2f} bits")
ax.set_yticks(range(3), pairs)
ax.set(xlabel="bits", xlim=(-0.03, 1.05))
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=3, frameon=False)
plt.show()

# %%
# This is why a ranking by relevance is not enough, and what a selector does in each
# step: it asks for I(Xk;Y|S), what a candidate tells given the features S that were
# chosen before.
