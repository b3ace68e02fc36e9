"""Tables of results/quality*.csv for docs/defaults.md and README.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd
from quality_advice import advice
from quality_decisions import decisions
from quality_known import (
    false_and_missed,
    kept_of_added,
    of_original,
    of_truth,
    steadiness,
)
from quality_ranks import Results, by_kind, ranks
from quality_selectors import ENTRIES
from quality_verdict import how_many, loss_by_table, verdict

ROOT = Path(__file__).resolve().parents[1]
HALVES = {"confirm": "Confirming", "choose": "Choosing"}


def report(results: Results) -> str:
    """All tables of which there are results, as Markdown."""
    found = []
    for title, parts in SECTIONS.items():
        texts = [text for part in parts for text in part(results) if text]
        if texts:
            found += [f"## {title}", *texts]
    return "\n\n".join(found)


def pages(results: Results) -> list[tuple[Path, str, str]]:
    """What stands between which markers of which page."""
    defaults, advised = ROOT / "docs" / "defaults.md", advice(results)
    return [
        (defaults, "quality", report(results)),
        (defaults, "advice", advised),
        (ROOT / "README.md", "advice", advised),
    ]


def written(page: Path, name: str) -> str:
    """What stands between the markers of a page."""
    rest = page.read_text(encoding="utf-8").split(f"<!-- {name}: begin -->\n\n")[1]
    return rest.split(f"\n\n<!-- {name}: end -->")[0]


def write(results: Results) -> None:
    """Put the tables between the markers of their pages."""
    for page, name, text in pages(results):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = page.read_text(encoding="utf-8").split(begin)
        after = rest.split(end)[1]
        page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def _ranked(results: Results) -> Iterator[str]:
    """Everyone but settings of one selector, by half and k."""
    for half, name in HALVES.items():
        for k in map(str, results.plan["run"]["ks"]):
            wide = results.main(k, half)
            if wide.shape > (1, 1):
                yield ranks(wide, results, f"**{name} tables, k = {k}**")


def _whole(results: Results) -> str:
    """Who is not in the tables of ranks, and what the fits took."""
    tables = {*results.real.index}
    lacking = [
        f"{name} ({len(results.tried.get(name, ()))})"
        for name, entry in ENTRIES.items()
        if entry.group != "ablation" and not tables <= results.tried.get(name, set())
    ]
    rows = results.picks
    own = rows["selector"].map(lambda name: ENTRIES[name].group in ("mifs", "ablation"))
    seconds = pd.to_numeric(rows["seconds"])
    took = f"{seconds[own].sum() / 60:.0f} minutes of a processor"
    left = "Left out, since they have not run on all of them (on so many)"
    return (
        f"All {len(tables)} real tables. The fits of mifs on all tables of this page "
        f"took {took}." + (f" {left}: {', '.join(lacking)}." if lacking else "")
    )


def _kinds(results: Results) -> str:
    """Everyone by kind of table, over both halves."""
    title = "**By kind of table, k = 10**: mean score above JMI's, in hundredths."
    return by_kind(results.main("10", *HALVES), results, title)


def _settings(results: Results) -> str:
    """Settings of JMI by kind of table."""
    title = (
        "**Settings of JMI by kind of table, k = 10**: mean score above the default's, "
        "in hundredths."
    )
    return by_kind(results.settings("10", *HALVES), results, title)


def _one(part: Callable[[Results], str]) -> Callable[[Results], Iterable[str]]:
    return lambda results: [part(results)]


SECTIONS: dict[str, list[Callable[[Results], Iterable[str]]]] = {
    "What the default must do": [_one(verdict)],
    "Default by default": [_one(decisions), _one(_settings)],
    "Everyone beside JMI": [_one(_whole), _ranked, _one(_kinds)],
    "How many": [_one(how_many), _one(loss_by_table)],
    "Columns that add nothing": [_one(kept_of_added), _one(of_original)],
    "A known truth": [_one(of_truth), _one(false_and_missed)],
    "The same again": [_one(steadiness)],
}
