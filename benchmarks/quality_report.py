"""Tables of results/quality*.csv for docs/defaults.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from quality_rows import read_picks
from quality_selectors import ENTRIES
from quality_tables import Task, extended, real, simulated
from scipy.stats import rankdata, studentized_range

from mifs.inference import stability

PAGE = Path(__file__).resolve().parents[1] / "docs" / "defaults.md"
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"
REFERENCE = "JMI"
HALVES = {"confirm": "Confirming", "choose": "Choosing"}
LEVEL = 0.05
DRAWS = 50_000
Plan = dict[str, Any]


def report(plan: Plan, picks: pd.DataFrame, scores: pd.DataFrame) -> str:
    """All tables of which there are results, as Markdown."""
    means = mean_scores(scores)
    seconds = seconds_of(picks)
    kinds = {name: entry.group for name, entry in ENTRIES.items()}
    sections = []
    for half in HALVES:
        for k in map(str, plan["run"]["ks"]):
            wide = as_table(means, k, plan["tables"][half])
            main = [s for s in wide.columns if kinds.get(s) != "ablation"]
            if len(wide) > 1 and len(main) > 1:
                title = f"**{HALVES[half]} tables, k = {k}**"
                sections.append(ranks(wide[main], plan, seconds, title))
    for k in map(str, plan["run"]["ks"][1:]):
        wide = as_table(means, k, plan["tables"]["choose"])
        own = [s for s in wide.columns if kinds.get(s) == "ablation" or s == REFERENCE]
        if len(wide) > 1 and len(own) > 1:
            title = f"**Settings of JMI on the choosing tables, k = {k}**"
            sections.append(ranks(wide[own], plan, seconds, title))
    sections += [
        how_many(means, picks, plan),
        of_original(plan, picks),
        of_truth(plan, picks),
        steadiness(plan, picks),
    ]
    return "\n\n".join(filter(None, sections))


def write(text: str) -> None:
    """Put the tables between the markers of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def answered(picks: pd.DataFrame, part: str) -> pd.DataFrame:
    """Rows of a part that have picks."""
    return picks[(picks["part"] == part) & (picks["note"] == "")]


def mean_scores(scores: pd.DataFrame) -> pd.Series:
    """Mean over folds and models, by table, selector and k."""
    each = scores["scores"].str.split().map(lambda found: np.mean([*map(float, found)]))
    return each.groupby([scores[c] for c in ("table", "selector", "k")]).mean()


def seconds_of(picks: pd.DataFrame) -> pd.Series:
    """Median seconds of the fits of one real table, all folds, by selector."""
    real_ones = picks[(picks["part"] == "real") & (picks["k"] != "auto")]
    return pd.to_numeric(real_ones["seconds"]).groupby(real_ones["selector"]).median()


def as_table(means: pd.Series, k: str, tables: list[str]) -> pd.DataFrame:
    """Scores (table, selector) at k; of all features the score of all."""
    wide = means.xs(k, level="k").unstack("selector")
    whole = means[means.index.get_level_values("k") == "all"]
    if len(whole):
        wide["all features"] = whole.droplevel(["selector", "k"])
    return wide.reindex([name for name in tables if name in wide.index])


def ranks(wide: pd.DataFrame, plan: Plan, seconds: pd.Series, title: str) -> str:
    """Mean ranks, how far apart they must be, and who is practically the reference."""
    lacking = wide.isna()
    # Who has no answer is last, with all others that have none.
    place = rankdata(-wide.fillna(-1.0), axis=1)
    n, m = wide.shape
    apart = studentized_range.ppf(1 - LEVEL, m, np.inf) * np.sqrt(m * (m + 1) / 12 / n)
    order = np.argsort(place.mean(axis=0), kind="stable")
    rows = []
    for column in order:
        name = wide.columns[column]
        worse, same, better = beside(wide, str(name), plan["run"]["practical"])
        rows.append(
            {
                "selector": name,
                "mean rank": f"{place[:, column].mean():.2f}",
                "mean score": f"{wide.iloc[:, column].mean():.3f}",
                "worse": worse,
                "same": same,
                "better": better,
                "seconds": f"{seconds[name]:.2f}" if name in seconds else "",
                "no answer": str(lacking.iloc[:, column].sum() or ""),
            }
        )
    head = f"{title}: {n} tables. Mean ranks that differ by {apart:.2f} differ surely."
    return f"{head}\n\n{markdown(rows)}"


def beside(wide: pd.DataFrame, name: str, practical: float) -> tuple[str, str, str]:
    """Probabilities that a selector is worse than the reference, the same, better."""
    if name == REFERENCE or REFERENCE not in wide:
        return "", "", ""
    both = (wide[name] - wide[REFERENCE]).dropna().to_numpy()
    found = signed_rank(both, practical)
    return tuple(f"{share:.2f}" for share in found)  # type: ignore[return-value]


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


