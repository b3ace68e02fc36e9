"""What is odd: columns that are ids, constants, leaks or copies; too many classes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import Block, Elsewhere, chunks
from mifs._data.discretize import default_n_bins
from mifs._data.table import Table, Target
from mifs._data.target import is_quantity
from mifs._problem.copies import copies
from mifs._problem.findings import Finding
from mifs.estimators._terms import Terms
from mifs.exceptions import (
    ConstantFeatureWarning,
    DuplicateColumnsWarning,
    HighCardinalityWarning,
    IdLikeWarning,
    LeakWarning,
    ManyClassesWarning,
    MifsWarning,
)

# Fewer rows prove nothing: each may have a value of its own by chance.
MIN_ROWS = 20
# Repeated values to be expected of numbers drawn from a range, of which none came.
EXPECTED_REPEATS = 10.0
MANY_LEVELS = 50
# With fewer, counts of a class and a level are hardly ever but 0 or 1.
ROWS_A_CLASS = 2.5
# Share of the entropy of the target that chance may seem to tell.
SHARE_BY_CHANCE = 0.1
EXACT = 1e-9

MESSAGES: dict[type[MifsWarning], str] = {
    IdLikeWarning: (
        "look like ids, names or row numbers: (nearly) every row has a value of its "
        "own, and what they seem to tell is chance; drop or exclude them"
    ),
    HighCardinalityWarning: (
        "have so many levels that chance alone gives them a tenth or more of the "
        "entropy of the target; merge levels, or drop or exclude them"
    ),
    ConstantFeatureWarning: "have one value only and tell nothing; drop them",
    LeakWarning: (
        "determine the target, or follow from it, without exception: a leak, unless "
        "they are known before the target is; drop or exclude them"
    ),
}


def count_levels(table: Table, terms: Terms | None = None) -> IntArray:
    """Levels or bins of each column, missing as one; -1 where it stays continuous."""
    if terms is not None and terms.n_levels is not None:
        return np.array(terms.n_levels, dtype=np.int64)
    levels = table.n_levels.copy()
    for j in np.flatnonzero(table.discrete & (levels < 0)).tolist():
        levels[j] = len(table.levels(j)) + (table.n_missing[j] > 0)
    return np.where(table.discrete, levels, -1)


def id_like(table: Table, n_levels: IntArray) -> BoolArray:
    """Columns whose values name the rows.

    Discrete columns with fewer than two rows a level, on average; whole numbers, all
    different, that rise or fall from row to row, or that come from a range so narrow
    that some would repeat if they were measured.
    """
    missing, known = table.n_missing, table.n_levels
    least = table.n_rows - int(missing.max())
    if table.discrete.all() and known.min() >= 0 and 2 * known.max() <= least:
        return np.zeros(table.n_features, np.bool_)
    present = table.n_rows - missing
    levels = table.n_levels.copy()
    levels = np.where(table.discrete & (levels < 0), n_levels, levels) - (missing > 0)
    enough = present >= MIN_ROWS
    found: BoolArray = table.discrete & enough & (2 * levels > present)
    suspects = ~table.discrete & enough
    if table.shards is not None:
        found |= suspects & told_there(table, suspects, "row_numbers")
        return found
    suspects &= levels == present
    for block, piece in _pieces(table, suspects):
        found[block.columns[piece]] = [
            _numbers_rows(v) for v in block.contiguous(piece)
        ]
    return found


def told_there(table: Table, suspects: BoolArray, what: str) -> BoolArray:
    """Whether columns are constant, or number the rows, as told where the rows are."""
    told = np.zeros(table.n_features, np.bool_)
    for block in table.blocks:
        if isinstance(block, Elsewhere) and suspects[block.columns].any():
            told[block.columns] = getattr(block, what)
    return told


def _numbers_rows(values: AnyArray) -> bool:
    """Whether different whole numbers can only be ids or row numbers."""
    values = values[values == values]
    rising = bool((values[1:] > values[:-1]).all() or (values[1:] < values[:-1]).all())
    n, span = len(values), float(values.max()) - float(values.min()) + 1
    # The number of pairs over the range: the mean number of repeated birthdays.
    return rising or n * (n - 1) / 2 / span > EXPECTED_REPEATS


def constant(table: Table, n_levels: IntArray) -> BoolArray:
    """Columns with one value, and none missing."""
    levels = table.n_levels
    found: BoolArray = levels == 1
    if levels.min() >= 0:
        return found
    if table.shards is not None:
        suspects = (levels < 0) & (np.abs(n_levels) == 1)
        found |= suspects & told_there(table, suspects, "constant")
        return found
    for block, piece in _pieces(table, (levels < 0) & (np.abs(n_levels) == 1)):
        values = block.contiguous(piece)
        found[block.columns[piece]] = (values == values[:, :1]).all(axis=1)
    return found


def _pieces(table: Table, mask: BoolArray) -> list[tuple[Block, IntArray]]:
    """Columns of a mask, a bounded number of one block at a time."""
    return [
        (block, piece)
        for block in table.blocks
        for piece in chunks(np.flatnonzero(mask[block.columns]), 8 * table.n_rows)
    ]


def relevance_by_chance(table: Table, n_levels: IntArray) -> FloatArray:
    """Mean plug-in relevance of a column that is independent of the target, nats."""
    degrees = (n_levels - 1) * (_n_target_levels(table) - 1)
    chance: FloatArray = degrees / (2 * _n_by_chance(table))
    return chance


def _n_target_levels(table: Table) -> int:
    """Classes of the target, or bins of one that is a quantity."""
    n = table.n_rows if table.weights is None else table.weights.total
    return table.target.n_classes or default_n_bins(n)


def _n_by_chance(table: Table) -> float:
    """Rows as chance sees them: whole weights repeat rows, others are fewer."""
    weights = table.weights
    if weights is None:
        return table.n_rows
    return weights.n_units * weights.effective_rows_per_unit


def high_cardinality(table: Table, terms: Terms, n_levels: IntArray) -> BoolArray:
    """Discrete columns that seem to tell a tenth of H(Y) by their levels alone."""
    if n_levels.max() <= MANY_LEVELS:
        return np.zeros(table.n_features, np.bool_)
    entropy = terms.target_entropy
    if entropy is None:
        entropy = math.log(_n_target_levels(table))
    chance = relevance_by_chance(table, n_levels)
    many: BoolArray = (
        table.discrete
        & (n_levels > MANY_LEVELS)
        & (chance >= SHARE_BY_CHANCE * entropy)
    )
    return many


def leaks(
    table: Table, terms: Terms, n_levels: IntArray
) -> tuple[BoolArray, BoolArray]:
    """Columns with H(Y|X) = 0, and with H(X|Y) = 0, of any output Y, not by chance.

    Not chance: n·I(X;Y) exceeds what independent columns have, by 10 nats and the
    logarithm of the number of columns.
    """
    determines, follows = np.zeros((2, table.n_features), dtype=np.bool_)
    targets = (table.target, *table.further)
    for target, each in zip(targets, terms.outputs, strict=True):
        if too_many_classes(table, target):
            continue  # all columns follow from a class for each row
        one = table if target is table.target else replace(table, target=target)
        chance = _n_by_chance(table) * relevance_by_chance(one, n_levels)
        # Corrected for chance, what determines the target tells less than its entropy.
        observed = each.observed_relevance
        relevance = each.relevance if observed is None else observed
        told = _n_by_chance(table) * relevance
        sure = told > chance + 10 + math.log(table.n_features)
        if not sure.any():
            continue
        entropy, target_entropy = _entropies(one, each, sure)
        determines |= sure & (relevance >= target_entropy - EXACT)
        follows |= sure & (relevance >= entropy - EXACT)
    return determines, follows


def _entropies(
    table: Table, terms: Terms, wanted: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """H(X) and H(Y), infinite where the estimator does not count X and Y.

    All estimators count two discrete variables.
    """
    if terms.entropy is not None and terms.target_entropy is not None:
        return terms.entropy, np.full(table.n_features, terms.target_entropy)
    entropy, target_entropy = np.full((2, table.n_features), np.inf)
    if table.target.discrete:
        known = table.discrete & (table.n_missing == 0)
        for j in np.flatnonzero(wanted & known).tolist():
            entropy[j] = _entropy(table, table.codes(j))
            target_entropy[j] = _entropy(table, table.target.codes)
    return entropy, target_entropy


def _entropy(table: Table, codes: IntArray) -> float:
    units = None if table.weights is None else table.weights.units
    counts = np.bincount(codes, units)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def too_many_classes(table: Table, target: Target) -> bool:
    """Whether a target has fewer than two and a half rows a class, on average."""
    n = _n_counted(table)
    return n >= MIN_ROWS and ROWS_A_CLASS * target.n_classes > n


def counted_quantity(table: Table, target: Target) -> bool:
    """Whether a target is a quantity of so many values that classes mislead.

    Numbers, also as text, that "auto" would not take for classes, so many that a column
    in default bins seems to tell a tenth of the target's entropy by chance.
    """
    n, classes = _n_counted(table), target.classes
    if classes is None or len(classes) <= MANY_LEVELS or not is_quantity(classes, n):
        return False
    chance = (default_n_bins(n) - 1) * (len(classes) - 1) / (2 * n)
    return chance >= SHARE_BY_CHANCE * _entropy(table, target.codes)


def _n_counted(table: Table) -> int:
    return table.n_rows if table.weights is None else table.weights.n_for_kinds


def _targets(table: Table) -> list[Finding]:
    """One finding for each output that has too many classes."""
    targets = (table.target, *table.further)
    return [
        Finding(
            ManyClassesWarning,
            f"{f'output {i} of ' if len(targets) > 1 else ''}the target has "
            f"{target.n_classes} classes in {_n_counted(table)} rows: every column "
            "seems to tell much about so many, by chance; if it is a quantity, pass "
            "numbers (not text) and discrete_target=False; if not, merge classes",
        )
        for i, target in enumerate(targets, 1)
        if too_many_classes(table, target) or counted_quantity(table, target)
    ]


def find_oddities(
    table: Table,
    terms: Terms,
    n_levels: IntArray,
    excluded: list[int],
    chosen: list[int],
) -> list[Finding]:
    """One finding a kind, with the names of the columns.

    Copies are looked for among those of chosen columns only: others harm nobody.
    """
    considered = np.ones(table.n_features, dtype=np.bool_)
    considered[excluded] = False
    ids = id_like(table, n_levels)
    found = {IdLikeWarning: ids, ConstantFeatureWarning: constant(table, n_levels)}
    if table.target.n_classes != 1:
        found[HighCardinalityWarning] = high_cardinality(table, terms, n_levels) & ~ids
        determines, follows = leaks(table, terms, n_levels)
        found[LeakWarning] = (determines | follows) & ~ids
    odd = {kind: np.flatnonzero(mask & considered) for kind, mask in found.items()}
    findings = [
        Finding(kind, f"{_listed(table, columns.tolist())} {MESSAGES[kind]}")
        for kind, columns in odd.items()
        if len(columns)
    ]
    alone = considered & ~ids & ~found[ConstantFeatureWarning]
    return [*_targets(table), *findings, *_copies(table, terms, chosen, alone)]


def _copies(
    table: Table, terms: Terms, chosen: list[int], considered: BoolArray
) -> list[Finding]:
    """Name the copies of each column, all in one finding."""
    if table.n_rows < MIN_ROWS:
        return []
    picked = np.array(chosen, dtype=np.intp)
    groups = copies(table, terms.relevance, picked, considered)
    if not groups:
        return []
    more = f"; and {len(groups) - 10} more such groups" if len(groups) > 10 else ""
    listing = "; ".join(_listed(table, group, " and ") for group in groups[:10])
    text = (
        f"{listing}{more} are exact copies of each other, the same in every row "
        "but for the names of labels; drop all but one of them: JMI and MIM may choose "
        "several, mRMR and CMIM avoid them"
    )
    return [Finding(DuplicateColumnsWarning, text)]


def _listed(table: Table, columns: list[int], between: str = ", ") -> str:
    """Name the first ten columns, and say how many more there are."""
    more = f" and {len(columns) - 10} more" if len(columns) > 10 else ""
    return f"columns {between.join(repr(table.labels[j]) for j in columns[:10])}{more}"
