"""Selectors beside each other over tables: mean ranks, who is better, by how much."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from quality_rows import PICKS, SCORES, TABLES, Rows, read_picks
from quality_selectors import ENTRIES
from scipy.stats import rankdata, studentized_range, wilcoxon

REFERENCE = "JMI"
LEVEL = 0.05
DRAWS = 50_000
Plan = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """What was measured, of the selectors that are asked for here.

    Attributes
    ----------
    plan : dict
    picks, scores, tables : DataFrame
        Rows of the files in results/, as text.
    """

    plan: Plan
    picks: pd.DataFrame
    scores: pd.DataFrame
    tables: pd.DataFrame

    @classmethod
    def read(cls, plan: Plan) -> Results:
        return cls(plan, *(Rows(file).frame() for file in (PICKS, SCORES, TABLES)))

    @cached_property
    def means(self) -> pd.Series:
        """Mean score over folds and models, by table, selector and k."""
        found = self.scores["scores"].str.split()
        each = found.map(lambda scores: np.mean([*map(float, scores)]))
        return each.groupby(
            [self.scores[name] for name in ("table", "selector", "k")]
        ).mean()

    @cached_property
    def seconds(self) -> pd.Series:
        """Median seconds of the fits of one real table, all folds, by selector."""
        rows = self.picks[(self.picks["part"] == "real") & (self.picks["k"] != "auto")]
        return pd.to_numeric(rows["seconds"]).groupby(rows["selector"]).median()

    @cached_property
    def real(self) -> pd.DataFrame:
        """Numbers of rows, columns, … of the real tables."""
        own = self.tables[self.tables["part"] == "real"].set_index("table")
        return own.drop(columns=["part", "truth"]).apply(pd.to_numeric)

    def at(self, k: str) -> pd.Series:
        """Mean scores at k, by table, selector and k."""
        return self.means[self.means.index.get_level_values("k") == k]

    @cached_property
    def tried(self) -> dict[str, set[str]]:
        """Real tables of which each selector was asked, with or without an answer."""
        rows = self.picks[self.picks["part"] == "real"]
        return rows.groupby("selector")["table"].agg(set).to_dict()

    def answers(self, part: str) -> pd.DataFrame:
        """Rows of a part that have picks."""
        own = self.picks["part"] == part
        return self.picks[own & (self.picks["note"] == "")]

    def truths(self, table: str) -> list[NDArray[np.int64]]:
        """What there is to find in each column, in each table of a name; 0: nothing."""
        cell = self.tables.loc[self.tables["table"] == table, "truth"].item()
        return [np.array(truth) for truth in read_picks(cell)]

    def wide(self, k: str, tables: list[str]) -> pd.DataFrame:
        """Scores (table, selector) at k; of all features the score of all."""
        wide = self.at(k).droplevel("k").unstack("selector")
        wide["all features"] = self.at("all").droplevel(["selector", "k"])
        return wide.reindex([name for name in tables if name in wide.index])

    def main(self, k: str, *halves: str) -> pd.DataFrame:
        """Scores at k of all but ablations that were tried on halves of the tables."""
        wide = self.wide(k, [t for half in halves for t in self.plan["tables"][half]])
        names = [s for s in wide.columns if ENTRIES[s].group != "ablation"]
        return wide[[s for s in names if {*wide.index} <= self.tried.get(s, set())]]

    def settings(self, k: str, *halves: str) -> pd.DataFrame:
        """Scores at k of JMI and of its other settings, where any has one."""
        wide = self.wide(k, [t for half in halves for t in self.plan["tables"][half]])
        names = [s for s in wide.columns if ENTRIES[s].group == "ablation"]
        wide = wide[wide[names].notna().any(axis=1)]
        return wide[[REFERENCE, *names]].dropna(axis=1, how="all")


def places(wide: pd.DataFrame) -> pd.Series:
    """Mean rank of each selector; who has no answer is last, with all such."""
    # Equal scores may differ in their last bit, by how pandas adds up.
    each = rankdata(-wide.fillna(-1.0).round(9), axis=1)
    return pd.Series(each.mean(axis=0), wide.columns).sort_values(kind="stable")


def critical(wide: pd.DataFrame) -> float:
    """How far apart mean ranks of two selectors must be (Nemenyi)."""
    n, m = wide.shape
    spread = studentized_range.ppf(1 - LEVEL, m, np.inf)
    return float(spread * np.sqrt(m * (m + 1) / 12 / n))


def ranks(wide: pd.DataFrame, results: Results, title: str) -> str:
    """Mean ranks, how far apart they must be, and who is practically the reference."""
    rows, seconds = [], results.seconds
    for name, place in places(wide).items():
        worse, same, better = beside(wide, str(name), results.plan["run"]["practical"])
        rows.append(
            {
                "selector": str(name),
                "mean rank": f"{place:.2f}",
                "mean score": f"{wide[name].mean():.3f}",
                "worse": worse,
                "same": same,
                "better": better,
                "seconds": f"{seconds[name]:.2f}" if name in seconds else "",
                "no answer": str(wide[name].isna().sum() or ""),
            }
        )
    head = f"{title}: {len(wide)} tables. Mean ranks that differ by "
    return f"{head}{critical(wide):.2f} differ surely.\n\n{markdown(rows)}"


def beside(wide: pd.DataFrame, name: str, practical: float) -> tuple[str, str, str]:
    """Probabilities that a selector is worse than the reference, the same, better."""
    if name == REFERENCE or REFERENCE not in wide:
        return "", "", ""
    found = signed_rank(differences(wide, name), practical)
    return tuple(f"{share:.2f}" for share in found)  # type: ignore[return-value]


def differences(wide: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Scores above the reference, where both have one."""
    return (wide[name] - wide[REFERENCE]).dropna().to_numpy()


