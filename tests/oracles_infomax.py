"""Textbook twin of the InfoMax selection: the objective, plain greedy, brute force."""

from __future__ import annotations

from itertools import combinations

from oracles import TIE, mutual_information


def objective(columns, chosen):
    """Mean over all columns of what the chosen column closest to it says; nats."""
    return sum(
        max((mutual_information(columns[s], x) for s in chosen), default=0.0)
        for x in columns
    ) / len(columns)


def greedy(columns, k):
    """Columns in order of choice, and f after each step."""
    chosen, values = [], [0.0]
    for _ in range(k):
        candidates = [j for j in range(len(columns)) if j not in chosen]
        gains = [objective(columns, [*chosen, j]) - values[-1] for j in candidates]
        best = next(i for i, gain in enumerate(gains) if gain >= max(gains) - TIE)
        chosen.append(candidates[best])
        values.append(values[-1] + gains[best])
    return chosen, values[1:]


def best(columns, k):
    """Largest f of any k columns."""
    return max(objective(columns, s) for s in combinations(range(len(columns)), k))
