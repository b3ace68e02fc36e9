"""What `compare` finds, and how it prints."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from mifs._names import short

# What is printed: so many steps, lines of so many characters.
STEPS, LINE = 20, 80


@dataclass(frozen=True, repr=False)
class Comparison:
    """What several criteria choose from one table.

    It prints as a table of the names, a row for each of the first 20 steps and a column
    for each criterion; long names are cut in the middle, at "…".

    Attributes
    ----------
    path : DataFrame
        One row a criterion and step: criterion, step, feature (index), name, score.
    agreement : dict of str to DataFrame
        ``"jaccard"``: |A ∩ B| / |A ∪ B| of the chosen sets; ``"kuncheva"``: the overlap
        corrected for chance, (r − k²/p) / (k − k²/p), 1 for equal sets and 0 on average
        for random ones (NaN where k = p) [1]_. Matrices of criteria.
    n_evaluations : int
        Candidate–pick pairs computed for all criteria together.

    References
    ----------
    .. [1] L. I. Kuncheva, "A stability index for feature selection", AIA (2007).
    """

    path: pd.DataFrame
    agreement: dict[str, pd.DataFrame]
    n_evaluations: int

    def __repr__(self) -> str:
        table = self._names()
        widths = {name: table[name].str.len().max() for name in table}
        left = pd.DataFrame({c: table[c].str.ljust(w) for c, w in widths.items()})
        text = left.to_string(justify="left", line_width=LINE, max_colwidth=None)
        lines = [line.rstrip() for line in text.split("\n")]
        return "\n".join([*lines, *self._remarks()])

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            table: str = self._names().to_html(max_rows=None, max_cols=None)
        return table + "".join(f"<p>{escape(line)}</p>" for line in self._remarks())

    def _names(self) -> pd.DataFrame:
        """Names of the first steps: steps down, criteria across, "" where none is."""
        head = self.path[self.path["step"] <= STEPS]
        table = head.assign(name=head["name"].map(short)).pivot(
            index="step", columns="criterion", values="name"
        )
        criteria = self.path["criterion"].unique()
        return table[criteria].fillna("").rename_axis(columns=None)

    def _remarks(self) -> list[str]:
        """Say what the table leaves out, and how far the criteria agree."""
        remarks = []
        more = self.path["step"].max() - STEPS
        if more > 0:
            remarks.append(f"… and {more} more steps; all are in .path")
        jaccard = self.agreement["jaccard"]
        rows, columns = np.triu_indices(len(jaccard), 1)
        if not len(rows):
            return remarks
        shares = jaccard.to_numpy()[rows, columns]
        text = f"Jaccard agreement: {shares.mean():.2f}"
        least, most = int(shares.argmin()), int(shares.argmax())
        if shares[least] < shares[most]:
            pairs = [
                f"{shares[at]:.2f} ({jaccard.index[rows[at]]}, "
                f"{jaccard.index[columns[at]]})"
                for at in (least, most)
            ]
            text += f" on average, from {pairs[0]} to {pairs[1]}"
        return [*remarks, text]