def p_of_sign(wide: pd.DataFrame, name: str) -> float:
    """Wilcoxon's p-value of a selector beside the reference, of two sides."""
    found = differences(wide, name)
    return float(wilcoxon(found).pvalue) if found.any() else 1.0


def signed_rank(
    differences: NDArray[np.float64], practical: float, seed: int = 0
) -> NDArray[np.float64]:
    """Bayesian signed-rank test: probabilities of below, within and above a region.

    Benavoli, Corani, Demšar, Zaffalon (2017), section 4.2.1: Dirichlet weights of the
    differences and of one more, 0, of weight ½; where does the mean of two lie?
    """
    rng = np.random.default_rng(seed)
    z = np.append(0.0, differences)
    sums = z[:, np.newaxis] + z
    sides = np.stack(
        [sums < -2 * practical, abs(sums) <= 2 * practical, sums > 2 * practical]
    )
    weights = rng.dirichlet(np.append(0.5, np.ones(len(z) - 1)), DRAWS // len(z) + 1000)
    found = np.einsum("ri,sij,rj->rs", weights, sides.astype(float), weights)
    return np.bincount(found.argmax(axis=1), minlength=3) / len(found)


# Kinds of tables, by what is known of them.
KINDS = {
    "< 500 rows": lambda of: of["rows"] < 500,
    "≥ 500 rows": lambda of: of["rows"] >= 500,
    "< 50 columns": lambda of: of["columns"] < 50,
    "≥ 50 columns": lambda of: of["columns"] >= 50,
    "only numbers": lambda of: of["labels"] == 0,
    "labels, too": lambda of: of["labels"] > 0,
    "two classes": lambda of: of["classes"] == 2,
    "more classes": lambda of: of["classes"] > 2,
    "numeric target": lambda of: of["classes"].isna(),
}


def by_kind(wide: pd.DataFrame, results: Results, title: str) -> str:
    """Mean score above the reference, in hundredths, in tables of a kind."""
    if wide.shape <= (1, 1):
        return ""
    of = results.real.reindex(wide.index)
    groups = {name: wide[rule(of)] for name, rule in KINDS.items()}
    groups = {name: part for name, part in groups.items() if len(part) > 1}
    above = wide.sub(wide[REFERENCE], axis=0).mul(100)
    means = {
        f"{kind} ({len(part)})": above.loc[part.index].mean().round(1) + 0.0
        for kind, part in groups.items()
    }
    rows = [
        {"selector": str(name)}
        | {
            kind: "" if np.isnan(mean[name]) else f"{mean[name]:+.1f}"
            for kind, mean in means.items()
        }
        for name in places(wide).index
        if name != REFERENCE
    ]
    return f"{title}\n\n{markdown(rows)}"


def markdown(rows: list[dict[str, str]], numbers: bool = True) -> str:
    """Rows as a table; ``numbers``: all cells but the first end at the right."""
    names = list(rows[0])
    lines = [names, ["---", *["---:" if numbers else "---"] * (len(names) - 1)]]
    lines += [[str(row[name]) for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
