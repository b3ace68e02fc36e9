"""Into how many strata a continuous column is cut, and how many cells are counted."""

from __future__ import annotations

# Rows of a stratum of G, and the most strata; rows of a stratum of the trend. Of ten
# strata copies with noise pass in up to all runs at 100 000 rows, of finer ones never.
ROWS_OF_G = 250
MOST_OF_G = 100
ROWS_OF_TREND = 20


def numbers_of_strata(n_rows: int) -> tuple[int, int]:
    """Quantile groups of a continuous column, for G and for a trend.

    Fewer than the column has bins are no finer than these: the bins are taken then.
    """
    return min(n_rows // ROWS_OF_G, MOST_OF_G), n_rows // ROWS_OF_TREND
