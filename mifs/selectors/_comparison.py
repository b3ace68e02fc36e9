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
    for each criterion, also for one that chooses nothing; long names are cut in the
    middle, at "…". A notebook shows the scores, too, as bars.

    Attributes
    ----------
    path : DataFrame
        One row a criterion and step: criterion, step, feature (index), name, score. A
        criterion that chooses nothing has no row; all are in ``agreement``.
    agreement : dict of str to DataFrame
        ``"jaccard"``: |A ∩ B| / |A ∪ B| of the chosen sets; ``"kuncheva"``: the overlap
        corrected for chance, (r − k²/p) / (k − k²/p), 1 for equal sets and 0 on average
        for random ones (NaN where k = p, or nothing is chosen) [1]_. Matrices of
        criteria.
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

    @property
    def criteria(self) -> list[str]:
        """Names of all that were compared, also of those that chose nothing."""
        return list(self.agreement["jaccard"])

    def __repr__(self) -> str:
        if self.path.empty:
            return "\n".join(self._remarks())
        table = self._names()
        widths = {name: table[name].str.len().max() for name in table}
        left = pd.DataFrame({c: table[c].str.ljust(w) for c, w in widths.items()})
        text = left.to_string(justify="left", line_width=LINE, max_colwidth=None)
        lines = [line.rstrip() for line in text.split("\n")]
        return "\n".join([*lines, *self._remarks()])

    def _repr_html_(self) -> str:
        names, scores = (
            self._across(self.path[column]) for column in ("name", "score")
        )
        table = names_html(names, scores) if len(names) else ""
        return table + remarks_html([*self._remarks(), *self.warnings])

    def _names(self) -> pd.DataFrame:
        """Names of the first steps, "" where none is."""
        return self._across(self.path["name"].map(short)).astype(object).fillna("")

    def _across(self, values: pd.Series) -> pd.DataFrame:
        """Lay out a value of each row of the path, of the first steps: criteria across.

        As objects: beside a missing step pandas would make floats of labels 1, 2, ….
        """
        shown = self.path.assign(shown=values.astype(object))
        head = shown[shown["step"] <= STEPS]
        table = head.pivot(index="step", columns="criterion", values="shown")
        return table.reindex(columns=self.criteria).rename_axis(columns=None)

    def _remarks(self) -> list[str]:
        """Say what the table leaves out, who chooses nothing, and how far all agree."""
        remarks = []
        more = self.path["step"].max() - STEPS
        if more > 0:
            remarks.append(f"… and {more} more steps; all are in .path")
        some = set(self.path["criterion"])
        nobody = [name for name in self.criteria if name not in some]
        if nobody:
            verb = "choose" if len(nobody) > 1 else "chooses"
            remarks.append(f"{', '.join(nobody)} {verb} nothing")
        return [*remarks, *self._agreement()]

    def _agreement(self) -> list[str]:
        """Say how far criteria agree, where any two of them have chosen anything."""
        jaccard = self.agreement["jaccard"]
        rows, columns = np.triu_indices(len(jaccard), 1)
        shares = jaccard.to_numpy()[rows, columns]
        if np.isnan(shares).all():
            return []
        text = f"Jaccard agreement: {np.nanmean(shares):.2f}"
        least, most = int(np.nanargmin(shares)), int(np.nanargmax(shares))
        if shares[least] < shares[most]:
            pairs = [
                f"{shares[at]:.2f} ({jaccard.index[rows[at]]}, "
                f"{jaccard.index[columns[at]]})"
                for at in (least, most)
            ]
            text += f" on average, from {pairs[0]} to {pairs[1]}"
        return [text]
