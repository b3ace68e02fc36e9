"""Tables for the docs, made of the sums in calibration.csv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from scipy.stats import binom, ksone

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how_many.md"
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
# Runs of which the distribution of p-values is compared with the uniform one.
KS_RUNS = 300
KS_LEVEL = 0.01
# Rate that no cell is to exceed, and how sure that one does.
LIMIT, SURE = 0.09, 0.01
TITLES = {
    "two": "two classes",
    "five": "five classes",
    "unbalanced": "five, unbalanced",
    "heavy_tails": "heavy tails",
    "many_levels": "300 levels",
}
CRITERIA = "MIM", "MIRMR", "JMI", "CMIM"
LEVELS = 0.05, 0.01, 0.001


def report(found: pd.DataFrame) -> str:
    """All tables of which there are results, as Markdown."""
    found = found.assign(mean=found["total"] / found["seeds"])
    parts = []
    for name, section in SECTIONS.items():
        part = found[found["part"] == name]
        if len(part):
            parts.append(section(part.drop(columns="part")))
    return "\n\n".join(parts)


def write(text: str) -> None:
    """Put the tables between the markers of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def noise(found: pd.DataFrame) -> str:
    rates = found.groupby("criterion")["mean"]
    mean = ", ".join(f"{name} {percent(rates.mean()[name])}" for name in CRITERIA)
    above = found["mean"] > LIMIT
    surely = binom.sf(found["total"] - 1, found["seeds"], LIMIT) < SURE
    worst = found.loc[found["mean"].idxmax()]
    text = (
        f'**Noise alone.** Runs in which `"auto"` selects anything, of {runs(found)} '
        f"a cell; a cell is a number of rows and of columns, a kind of noise and a "
        f"target. All in all {mean}; the highest rate of a cell is "
        f"{percent(worst['mean'])} ({where(worst)}); {above.sum()} of {len(found)} are "
        f"above 9 %, {surely.sum()} of them by more than so few runs explain "
        "(binomial, 1 %). Mean, and the highest of a cell:"
    )
    return (
        text
        + "\n\n"
        + both(
            pivot(found, ["n", "p"], "criterion", CRITERIA, mean_and_highest),
            pivot(
                found[found["criterion"] == "MIM"],
                ["noise"],
                "target",
                ("two", "unbalanced", "continuous"),
                mean_and_highest,
                lead="MIM, by noise and target",
            ),
        )
    )


def estimators(found: pd.DataFrame) -> str:
    text = (
        f"**Noise and other estimators**, JMI, 20 columns, {runs(found)} runs a cell:"
    )
    shown = pivot(found, ["estimator"], "n", sorted(set(found["n"])), mean_and_highest)
    return f"{text}\n\n{shown}"


def truth(found: pd.DataFrame) -> str:
    text = (
        "**Eight groups** of columns (`make_groups`: eight that tell something, from "
        ".0977 to .0069 nats of the score, 17 copies of them, exact and noisy, and 60 "
        f"columns of noise), {runs(found)} runs. Groups found of 8 / more columns of a "
        "group, in brackets those that are originals which came after a noisy copy, "
        "and tell more than it / runs with noise:"
    )

    def cell(part: pd.DataFrame) -> str:
        means = part.set_index("measure")["mean"]
        spare = f"{means['spare']:.2f} ({means['originals']:.2f})"
        return f"{means['groups']:.2f} / {spare} / {percent(means['noise'])}"

    return f"{text}\n\n{pivot(found, ['n', 'target'], 'criterion', CRITERIA, cell)}"


def power(found: pd.DataFrame) -> str:
    text = (
        "**One column that tells a little** among 84 of noise: how often JMI finds it, "
        f"by its information in nats, {runs(found)} runs:"
    )
    found = found[found["criterion"] == "JMI"]
    effects = sorted(set(found["effect"]), key=float)
    return f"{text}\n\n{pivot(found, ['n', 'target'], 'effect', effects, average)}"


def copies(found: pd.DataFrame) -> str:
    text = (
        f"**Noisy copies** of a column that is included (of standard deviation 1, "
        f"{runs(found)} tables of five copies each), by its information I in nats and "
        "the standard deviation of the noise: how many pass the tests of JMI, in "
        "brackets of MIRMR:"
    )

    def cell(part: pd.DataFrame) -> str:
        means = part.set_index("criterion")["mean"]
        return f"{percent(means['JMI'])} ({percent(means['MIRMR'])})"

    effects = list(dict.fromkeys(found["effect"]))
    return f"{text}\n\n{pivot(found, ['n', 'target'], 'effect', effects, cell)}"


