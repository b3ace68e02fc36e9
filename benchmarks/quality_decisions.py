"""Each default beside what else it could be, on the tables that choose and confirm."""

from __future__ import annotations

import pandas as pd
from quality_ranks import REFERENCE, Results, differences, markdown, signed_rank
from quality_selectors import ENTRIES

# What is set by default, and the entries in which it is something else.
DEFAULTS = {
    "criterion: JMI": (
        *("MIM", "MRMR", "MRMR quotient", "JMIM", "NJMIM", "CMIM", "DISR", "ICAP"),
        *("CIFE", "CondRed", "MIFS", "CMI", "RelaxMRMR", "JMI3", "SpecCMI", "FCBF"),
    ),
    "first pick: the most relevant": ("JMI, pair first",),
    "estimator: counts": (
        *("JMI, copula", "JMI, mixed", "JMI, 3 neighbours", "JMI, 10 neighbours"),
        "JMI, neighbours, unscaled",
    ),
    "bins: ∛n quantiles": (
        *("JMI, 5 bins", "JMI, 10 bins", "JMI, 20 bins", "JMI, equal width"),
        "JMI, MDLP",
    ),
    "correction: permutation": ("JMI, no correction", "JMI, Miller-Madow"),
    "order: first what beats chance": ("JMI, no tests",),
}


def decisions(results: Results) -> str:
    """Each alternative beside its default: scores, and how sure it is better."""
    rows = [
        {"default": default, "instead": name.removeprefix("JMI, ")} | cells
        for default, names in DEFAULTS.items()
        for name in names
        if (cells := _cells(results, name))
    ]
    if not rows:
        return ""
    return (
        "Mean score above that of the default, in hundredths, on the tables that both "
        "have; in brackets the probabilities that it is practically worse and better. "
        "A default is changed where an alternative is more probably better than not on "
        "the choosing tables, and on the confirming ones, too; settings that are not "
        f"better there do not run on these.\n\n{markdown(rows)}"
    )


def _cells(results: Results, name: str) -> dict[str, str]:
    found = {}
    for half in ("choose", "confirm"):
        for k in map(str, results.plan["run"]["ks"][1:]):
            wide = results.wide(k, results.plan["tables"][half])
            found[f"{half}, k = {k}"] = _cell(wide, name, results)
    return found if any(found.values()) else {}


def _cell(wide: pd.DataFrame, name: str, results: Results) -> str:
    if not {name, REFERENCE} <= {*wide.columns} or wide[name].isna().all():
        return ""
    above = differences(wide, name)
    worse, _, better = signed_rank(above, results.plan["run"]["practical"])
    few = f", {len(above)} tables" if ENTRIES[name].group == "ablation" else ""
    return f"{100 * above.mean():+.2f} ({worse:.2f}, {better:.2f}{few})"
