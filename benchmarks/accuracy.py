"""Bias and scatter of every estimator on tasks with known information.

    python benchmarks/accuracy.py              prints the tables
    python benchmarks/accuracy.py --write      also into docs/accuracy.md
    python benchmarks/accuracy.py --plot       also draws docs/images/accuracy.png

Estimates of mifs are the terms that its searches use: the relevance of a column, or the
conditional redundancy of two. Peers (scikit-learn, ennemi, infomeasure) are asked where
they have an answer.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from tasks import Task, check_truths, tasks

from mifs._data.reading import read
from mifs.estimators import GaussianCopula, PlugIn
from mifs.estimators.knn.estimator import KNN

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "accuracy.md"
PICTURE = DOCS / "images" / "accuracy.png"
BEGIN, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"
SIZES = {200: 40, 1_000: 20, 5_000: 10}
NEIGHBOURS = (3, 5, 10)
DRAWN = {
    "plug-in": "C7",
    "KNN rank k=3": "C0",
    "KNN rank k=10": "C9",
    "KNN std k=3": "C1",
    "copula": "C2",
    "scikit-learn": "C3",
    "ennemi": "C4",
}

Estimate = Callable[[Task, tuple[Any, ...]], float]


def ours(estimator: Any) -> Estimate:
    """R of one column, or c of two, as a search asks for them."""

    def estimate(task: Task, columns: tuple[Any, ...]) -> float:
        X = np.column_stack(columns[:-1]).astype(float)
        table = read(
            X,
            columns[-1],
            names=["x", "w"][: X.shape[1]],
            discrete_features=list(task.discrete[:-1]),
            discrete_target=task.discrete[-1],
        )
        terms = estimator.prepare(table)
        if len(columns) == 2:
            return float(terms.relevance[0])
        wanted = frozenset({"conditional_redundancy"})
        found = terms.pairwise(0, np.array([1]), wanted)
        return float(found["conditional_redundancy"][0])

    return estimate


def with_sklearn(task: Task, columns: tuple[Any, ...]) -> float:
    if len(columns) == 3:
        return np.nan
    x, y = columns
    estimate = mutual_info_classif if task.discrete[1] else mutual_info_regression
    features = np.asarray(x)[:, None]
    kinds = bool(task.discrete[0])
    return float(estimate(features, y, discrete_features=kinds, random_state=0)[0])


def with_ennemi(task: Task, columns: tuple[Any, ...]) -> float:
    import ennemi

    x, y, *given = columns
    if given and task.discrete[2] and not all(task.discrete):
        return within(lambda *part: with_ennemi(task, part), columns)
    kinds = {"discrete_x": task.discrete[0], "discrete_y": task.discrete[1]}
    found = ennemi.estimate_mi(y, x, cond=given[0] if given else None, **kinds)
    return float(np.ravel(found)[0])


def within(estimate: Callable[..., float], columns: tuple[Any, ...]) -> float:
    """Mean over the classes of the last of the columns."""
    *others, classes = columns
    total = 0.0
    for label in np.unique(classes):
        rows = classes == label
        total += rows.mean() * estimate(*(column[rows] for column in others))
    return total


def with_infomeasure(task: Task, columns: tuple[Any, ...]) -> float:
    import infomeasure

    if any(task.discrete) and not all(task.discrete):
        return np.nan
    how: dict[str, Any] = {"approach": "discrete"}
    if not any(task.discrete):
        how = {"approach": "metric", "k": 3, "noise_level": 0}
        columns = tuple(np.asarray(c) / np.std(c) for c in columns)
    if len(columns) == 2:
        return float(infomeasure.mutual_information(*columns, **how))
    x, y, z = columns
    return float(infomeasure.conditional_mutual_information(x, y, cond=z, **how))


def estimators() -> dict[str, Estimate]:
    """All estimators by the names of their columns."""
    found = {"plug-in": ours(PlugIn()), "plug-in 20": ours(PlugIn(20))}
    for label, scale in (("std", "standardize"), ("rank", "rank")):
        for k in NEIGHBOURS:
            found[f"KNN {label} k={k}"] = ours(KNN(k, scale=scale))
    return found | {
        "copula": ours(GaussianCopula()),
        "scikit-learn": with_sklearn,
        "ennemi": with_ennemi,
        "infomeasure": with_infomeasure,
    }


def measure(sizes: dict[int, int]) -> pd.DataFrame:
    """One row for each task, size, estimator: truth, bias and standard deviation."""
    every = tasks()
    check_truths(every)
    rows = []
    for task in every:
        for n, n_seeds in sizes.items():
            rngs = (np.random.default_rng([seed, n]) for seed in range(n_seeds))
            samples = [task.sample(rng, n) for rng in rngs]
            for name, estimate in estimators().items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    values = np.array([estimate(task, sample) for sample in samples])
                    bias, sd = (values - task.truth).mean(), values.std(ddof=1)
                rows.append((task.group, task.name, task.truth, n, name, bias, sd))
    names = ["group", "task", "truth", "n", "estimator", "bias", "sd"]
    return pd.DataFrame(rows, columns=names)


def markdown(found: pd.DataFrame) -> str:
    """Overview, then one table for each size."""
    parts = [overview(found)]
    for n, part in found.groupby("n", sort=True):
        parts.append(f"### n = {n}: bias ± standard deviation, in 0.001 nats\n")
        cells = part.assign(
            cell=[
                told(bias, sd)
                for bias, sd in zip(part["bias"], part["sd"], strict=True)
            ]
        )
        wide = cells.pivot(index=["task", "truth"], columns="estimator", values="cell")
        wide = wide.loc[list(dict.fromkeys(zip(part.task, part.truth, strict=True)))]
        wide = wide[list(dict.fromkeys(part["estimator"]))]
        rows = [
            (t, f"{truth:.3f}", *row)
            for (t, truth), row in zip(wide.index, wide.to_numpy(), strict=True)
        ]
        parts.append(pipes(("task", "truth", *wide.columns), rows))
    return "\n".join(parts)


def told(bias: float, sd: float) -> str:
    """Bias and deviation in 0.001 nats."""
    if np.isfinite(bias):
        return f"{1000 * bias:+.0f} ± {1000 * sd:.0f}"
    return "–" if np.isnan(bias) else "not finite"


def overview(found: pd.DataFrame) -> str:
    """Root mean square errors over the tasks of a group."""
    square = found.assign(square=found["bias"] ** 2 + found["sd"] ** 2)
    square = square[square["estimator"].isin(complete(found))]
    means = square.groupby(["n", "group", "estimator"])["square"].mean()
    overall = square.groupby(["n", "estimator"])["square"].mean()
    names = list(dict.fromkeys(square["estimator"]))
    rows = []
    for n in sorted(set(square["n"])):
        groups = list(dict.fromkeys(square["group"]))
        for group in groups:
            errors = np.sqrt([means[n, group, e] for e in names])
            rows.append((str(n), group, *(f"{1000 * e:.0f}" for e in errors)))
        errors = np.sqrt([overall[n, e] for e in names])
        rows.append((str(n), "**all**", *(f"{1000 * e:.0f}" for e in errors)))
    head = "### Root mean square errors over the tasks, in 0.001 nats\n"
    return head + "\n" + pipes(("n", "tasks", *names), rows)


def complete(found: pd.DataFrame) -> list[str]:
    """Estimators that answered every task."""
    answered = found.groupby("estimator")["bias"].apply(lambda b: np.isfinite(b).all())
    return list(answered.index[answered])


def pipes(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * 2 + ("---:",) * (len(head) - 2), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def write(text: str) -> None:
    """Put the tables between the markers of the page."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


