"""Which rows each resample has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._arrays import IntArray
from mifs.exceptions import ResampleError

COMPLEMENTARY, SUBSAMPLE, BOOTSTRAP = SCHEMES = (
    "complementary",
    "subsample",
    "bootstrap",
)


@dataclass(frozen=True)
class Scheme:
    """How rows are drawn; a resample depends on its number, and on no other.

    Attributes
    ----------
    name : str
        One of `SCHEMES`.
    fraction : float
        Of the rows, in a subsample; a bootstrap has as many as the table.
    n_rows : int
        Of the table.
    seed : int
    classes : ndarray of shape (n_rows,) or None
        Of which each subsample has the same shares, but for single rows; None: no
        class counts.
    """

    name: str
    fraction: float
    n_rows: int
    seed: int
    classes: IntArray | None = None

    def __sizeof__(self) -> int:
        """Classes: joblib sends what is large to a cluster once."""
        return 0 if self.classes is None else self.classes.nbytes

    @property
    def size(self) -> int:
        """Rows of a subsample: the fraction, rounded down."""
        # 0.29 · 100 is 28.999…: a product that close to a whole number is that number.
        return int(round(self.fraction * self.n_rows, 9))

    @property
    def together(self) -> int:
        """So many resamples, one after the other, are drawn together."""
        return 2 if self.name == COMPLEMENTARY else 1

    def check(self) -> None:
        """Refuse subsamples of which two do not fit, or of no two rows.

        Raises
        ------
        ValueError
            With what would fit (`ResampleError` where rows are too few).
        """
        if self.name == COMPLEMENTARY and self.fraction > 0.5:
            raise ValueError(
                f"fraction={self.fraction!r}: two complementary subsamples share no "
                "row, so that each has half of the rows at most; use "
                "scheme='subsample', or 0.5"
            )
        if self.name != BOOTSTRAP and self.size < 2:
            raise ResampleError(
                f"a subsample of {self.n_rows} samples would be of {self.size} row"
                f"{'s' * (self.size != 1)}, and needs two or more",
                f"raise fraction={self.fraction!r}, or give more samples",
                "few rows",
            )

    def rows(self, number: int) -> IntArray:
        """Rows of a subsample, in their order."""
        pair, half = divmod(number, self.together)
        random = self._random(pair)
        order = random.permutation(self.n_rows)
        if self.classes is not None:
            classes = self.classes[order]
            if classes.max() <= np.iinfo(np.uint16).max:
                # NumPy sorts 16-bit integers by radix, in linear time.
                classes = classes.astype(np.uint16)
            order = order[np.argsort(classes, kind="stable")]
        # Rows at equal distances, so that each class has its share, for all of the
        # subsamples that are drawn together; these take turns.
        n_drawn = self.together * self.size
        start, turn = random.random(), int(random.integers(self.together))
        places = (np.arange(n_drawn) + start) * (self.n_rows / n_drawn)
        drawn = order[places.astype(np.intp)]
        rows: IntArray = np.sort(drawn[(half + turn) % self.together :: self.together])
        return rows

    def counts(self, number: int) -> IntArray:
        """How often a bootstrap draws each row, (n_rows,)."""
        drawn = self._random(number).integers(0, self.n_rows, self.n_rows)
        counts: IntArray = np.bincount(drawn, minlength=self.n_rows)
        return counts

    def _random(self, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, number])
