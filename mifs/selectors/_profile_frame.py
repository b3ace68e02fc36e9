"""The frame of a profile: what is said of its columns, and how a notebook shows it."""

from __future__ import annotations

from html import escape

import pandas as pd

from mifs._names import distinct, listed, short
from mifs.selectors._html import (
    ROWS,
    Column,
    bar_cells,
    name_cells,
    remarks_html,
    rest,
    table_html,
)

# What is said of a column that a flag of the profile marks.
FLAGS = {
    "constant": "constant",
    "id_like": "like ids or row numbers",
    "high_cardinality": "many levels",
    "collapsed": "one bin of equal width holds most",
}
# Columns that the view in a notebook is made of.
NEEDED = {"kind", "levels", "missing", "near_duplicate", "leak", "problem", *FLAGS}
# Characters of a name in a note, and of a remark.
NAME = 30
REMARK = 200


class ProfileFrame(pd.DataFrame):
    """A DataFrame that a notebook shows with bars, and with what is odd below it.

    What is taken of its rows is such a frame, too; without some of its columns it is
    shown as any other.
    """

    @property
    def _constructor(self) -> type[ProfileFrame]:
        return ProfileFrame

    def _repr_html_(self) -> str | None:
        wanted = pd.get_option("display.notebook_repr_html")
        if not wanted or not set(self.columns) >= NEEDED:
            plain: str | None = super()._repr_html_()
            return plain
        shown = self.head(ROWS)
        columns = [
            Column("kind", list(shown["kind"]), "left"),
            Column("levels", bar_cells(map(str, shown["levels"]), shown["levels"])),
            Column("missing", _missing(shown["missing"])),
            Column("remarks", [_remarks(row) for _, row in shown.iterrows()], "left"),
        ]
        notes = [rest(len(self), "columns", "the frame"), *notes_of(self)]
        table = table_html("column", name_cells(shown.index), columns)
        return f"<div>{table}{remarks_html(notes)}</div>"


def _missing(shares: pd.Series) -> list[str]:
    """Write shares that are not 0, with bars of all rows."""
    texts = (f"{share:.1%}" if share > 0 else "" for share in shares)
    cells = bar_cells(texts, shares, largest=1.0)
    return [c if share > 0 else "" for c, share in zip(cells, shares, strict=True)]


def _remarks(row: pd.Series) -> str:
    return escape("; ".join(short(text, REMARK) for text in remarks_of(row)))


def remarks_of(row: pd.Series) -> list[str]:
    """Say in words what is odd about a column, of its row in a profile."""
    remarks = [words for name, words in FLAGS.items() if row[name]]
    if row["near_duplicate"] != "":
        remarks.append(f"nearly a duplicate of {short(row['near_duplicate'], 60)}")
    return [*remarks, *(row[name] for name in ("leak", "problem") if row[name])]


def notes_of(facts: pd.DataFrame, missing: str = "Missing values") -> list[str]:
    """Say what is odd about a table, with the columns of which it is.

    ``missing``: what missing values are.
    """
    notes = []
    gaps = facts["missing"][facts["missing"] > 0].sort_values(ascending=False)
    if len(gaps):
        names = distinct(list(gaps.index), NAME)
        shares = [f"{n} ({share:.1%})" for n, share in zip(names, gaps, strict=True)]
        notes.append(f"{missing}: {listed(shares)}.")
    for flag, words in FLAGS.items():
        names = facts.index[facts[flag].astype(bool)].tolist()
        if names:
            notes.append(f"{words[0].upper()}{words[1:]}: {listed(names)}.")
    near = facts["near_duplicate"][facts["near_duplicate"].astype(str) != ""]
    if len(near):
        pairs = [
            f"{short(name, NAME)} (of {short(other, NAME)})"
            for name, other in near.items()
        ]
        notes.append(f"Nearly duplicates: {listed(pairs, letters=70)}.")
    return [*notes, *_leaks(facts), *_refused(facts)]


def _leaks(facts: pd.DataFrame) -> list[str]:
    notes = []
    for words in facts["leak"].unique():
        if words:
            names = facts.index[facts["leak"] == words].tolist()
            notes.append(
                f"A leak, unless known before the target is; {words}: {listed(names)}."
            )
    return notes


def _refused(facts: pd.DataFrame) -> list[str]:
    names = facts.index[facts["problem"] != ""].tolist()
    return [f"Not usable: {listed(names)}."] if names else []
