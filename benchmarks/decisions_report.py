"""The tables of decisions.csv in Markdown, printed or written into docs/how_many.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from real_tables import ORDERS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how_many.md"
BEGIN, END = "<!-- decisions: begin -->", "<!-- decisions: end -->"
DIFFERENCES = {
    "corrected − uncorrected": ("corrected", "uncorrected"),
    "tiers − corrected": ("tiers", "corrected"),
    "tiers − uncorrected": ("tiers", "uncorrected"),
}


def tables_of(rows: pd.DataFrame) -> str:
    """All tables."""
    found = (part(rows[rows["study"] == study]) for study, part in PARTS)
    return "\n\n".join(text for text in found if text)


def write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def markdown(title: str, table: pd.DataFrame) -> str:
    """Title, header and rows."""
    lines = [list(table.columns), ["---"] * table.shape[1]]
    lines += table.astype(str).to_numpy().tolist()
    return "\n".join([f"{title}\n", *(f"| {' | '.join(line)} |" for line in lines)])


def of_chance(rows: pd.DataFrame) -> str:
    """Runs in which a column of chance is in the first tier."""
    if rows.empty:
        return ""
    names = rows["values"].str.split(": ", n=1).str[1]
    rows = rows.assign(passed=names != "")
    counted = rows.pivot_table(
        "passed",
        "table",
        "selector",
        aggfunc=["sum", "count"],
        margins=True,
        sort=False,
    )
    selectors = list(rows["selector"].unique())
    table = pd.DataFrame({"table": counted.index.to_numpy()})
    for selector in selectors:
        ratio = counted["sum"][selector], counted["count"][selector]
        table[selector] = [f"{int(a)} / {int(b)}" for a, b in zip(*ratio, strict=True)]
    who = names[names != ""].str.split(", ").explode().value_counts()
    listed = ", ".join(f"{name} {count}" for name, count in who.items())
    title = "Runs in which a column of chance is in the first tier:"
    return markdown(title, table) + f"\n\nThese are: {listed or 'none'}."


def of_shuffled(rows: pd.DataFrame) -> str:
    """Shuffled targets for which something is selected."""
    if rows.empty:
        return ""
    parts = rows["values"].str.split(" / ", expand=True).astype(int)
    rows = rows.assign(found=parts[0], runs=parts[1])
    sums = rows.groupby("selector", sort=False)[["found", "runs"]].sum()
    most = rows.sort_values(["found", "table"]).groupby("selector", sort=False).tail(1)
    worst = most.set_index("selector")
    table = pd.DataFrame(
        {
            "selector": sums.index,
            "tables": rows.groupby("selector", sort=False)["table"]
            .nunique()
            .to_numpy(),
            "something selected": [f"{a} / {b}" for a, b in sums.to_numpy()],
            "share": (sums["found"] / sums["runs"]).map("{:.3f}".format).to_numpy(),
            "most in a table": [
                f"{worst.loc[s, 'values']} ({worst.loc[s, 'table']})"
                for s in sums.index
            ],
        }
    )
    return markdown('Shuffled targets for which `"auto"` selects something:', table)


def scores(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a fold."""
    found = rows.assign(score=rows["values"].str.split(" ")).explode("score")
    found["fold"] = found.groupby(level=0).cumcount()
    return found.astype({"score": float, "k": int})


def of_six(rows: pd.DataFrame) -> str:
    """Balanced accuracy of six picks, mean ± standard error over the folds."""
    if rows.empty:
        return ""
    each = scores(rows).groupby(["table", "model", "order"], sort=False)["score"]
    spelled = each.mean().map("{:.3f}".format) + each.sem().map(" ± {:.3f}".format)
    table = spelled.unstack("order").reindex(columns=list(ORDERS))
    table = table.astype(object).fillna("–")
    table = table.reset_index()
    ways = {"": "as read", "levels": "each value a level", "chance": "beside chance"}
    table["model"] = table["model"].map(ways)
    table = table.rename(columns={"model": "columns"}).sort_values(
        ["columns", "table"], kind="stable"
    )
    return markdown("First six picks of JMI, extra trees, four folds:", table)


def differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over the models of what one order scores more than another, by fold."""
    keys = ["selector", "k", "table", "fold", "model"]
    wide = scores(rows).pivot(index=keys, columns="order", values="score").dropna()
    found = {name: wide[a] - wide[b] for name, (a, b) in DIFFERENCES.items()}
    return pd.DataFrame(found).groupby(level=keys[:-1], sort=False).mean()


def of_held_out(rows: pd.DataFrame) -> str:
    """Mean differences over the tables, and two standard errors."""
    if rows.empty:
        return ""
    by_table = differences(rows).groupby(level=["selector", "k", "table"], sort=False)
    groups = by_table.mean().groupby(level=["selector", "k"], sort=False)
    table = pd.DataFrame({"tables": groups.size()})
    for name in DIFFERENCES:
        means, errors = groups[name].mean(), 2 * groups[name].sem()
        table[name] = means.map("{:+.4f}".format) + errors.map(" ± {:.4f}".format)
    title = "Held-out balanced accuracy, mean difference ± two standard errors:"
    return markdown(title, table.reset_index())


def of_losses(rows: pd.DataFrame) -> str:
    """Tables that lose more than two standard errors, and .01."""
    if rows.empty:
        return ""
    by_table = differences(rows).groupby(level=["selector", "k", "table"], sort=False)
    means, errors = by_table.mean(), by_table.sem()
    lines = []
    for name in DIFFERENCES:
        lost = means[name][(means[name] < -2 * errors[name]) & (means[name] < -0.01)]
        for (selector, k, table), value in lost.items():
            error = errors[name][selector, k, table]
            lines.append((name, selector, k, table, f"{value:+.3f} ± {2 * error:.3f}"))
    columns = ["difference", "selector", "k", "table", "± two standard errors"]
    title = "Tables that lose more than two standard errors and .01:"
    return markdown(title, pd.DataFrame(lines, columns=columns))


def of_madelon(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    lines = []
    for selector in rows["selector"].unique():
        own = rows[rows["selector"] == selector]
        kept = own[own["model"] == ""]["values"].to_list()
        folds = np.array(own[own["model"] != ""]["values"].iloc[0].split(), float)
        error = folds.std(ddof=1) / np.sqrt(len(folds))
        lines.append(
            (
                selector or "all 500 columns",
                kept[0].split(": ", 1)[0] if kept else "500",
                (kept[0].split(": ", 1)[1] or "none") if kept else "480 columns",
                f"{folds.mean():.3f} ± {error:.3f}",
            )
        )
    columns = ["", "kept", "false", "forest, held out"]
    return markdown("Madelon:", pd.DataFrame(lines, columns=columns))


PARTS = (
    ("chance", of_chance),
    ("shuffled", of_shuffled),
    ("six", of_six),
    ("heldout", of_held_out),
    ("heldout", of_losses),
    ("madelon", of_madelon),
)
