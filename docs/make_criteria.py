"""Write the table of criteria in ``criteria.md`` from ``mifs.criteria.CRITERIA``.

Run it after a criterion was added or changed; a test tells when that is due::

    .venv/bin/python docs/make_criteria.py
"""

from __future__ import annotations

from pathlib import Path

from mifs import selectors
from mifs.criteria import CRITERIA, Criterion

PAGE = Path(__file__).with_name("criteria.md")
BEGIN = "<!-- criteria: begin; written by make_criteria.py -->\n"
END = "<!-- criteria: end -->\n"

HEADER = "| name | class | score of candidate k | parameters | source |"


def classes() -> dict[str, list[str]]:
    """Names of the classes of each criterion."""
    found: dict[str, list[str]] = {name: [] for name in CRITERIA}
    for name in selectors.__all__:
        criterion = getattr(getattr(selectors, name), "_criterion_name", None)
        if criterion is not None:
            found[criterion].append(f"`{name}`")
    return found


def row(criterion: Criterion, class_names: list[str]) -> str:
    """One line of the table."""
    parameters = ", ".join(f"`{k}={v!r}`" for k, v in criterion.parameters.items())
    cells = (
        f"`{criterion.name}`",
        ", ".join(class_names),
        criterion.formula,
        parameters,
        criterion.source,
    )
    return "| " + " | ".join(cell.replace("|", r"\|") or "–" for cell in cells) + " |"


def table() -> str:
    """All criteria as a markdown table, and notes on their definitions."""
    known = classes()
    rows = [row(criterion, known[name]) for name, criterion in CRITERIA.items()]
    notes = [f"- `{c.name}`: {c.note}" for c in CRITERIA.values() if c.note]
    return "\n".join([HEADER, "|---|---|---|---|---|", *rows, "", *notes]) + "\n"


def page(old: str) -> str:
    """Give the page with the table between its marks renewed."""
    head, rest = old.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
