"""What `compare` finds, and how it prints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mifs._names import short
from mifs.selectors._html import ROWS as STEPS
from mifs.selectors._html import names_html, remarks_html

# Lines of so many characters are printed.
LINE = 80


@dataclass(frozen=True, repr=False)
class Comparison:
    """What several criteria choose from one table.

    It prints as a table of the names, a row for each of the first 20 steps and a column
    for each criterion; long names are cut in the middle, at "…". A notebook shows the
    scores, too, as bars.

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
    warnings : tuple of str
        What `compare` warned of; a notebook shows them below the table.

    References
    ----------
    .. [1] L. I. Kuncheva, "A stability index for feature selection", AIA (2007).
    """

    path: pd.DataFrame
    agreement: dict[str, pd.DataFrame]
    n_evaluations: int
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        table = self._names()
        widths = {name: table[name].str.len().max() for name in table}
        left = pd.DataFrame({c: table[c].str.ljust(w) for c, w in widths.items()})
        text = left.to_string(justify="left", line_width=LINE, max_colwidth=None)
        lines = [line.rstrip() for line in text.split("\n")]
        return "\n".join([*lines, *self._remarks()])

    def _repr_html_(self) -> str:
        table = names_html(
            self._across(self.path["name"]), self._across(self.path["score"])
        )
        return table + remarks_html([*self._remarks(), *self.warnings])

    def _names(self) -> pd.DataFrame:
        """Names of the first steps, "" where none is."""
        return self._across(self.path["name"].map(short)).fillna("")

    def _across(self, values: pd.Series) -> pd.DataFrame:
        """Lay out a value of each row of the path, of the first steps: criteria across.

        As objects: beside a missing step pandas would make floats of labels 1, 2, ….
        """
        shown = self.path.assign(shown=values.astype(object))
        head = shown[shown["step"] <= STEPS]
        table = head.pivot(index="step", columns="criterion", values="shown")
        criteria = self.path["criterion"].unique()
        return table[criteria].rename_axis(columns=None)

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