def how_many(means: pd.Series, picks: pd.DataFrame, plan: Plan) -> str:
    """What "auto" keeps, and what it loses beside the best fixed number."""
    auto = picks[
        (picks["k"] == "auto") & (picks["part"] == "real") & (picks["note"] == "")
    ]
    rows = []
    for name, part in auto.groupby("selector", sort=False):
        sizes = part["picks"].map(lambda cell: np.mean([*map(len, read_picks(cell))]))
        fixed = {str(k) for k in plan["run"]["ks"]}
        own = means.xs(name, level="selector").unstack("k")
        if "auto" not in own or not fixed & {*own.columns}:
            continue
        best = own[[k for k in own.columns if k in fixed]].max(axis=1)
        both = (own["auto"] - best).dropna()
        at_ten = own["auto"] - own["10"] if "10" in own else both
        rows.append(
            {
                "selector": name,
                "tables": str(len(both)),
                "kept, median": f"{sizes.median():.0f}",
                "score": f"{own['auto'].mean():.3f}",
                "less than the best k": f"{-both.mean():.3f}",
                "more than k = 10": f"{at_ten.dropna().mean():+.3f}",
            }
        )
    if not rows:
        return ""
    return (
        '**How many: `"auto"`** on all real tables. The best fixed k of 5, 10 and 20 '
        f"is chosen by the test folds, so it is no rival.\n\n{markdown(rows)}"
    )


def of_original(plan: Plan, picks: pd.DataFrame) -> str:
    """Share of a table's own columns among those kept, beside added ones."""
    part = answered(picks, "extended")
    run, found = plan["run"], []
    for name, rows in part.groupby("table"):
        base, added = str(name).split(" + ")
        share, kind = added.split()
        task = extended(
            real(base, run["rows"], run["folds"]),
            kind,
            float(share.rstrip("%")) / 100,
            run["seed"],
        )
        assert task.truth is not None
        for row in rows.itertuples():
            most = 10 if row.k != "auto" and ENTRIES[row.selector].path else None
            if row.k not in ("auto", "10", str(run["longest"])):
                continue
            kept = [fold[:most] for fold in read_picks(row.picks)]
            own = [(task.truth[fold] >= 0).mean() for fold in kept if fold]
            at = "auto" if row.k == "auto" else "10"
            if own:
                found.append((row.selector, f"{kind}, {at}", np.mean(own)))
    return _pivot(
        found,
        "**Columns added to 12 tables**: share of the first ten picks (and of those "
        'that `"auto"` keeps) that are the table\'s own. Half and three quarters of '
        "the columns are added; by chance the share is .38.",
    )


def of_truth(plan: Plan, picks: pd.DataFrame) -> str:
    """Share of what there is to find among as many picks, in simulated tables."""
    part = answered(picks, "simulated")
    found = []
    for name, rows in part.groupby("table"):
        kind, n = str(name).split(", n = ")
        options = plan["simulated"]["tables"][kind]
        tasks = [
            simulated(kind, options, int(n), seed)
            for seed in range(plan["simulated"]["seeds"])
        ]
        for row in rows.itertuples():
            if row.k == "auto":
                continue
            seeds = zip(tasks, read_picks(row.picks), strict=True)
            shares = [recall(task, chosen) for task, chosen in seeds]
            found.append((row.selector, f"{kind}, {n}", np.mean(shares)))
    return _pivot(
        found,
        "**Simulated tables**: share of what there is to find among as many picks "
        "as there are things to find; of copies one counts. Mean of "
        f"{plan['simulated']['seeds']} tables.",
    )


def recall(task: Task, chosen: list[int]) -> float:
    """Share of the things to find among the first picks, as many as there are."""
    assert task.truth is not None
    things = {*task.truth.tolist()} - {-1}
    return len({*task.truth[chosen[: len(things)]].tolist()} & things) / len(things)


def steadiness(plan: Plan, picks: pd.DataFrame) -> str:
    """Nogueira's stability over the training folds, which share two thirds of rows."""
    part = answered(picks, "real")
    run, found = plan["run"], []
    for name, rows in part.groupby("table"):
        p = real(str(name), run["rows"], run["folds"]).X.shape[1]
        for row in rows.itertuples():
            at = "auto" if row.k == "auto" else "10"
            path = ENTRIES[row.selector].path
            if (at == "10" and p <= 10) or (not path and row.k not in ("auto", "10")):
                continue
            Z = np.zeros((run["folds"], p), np.int64)
            for number, chosen in enumerate(read_picks(row.picks)):
                Z[number, chosen if at == "auto" else chosen[:10]] = 1
            if 0 < Z.sum() < Z.size:
                found.append((row.selector, at, stability(Z).estimate))
    return _pivot(
        found,
        "**Stability** (Nogueira) over the four training folds, mean over tables.",
    )


def _pivot(found: list[tuple[str, str, float]], title: str) -> str:
    if not found:
        return ""
    frame = pd.DataFrame(found, columns=["selector", "at", "value"])
    wide = frame.groupby(["selector", "at"], sort=False)["value"].mean().unstack("at")
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False).index]
    rows = [
        {"selector": name}
        | {at: "" if np.isnan(v) else f"{v:.2f}" for at, v in row.items()}
        for name, row in wide.iterrows()
    ]
    return f"{title}\n\n{markdown(rows)}"


def markdown(rows: list[dict[str, str]]) -> str:
    names = list(rows[0])
    lines = [names, ["---", *["---:"] * (len(names) - 1)]]
    lines += [[str(row[name]) for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
