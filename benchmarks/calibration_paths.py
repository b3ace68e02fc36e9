"""What a search to "auto" selects from tables of known truth."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from calibration_cells import Cell, Part, Totals, cells, summed
from scipy.optimize import brentq
from sklearn.utils import Bunch

from mifs import CMIM, JMI, MIM, MIRMR
from mifs.datasets import make_boolean, make_groups
from mifs.estimators import KNN, GaussianCopula, PlugIn

CRITERIA = {"MIM": MIM, "MIRMR": MIRMR, "JMI": JMI, "CMIM": CMIM}
ESTIMATORS: dict[str, Callable[[], Any]] = {
    "plug-in": lambda: PlugIn(correction="permutation"),
    "k-NN": KNN,
    "copula": GaussianCopula,
}
TARGETS: dict[str, dict[str, Any]] = {
    "two": {"n_classes": 2},
    "five": {"n_classes": 5},
    "unbalanced": {"n_classes": 5, "weights": (0.5, 0.25, 0.15, 0.07, 0.03)},
    "continuous": {"n_classes": None},
}
NOISE = "normal", "heavy_tails", "binary", "many_levels", "mixed", "correlated"
NOISE_TARGETS = "two", "unbalanced", "continuous"
TRUE_TARGETS = "two", "continuous", "five"


def chosen(
    criterion: str, table: Bunch, estimator: str = "plug-in", **more: Any
) -> list[int]:
    """Columns that a search to "auto" selects."""
    selector = CRITERIA[criterion](
        "auto",
        mi_estimator=ESTIMATORS[estimator](),
        discrete_features=table.discrete,
        discrete_target=table.target.dtype.kind == "i",
        **more,
    )
    indices = selector.fit(table.data, table.target).selected_indices_
    return [int(index) for index in indices]


# Noise: nothing is there to be found


def noise_table(cell: Cell, seed: int) -> Bunch:
    return make_groups(
        cell.n,
        information=(),
        n_copies=0,
        n_noise=cell.p,
        noise=cell.noise,
        random_state=seed,
        **TARGETS[cell.target],
    )


def noise(cell: Cell, seed: int) -> Totals:
    """Whether anything is selected.

    The first pick is tested alone, by the same test for all criteria, and MIM spends
    all of alpha on it: where MIM selects nothing, no criterion does.
    """
    table = noise_table(cell, seed)
    first, *others = CRITERIA
    found = {first: bool(chosen(first, table))}
    for criterion in others:
        found[criterion] = found[first] and bool(chosen(criterion, table))
    return {(name, "selects"): float(one) for name, one in found.items()}


def estimators(cell: Cell, seed: int) -> Totals:
    """Whether anything is selected, by other estimators."""
    table = noise_table(cell, seed)
    return {("JMI", "selects"): float(bool(chosen("JMI", table, cell.estimator)))}


# Truth: eight groups of columns with copies, and noise


def truth(cell: Cell, seed: int) -> Totals:
    """Groups found, more columns of a group, and runs with noise.

    Of a noisy copy and its original the original tells more: where the copy was first,
    the original may come as well, and is counted apart.
    """
    table = make_groups(cell.n, random_state=seed, **TARGETS[cell.target])
    totals: Totals = {}
    for criterion in CRITERIA:
        found = chosen(criterion, table)
        groups = table.groups[found]
        noisy = np.array(["noisy" in table.feature_names[j] for j in found], bool)
        of_groups = [noisy[groups == g] for g in np.unique(groups[groups >= 0])]
        totals[criterion, "groups"] = len(of_groups)
        totals[criterion, "spare"] = sum(len(each) - 1 for each in of_groups)
        totals[criterion, "originals"] = sum(
            each[0] and not each.all() for each in of_groups
        )
        totals[criterion, "noise"] = float((groups < 0).any())
    return totals


# Power: one column tells a little


@cache
def score_information(wanted: float, target: str) -> float:
    """Information about the score that leaves so much about the target."""

    def excess(information: float) -> float:
        table = make_groups(
            1, information=[information], n_copies=0, n_noise=0, **TARGETS[target]
        )
        return float(table.mutual_information[0]) - wanted

    found: float = brentq(excess, 1e-6, 20 * wanted)
    return found


def power(cell: Cell, seed: int) -> Totals:
    """Whether the one column that tells something is found."""
    wanted = score_information(float(cell.effect), cell.target)
    table = make_groups(
        cell.n,
        information=[wanted],
        n_copies=0,
        n_noise=cell.p - 1,
        noise=cell.noise,
        random_state=seed,
        **TARGETS[cell.target],
    )
    return {
        (criterion, "found"): float(table.relevant[0] in chosen(criterion, table))
        for criterion in ("MIRMR", "JMI")
    }


# Copies with noise, and partners

# Information of the original about the score, and noise of a copy.
COPIES = {
    "I = 0.1, noise 0.3": (0.1, 0.3),
    "I = 0.1, noise 1": (0.1, 1.0),
    "I = 0.5, noise 0.3": (0.5, 0.3),
}
N_NOISY = 5


def copies(cell: Cell, seed: int) -> Totals:
    """Share of the noisy copies that pass beside their original."""
    information, copy_noise = COPIES[cell.effect]
    table = make_groups(
        cell.n,
        information=[information],
        n_copies=2 * N_NOISY,
        copy_noise=copy_noise,
        n_noise=cell.p - 2 * N_NOISY - 1,
        noise=cell.noise,
        random_state=seed,
        **TARGETS[cell.target],
    )
    noisy = {j for j, name in enumerate(table.feature_names) if "noisy" in name}
    totals: Totals = {}
    for criterion in ("MIRMR", "JMI"):
        found = chosen(criterion, table, include=table.relevant.tolist())
        totals[criterion, "passing"] = len(noisy.intersection(found)) / len(noisy)
    return totals


XOR: dict[str, dict[str, Any]] = {
    "XOR": {},
    "XOR, 30 % flipped": {"label_noise": 0.3},
    "XOR, 40 % flipped": {"label_noise": 0.4},
    "XOR of numbers": {"continuous": True},
    "XOR of numbers, 30 % flipped": {"continuous": True, "label_noise": 0.3},
}


def partner(cell: Cell, seed: int) -> Totals:
    """Whether one half of XOR brings the other, and whether anything comes alone."""
    table = make_boolean(
        cell.n,
        n_noise=cell.p - 2,
        noise=cell.noise,
        random_state=seed,
        **XOR[cell.effect],
    )
    half, other = (int(j) for j in table.relevant)
    totals: Totals = {}
    for criterion in ("JMI", "CMIM"):
        found = chosen(criterion, table, include=[half])
        totals[criterion, "partner"] = float(other in found)
        totals[criterion, "noise"] = float(len(set(found) - {half, other}) > 0)
    return totals


PATHS = {
    "noise": Part(
        cells("noise", (50, 200, 1000, 5000), (20, 200), NOISE, NOISE_TARGETS),
        summed(noise),
        400,
    ),
    "estimators": Part(
        cells(
            *("estimators", (50, 200, 1000), (20,), NOISE, NOISE_TARGETS),
            names=("k-NN", "copula"),
        ),
        summed(estimators),
        60,
    ),
    "truth": Part(
        cells("truth", (500, 2000), (85,), ("mixed",), TRUE_TARGETS), summed(truth), 50
    ),
    "power": Part(
        cells(
            *("power", (500, 2000), (85,), ("mixed",), TRUE_TARGETS),
            effects=("0.0045", "0.009", "0.018", "0.03"),
        ),
        summed(power),
        100,
    ),
    "copies": Part(
        cells(
            *("copies", (1000, 10_000, 100_000), (31,), ("mixed",)),
            ("two", "continuous"),
            effects=COPIES,
        ),
        summed(copies),
        40,
    ),
    "partner": Part(
        cells("partner", (500, 2000), (22, 102), ("mixed",), ("two",), effects=XOR),
        summed(partner),
        100,
    ),
}