def partner(found: pd.DataFrame) -> str:
    text = (
        f"**XOR**, one half included: how often the other half is found by JMI and "
        f"CMIM, and in brackets anything of noise, {runs(found)} runs:"
    )

    def cell(part: pd.DataFrame) -> str:
        means = part.set_index("measure")["mean"]
        return f"{percent(means['partner'])} ({percent(means['noise'])})"

    found = found.assign(case=found["criterion"] + ", n = " + found["n"].astype(str))
    cases = sorted(set(found["case"]), key=lambda c: (c.split()[0], int(c.split()[-1])))
    return f"{text}\n\n{pivot(found, ['effect', 'p'], 'case', cases, cell)}"


def single(found: pd.DataFrame) -> str:
    sizes = " and ".join(map(str, sorted(set(found["n"]))))
    text = (
        "**Single tests** where nothing depends on anything, or only by way of what is "
        f"given: how often p is at most .05 / .01 / .001, in %, n = {sizes}, "
        f'{runs(found)} runs of each, by `method="moments"`; in the last column by '
        '`"chi2"`, nothing given. P-values that are too small (one-sided '
        "Kolmogorov–Smirnov test at 1 %: one cell in a hundred is chance) are found in "
        f"{too_small(found)}."
    )

    def cell(part: pd.DataFrame) -> str:
        means = part.groupby("measure")["mean"].mean()
        return " / ".join(f"{100 * means[f'p <= {a}']:.1f}" for a in LEVELS)

    given = {"": "nothing", "4 levels": "4 levels", "numbers": "numbers"}
    given["common cause"] = "a common cause"
    named = found.assign(case=found["effect"].map(given))
    plain = named[(named["estimator"] == "chi2") & (named["effect"] == "")]
    named = pd.concat(
        [named[named["estimator"] == "moments"], plain.assign(case="chi2")]
    )
    shown = pivot(
        named, ["target"], "case", (*given.values(), "chi2"), cell, lead="given"
    )
    return f"{text}\n\n{shown}"


def too_small(found: pd.DataFrame) -> str:
    """Count the cells whose p-values are smaller than uniform ones."""
    distances = found[found["measure"] == "KS distance"]
    small = ksone.sf(distances["mean"], KS_RUNS) < KS_LEVEL
    by_method = distances.assign(small=small).groupby("estimator", sort=False)["small"]
    counts = by_method.agg(["sum", "size"]).itertuples()
    return ", ".join(f"{c.sum} of {c.size} cells of {c.Index}" for c in counts)


def cost(found: pd.DataFrame) -> str:
    text = (
        "**Cost**, MadelonD (2 000 rows) and generated tables, of ten levels (three, "
        "where rows are 72): ratios of medians of processor time of the corrected "
        "search against the uncorrected one, one with tiers against the corrected one, "
        'and `"auto"` against the uncorrected one, to k = 20 (50 of 7 129 columns):'
    )
    measures = [
        "ms, plain",
        "corrected / plain",
        "tiers / corrected",
        "auto / plain",
        "picks of auto",
    ]

    def cell(part: pd.DataFrame) -> str:
        value = part["mean"].mean()
        whole = part["measure"].iloc[0] in (measures[0], measures[-1])
        return f"{value:.0f}" if whole else f"{value:.2f}"

    return (
        f"{text}\n\n{pivot(found, ['n', 'p', 'criterion'], 'measure', measures, cell)}"
    )


SECTIONS: dict[str, Callable[[pd.DataFrame], str]] = {
    each.__name__: each
    for each in (noise, estimators, truth, power, copies, partner, single, cost)
}


# Cells and tables


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def runs(found: pd.DataFrame) -> str:
    """How many runs, or from how many to how many."""
    least, most = found["seeds"].min(), found["seeds"].max()
    return str(least) if least == most else f"{least} to {most}"


def where(row: pd.Series) -> str:
    kind, target = (TITLES.get(row[name], row[name]) for name in ("noise", "target"))
    return f"{row['criterion']}, n = {row['n']}, p = {row['p']}, {kind}, {target}"


def average(part: pd.DataFrame) -> str:
    return percent(part["mean"].mean())


def mean_and_highest(part: pd.DataFrame) -> str:
    return f"{percent(part['mean'].mean())}, {percent(part['mean'].max())}"


def pivot(
    found: pd.DataFrame,
    rows: list[str],
    column: str,
    values: Sequence[object],
    cell: Callable[[pd.DataFrame], str],
    lead: str = "",
) -> str:
    """One row for each group, one column for each value."""
    head = [*rows, *(TITLES.get(str(value), str(value)) for value in values)]
    head[0] = lead or head[0]
    lines = [head, ["---"] * len(rows) + ["---:"] * len(values)]
    for key, group in found.groupby(rows, sort=False):
        parts = [group[group[column] == value] for value in values]
        cells = [cell(part) if len(part) else "–" for part in parts]
        lines.append([*(TITLES.get(str(k), str(k)) for k in key), *cells])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def both(*tables: str) -> str:
    return "\n\n".join(tables)