def draw(found: pd.DataFrame) -> None:
    """One panel a task: bias by n, with standard deviations."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(found["task"]))
    n_rows = -(-len(names) // 5)
    figure = Figure(figsize=(15, 2.5 * n_rows), layout="constrained")
    panels = figure.subplots(n_rows, 5, sharex=True).ravel()
    for panel, name in zip(panels, names, strict=False):
        part = found[found["task"] == name]
        draw_panel(panel, part)
        panel.set_title(f"{name}: {part['truth'].iloc[0]:.3f}", fontsize=9)
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(DRAWN))
    figure.supylabel("estimate − truth, nats; by number of rows")
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=80)


def draw_panel(panel: Any, part: pd.DataFrame) -> None:
    panel.axhline(0, color="black", linewidth=0.8)
    for place, (name, colour) in enumerate(DRAWN.items()):
        line = part[part["estimator"] == name].sort_values("n")
        shift = 1.04 ** (place - len(DRAWN) / 2)
        panel.errorbar(
            line["n"] * shift,
            line["bias"],
            line["sd"],
            color=colour,
            label=name,
            marker=".",
            linewidth=1,
        )
    panel.set_xscale("log")
    panel.set_xticks(list(SIZES), [str(n) for n in SIZES])
    panel.minorticks_off()
    panel.tick_params(labelsize=8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="tables into the docs")
    parser.add_argument("--plot", action="store_true", help="draw the picture")
    parser.add_argument("--quick", action="store_true", help="a quarter of the seeds")
    given = parser.parse_args()
    part = 4 if given.quick else 1
    found = measure({n: n_seeds // part for n, n_seeds in SIZES.items()})
    text = markdown(found)
    print(text)
    if given.write:
        write(text)
    if given.plot:
        draw(found)


if __name__ == "__main__":
    main()
