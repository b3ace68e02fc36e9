"""A Bayesian network whose Markov blanket is known."""

from __future__ import annotations

from itertools import product
from numbers import Real

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import FloatArray, IntArray
from mifs.datasets._columns import REDUNDANT, RELEVANT, Columns, Frame, handed_over
from mifs.datasets._laws import information

# Parents of each node, all binary, in an order in which parents come first.
PARENTS: dict[str, tuple[str, ...]] = {
    "grandparent": (),
    "parent1": ("grandparent",),
    "parent2": (),
    "target": ("parent1", "parent2"),
    "sibling": ("parent2",),
    "spouse": (),
    "child1": ("target", "spouse"),
    "child2": ("target",),
    "grandchild": ("child2",),
}
NODES = tuple(PARENTS)
BLANKET = "parent1", "parent2", "child1", "child2", "spouse"
MOST_STRENGTH = 5.0


def make_network(
    n_samples: int = 1000,
    *,
    strength: float = 1.0,
    n_noise: int = 10,
    noise: str = "binary",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    r"""Draw a network of binary variables around a target, with its Markov blanket.

    ::

        grandparent → parent1 → target ← parent2 → sibling
                      spouse → child1 ← target → child2 → grandchild

    .. math:: P(v = 1 \mid \text{parents}) =
              1 / (1 + \exp(-2\, strength \sum_u (2 u - 1)))

    The blanket, ``relevant``, is parent1, parent2, child1, child2 and spouse: given
    these nothing else carries information about the target. The spouse alone carries
    exactly 0, and some once child1 is known. Grandparent, sibling and grandchild,
    ``redundant``, carry some alone.

    Parameters
    ----------
    n_samples : int, default=1000
        Rows to draw.
    strength : float, default=1.0
        Of every arrow, half the log odds that a parent adds or takes; above 0, at most
        5.
    n_noise : int, default=10
        Columns that are independent of everything.
    noise : str, default="binary"
        Of what kind: ``"normal"``, ``"heavy_tails"`` (Cauchy), ``"binary"``,
        ``"many_levels"`` (300 levels), ``"correlated"`` (a chain of normal columns,
        .9 from one to the next) or ``"mixed"`` (the first four in turn).
    shuffle : bool, default=True
        Shuffle the columns. If False the relevant ones come first, noise last.
    random_state : int, RandomState or None, default=None
        Pass an int for the same table at every call.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    bunch : Bunch, or tuple (X, y)
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,);
        ``feature_names``; ``relevant`` and ``redundant``, indices of columns;
        ``discrete``, a mask; ``mutual_information`` (n_features,), I(Xk;Y) in
        nats (exact);
        ``joint_information``, I(X;Y) of all columns together
        or of the blanket; ``DESCR``.

    Raises
    ------
    ValueError
        If `noise` is unknown, or a number is out of its range.

    References
    ----------
    J. Pearl, *Probabilistic Reasoning in Intelligent Systems*, 1988, section 3.2.

    Examples
    --------
    >>> from mifs.datasets import make_network
    >>> net = make_network(shuffle=False, random_state=0)
    >>> [net.feature_names[k] for k in net.redundant]
    ['grandparent', 'sibling', 'grandchild']
    >>> spouse = net.feature_names.index("spouse")
    >>> round(float(net.mutual_information[spouse]), 12)
    0.0
    >>> round(net.joint_information, 4)
    0.5281
    """
    check_scalar(
        strength,
        "strength",
        Real,
        min_val=0,
        max_val=MOST_STRENGTH,
        include_boundaries="right",
    )
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    drawn: dict[str, IntArray] = {}
    for node, parents in PARENTS.items():
        up = _probability(parents, drawn, strength)
        drawn[node] = (rng.uniform(size=n_samples) < up).astype(np.int64)
    states, law = _joint_law(strength)
    columns = Columns()
    # The blanket first, as relevant columns are in all tables.
    others = [node for node in NODES if node not in (*BLANKET, "target")]
    for node in (*BLANKET, *others):
        role = RELEVANT if node in BLANKET else REDUNDANT
        known = information(_table(states, law, [node]))
        columns.add(drawn[node], node, role, known, discrete=True)
    joint = information(_table(states, law, list(BLANKET)))
    about = f"A Bayesian network around a binary target, strength {strength}."
    bunch = columns.bunch(frame, rng, drawn["target"], joint, about)
    return handed_over(bunch, return_X_y)


def _probability(
    parents: tuple[str, ...], values: dict[str, IntArray], strength: float
) -> FloatArray | float:
    """Chance of a 1, given the values of the parents."""
    pull = sum((2 * values[parent] - 1 for parent in parents), start=np.zeros(()))
    up: FloatArray = 1 / (1 + np.exp(-2 * strength * pull))
    return up


def _joint_law(strength: float) -> tuple[dict[str, IntArray], FloatArray]:
    """Every state of all nodes, and its probability."""
    every = np.array(list(product([0, 1], repeat=len(NODES)))).T
    states = dict(zip(NODES, every, strict=True))
    law = np.ones(every.shape[1])
    for node, parents in PARENTS.items():
        up = _probability(parents, states, strength)
        law *= np.where(states[node] == 1, up, 1 - up)
    return states, law


def _table(
    states: dict[str, IntArray], law: FloatArray, nodes: list[str]
) -> FloatArray:
    """P(nodes, target), one row for each state of the nodes."""
    table = np.zeros((2 ** len(nodes), 2))
    row = np.zeros(len(law), np.int64)
    for i, node in enumerate(nodes):
        row += states[node] << i
    np.add.at(table, (row, states["target"]), law)
    return table
