"""Plans are shared by picks of like numbers of levels."""

from __future__ import annotations

from mifs._engines.costs import rounded


def test_rounded_keeps_two_binary_digits() -> None:
    numbers = range(1, 4097)
    for n in numbers:
        up = rounded(n)
        assert n <= up <= max(n, 3) * 1.5
        assert bin(up).rstrip("0").count("1") <= 2
    assert [rounded(n) for n in (1, 2, 3, 4, 5, 7, 9, 13)] == [1, 2, 3, 4, 6, 8, 12, 16]
