"""A table, seen column by column before anything is selected."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._arrays import AnyArray, BoolArray, FloatArray
from mifs._data.containers import (
    Container,
    check_table,
    column_of,
    is_frame,
    labels_of,
    take_columns,
    unwrap,
)
from mifs._data.intake import read_columns
from mifs._data.kinds import decide_kinds
from mifs._data.labels import Labels
from mifs._data.reading import of_columns
from mifs._data.table import Columns, Numbered, Table
from mifs._problem.oddities import (
    EXACT,
    constant,
    count_levels,
    high_cardinality,
    id_like,
    leaks,
)
from mifs._problem.reading import counted, weigh
from mifs._scan import Scan
from mifs._scan.store import Store
from mifs._terms import REDUNDANCY
from mifs.estimators import PlugIn
from mifs.estimators._mean import prepare
from mifs.estimators._terms import Terms
from mifs.selectors._profile_frame import ProfileFrame
from mifs.selectors._tables import as_they_are

# Information two columns share, over the larger entropy of the two.
SHARED = 0.9
# Entropy of equal-width bins, over that of bins of equal content.
COLLAPSED = 0.2


def profile(
    X: Any,
    target: Any = None,
    *,
    discrete_features: Any = "auto",
    discrete_target: bool | str = "auto",
    multioutput: str = "auto",
    sample_weight: object = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Say of each column how a selector would read it, and what is odd about it.

    Columns are encoded as `mifs.estimators.PlugIn` does with its defaults; what is said
    of them is of the information as counted, of which nothing is taken off for chance.
    All pairs of columns are counted once, so that the cost grows with their number
    squared.

    Parameters
    ----------
    X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features), or Scan
        A table, of any library that `fit` reads, or a `mifs.Scan`, which has its target
        and weights itself and is read column by column.
    target : label, list of labels or array-like, default=None
        Label (of arrays the position) of the column to be predicted, or of several, or
        what `fit` takes as y; of
        several outputs a column that leaks any one is reported, unless they are joined.
        None looks for no leaks.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        As in the selectors; of the columns without the target.
    discrete_target : {"auto", True, False}, default="auto"
        As in the selectors.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        As in the selectors.
    sample_weight : array-like of shape (n_samples,), default=None
        How often each row counts; rows of weight 0 are left out.
    n_jobs : int, default=None
        Threads, as in joblib.

    Returns
    -------
    profile : DataFrame
        One row a column, by its label:

        - ``kind``: ``"discrete"``, ``"continuous"``, or ``"unusable"``, of which
          ``problem`` says why;
        - ``levels``: of a discrete column, missing values being one; bins of others;
        - ``missing``: share of the rows, or of their weight, 0 to 1;
        - ``constant``: one value, none missing;
        - ``id_like``: numbers or names the rows, however often these count: fewer than
          two rows a level, or whole numbers, all different, that rise, fall or fill
          their range;
        - ``high_cardinality``: more than 50 levels, of which chance alone would make a
          relevance of a tenth of the target's entropy;
        - ``near_duplicate``: the earlier column with which it shares most information,
          if that is at least 0.9 of the larger entropy of the two, or empty;
        - ``collapsed``: bins of equal width would keep less than a fifth of the entropy
          of bins of equal content, mostly for an outlier;
        - ``leak``: ``"determines the target"`` (H(Y|X) = 0), ``"follows from the
          target"`` (H(X|Y) = 0, two levels or more), or empty; more than chance, and
          not of id-like columns;
        - ``problem``: what `fit` would say of a column it refuses, or empty.

        A notebook shows it with bars and, below it, what is odd.

    Raises
    ------
    ValueError
        An unknown target, or one that `fit` would refuse, as of weights; no usable
        column.
    TypeError
        A lazy frame; a target or weights beside a `mifs.Scan`.

    Examples
    --------
    >>> import mifs
    >>> import pandas as pd
    >>> size = [1.5, 2.5, 9.5, 3.5] * 10
    >>> X = pd.DataFrame({"size": size, "row": range(40), "again": size})
    >>> profile = mifs.profile(X.assign(big=X["size"] > 3), target="big")
    >>> profile[["kind", "levels", "id_like", "near_duplicate", "leak"]]
                  kind  levels  id_like near_duplicate                   leak
    column
    size    continuous       3    False                 determines the target
    row     continuous       3     True
    again   continuous       3    False           size  determines the target
    """
    said: dict[str, Any] = {
        "discrete_target": discrete_target,
        "multioutput": multioutput,
    }
    if isinstance(X, Scan):
        for name, given in (("target", target), ("sample_weight", sample_weight)):
            if given is not None:
                own = {"sample_weight": "weights"}.get(name, name)
                raise TypeError(f"a Scan has its {own} itself: leave {name} out")
        return _of_scan(X, discrete_features, said, n_jobs)
    X = unwrap(X)
    check_table(X, min_rows=2)
    X, y = split_target(X, target)
    y = None if y is None else unwrap(y, "y")
    X, y, said["weights"] = weigh(X, y, sample_weight, _counting())
    if callable(discrete_features):
        discrete_features = discrete_features(X)
    columns = _labels(X)
    names = [str(label) for label in columns]
    usable, problems = _usable(_problems(X, names))
    read = read_columns(
        take_columns(X, usable.tolist()),
        names=[names[j] for j in usable],
        n_jobs=n_jobs,
    )
    discrete = _restricted(discrete_features, columns, usable)
    table = of_columns(read, y, discrete_features=discrete, **said)
    return _described(table, columns, usable, problems, n_jobs)


def _of_scan(
    scan: Scan, discrete: Any, said: dict[str, Any], n_jobs: int | None
) -> pd.DataFrame:
    """Profile a table on disk."""
    columns, store = Labels(scan.feature_names), scan.store()
    places = [store.names.index(name) for name in scan.feature_names]
    usable, problems = _usable(_stored_problems(store, places))
    if isinstance(discrete, str) and discrete == "auto":
        discrete = scan.discrete_features
    if said["discrete_target"] == "auto":
        said = {**said, "discrete_target": scan.discrete_target}
    if (given := scan.weights()) is not None:
        said["weights"] = counted(given, _counting())
    table = of_columns(
        store.table([places[j] for j in usable], n_jobs),
        scan.target() if scan.n_targets else None,
        discrete_features=_restricted(discrete, columns, usable),
        **said,
    )
    table = replace(table, folder=scan.folder, sample=scan.sample())
    return _described(table, columns, usable, problems, n_jobs)


def _usable(problems: list[str]) -> tuple[NDArray[np.intp], list[str]]:
    """Columns without a problem, of which there must be one."""
    if not problems:
        raise ValueError("the table has no column but the target: nothing to profile")
    usable = np.flatnonzero([not problem for problem in problems])
    if not len(usable):
        raise ValueError(f"no column of the table can be used: {problems[0]}")
    return usable, problems


def _described(
    table: Table,
    columns: Labels,
    usable: NDArray[np.intp],
    problems: list[str],
    n_jobs: int | None,
) -> pd.DataFrame:
    """One row a column, also of those that cannot be used."""
    labels = list(columns)
    facts = facts_of(table, [labels[j] for j in usable], n_jobs)
    facts.index = usable
    facts = _with_refused(facts, problems)
    # Tuples, which are labels of several levels, are to stay tuples.
    facts.index = pd.Index(columns.labels, name="column", tupleize_cols=False)
    return ProfileFrame(facts)


def _stored_problems(store: Store, places: Sequence[int]) -> list[str]:
    """Collect what `fit` would say of each column that it refuses."""
    try:
        decide_kinds(store.table(places))
    except (ValueError, TypeError):
        return [_refusal(partial(store.table, [place])) for place in places]
    return [""] * len(places)


def split_target(X: Container, target: Any) -> tuple[Container, Any]:
    """Take the columns of the target out of the table, if they are named."""
    columns = _labels(X)
    if not _names_columns(target, columns, X.shape[0]):
        return X, target
    at = columns.places(target, "target").tolist()
    y = take_columns(X, at)
    if not isinstance(target, list) or len(at) == 1:
        y = column_of(y, 0)
    return take_columns(X, np.delete(np.arange(len(columns)), at).tolist()), y


def _names_columns(target: object, columns: Labels, n_rows: int) -> bool:
    """Whether a target is the label of a column, or a list of some, and no values."""
    if target is None:
        return False
    if not isinstance(target, list):
        # One thing is no target of many rows: an unknown label is refused as one.
        single = isinstance(target, str) or np.isscalar(target)
        return single or (not columns.by_position and target in columns)
    text = all(isinstance(label, str) for label in target)
    if not target or not (text or len(target) != n_rows):
        return False
    return all(label in columns for label in target)


def _labels(X: Container) -> Labels:
    return Labels(labels_of(X) if is_frame(X) else Numbered(X.shape[1]))


def _problems(X: Container, names: list[str]) -> list[str]:
    """Collect what `fit` would say of each column that it refuses."""
    try:
        decide_kinds(read_columns(X))
    except (ValueError, TypeError):
        return [
            _refusal(partial(read_columns, take_columns(X, [j]), names=[name]))
            for j, name in enumerate(names)
        ]
    return [""] * len(names)


def _refusal(read: Callable[[], Columns]) -> str:
    try:
        decide_kinds(read())
    except (ValueError, TypeError) as error:
        return str(error)
    return ""


def _restricted(discrete: Any, columns: Labels, usable: NDArray[np.intp]) -> Any:
    """Say of the columns that can be used what was said of all columns."""
    automatic = isinstance(discrete, str) and discrete == "auto"
    if automatic or isinstance(discrete, (bool, np.bool_)):
        return discrete
    return np.isin(usable, columns.places(discrete, "discrete_features"))


def facts_of(
    table: Table, labels: Sequence[Hashable], n_jobs: int | None, *, pairs: bool = True
) -> pd.DataFrame:
    """One row a column that can be used; without ``pairs`` no near duplicates."""
    terms = prepare(_counting(), table, n_jobs)
    first = terms.outputs[0]
    n_levels = count_levels(table, terms)
    ids, single = id_like(table, n_levels), constant(table, n_levels)
    many = np.zeros(table.n_features, dtype=np.bool_)
    leak = np.full(table.n_features, "", dtype=object)
    if table.target.n_classes != 1:
        many = high_cardinality(table, terms, n_levels) & ~ids
        determines, follows = leaks(table, terms, n_levels)
        leak[follows & ~ids] = "follows from the target"
        leak[determines & ~ids] = "determines the target"
    return pd.DataFrame(
        {
            "kind": np.where(table.discrete, "discrete", "continuous"),
            "levels": n_levels,
            "missing": _missing(table),
            "constant": single,
            "id_like": ids,
            "high_cardinality": many,
            "near_duplicate": _near_duplicates(labels, first, pairs & ~ids & ~single),
            "collapsed": _collapsed(table, terms, n_jobs),
            "leak": leak,
            "problem": "",
        }
    )


def _counting() -> PlugIn:
    return PlugIn(correction=None)


def _missing(table: Table) -> FloatArray:
    """Share of the rows, or of their weight, in which each column is missing."""
    shares: FloatArray = table.n_missing / table.n_rows
    if table.weights is not None:
        units, total = table.weights.units, table.weights.n_units
        for j in np.flatnonzero(table.n_missing).tolist():
            shares[j] = units[np.isnan(table.numeric(j))].sum() / total
    return shares


def _near_duplicates(
    labels: Sequence[Hashable], terms: Terms, compared: BoolArray
) -> AnyArray:
    """Label of the earlier column that shares most with each, empty if none does."""
    best = np.full(len(labels), SHARED - EXACT)
    earlier = np.full(len(labels), -1)
    wanted = frozenset({REDUNDANCY})
    entropy, _ = terms.entropies()
    columns = np.flatnonzero(compared & (entropy > EXACT))
    for place, j in enumerate(columns.tolist()):
        others = columns[place + 1 :]
        larger = np.maximum(entropy[others], entropy[j])
        smaller = np.minimum(entropy[others], entropy[j])
        near = smaller >= SHARED * larger
        if near.any():
            others, larger = others[near], larger[near]
            share = terms.pairwise(j, others, wanted)[REDUNDANCY] / larger
            # Rounding must not let a later copy pass an earlier one.
            closer = share > best[others] + EXACT
            best[others[closer]] = share[closer]
            earlier[others[closer]] = j
    return as_they_are(labels[j] if j >= 0 else "" for j in earlier.tolist())


def _collapsed(table: Table, terms: Terms, n_jobs: int | None) -> BoolArray:
    """Whether bins of equal width would keep next to nothing of a column."""
    estimator = PlugIn(binning="uniform", correction=None)
    uniform = estimator.prepare(table, n_jobs=n_jobs)
    thin: BoolArray = uniform.entropies()[0] < COLLAPSED * terms.entropies()[0]
    return ~table.discrete & thin


def _with_refused(described: pd.DataFrame, problems: list[str]) -> pd.DataFrame:
    """Put the columns that cannot be used back in their places."""
    refused = [j for j, problem in enumerate(problems) if problem]
    if not refused:
        return described
    blank = {"kind": "unusable", "levels": 0, "missing": np.nan}
    blank |= {"near_duplicate": "", "leak": ""}
    rows = pd.DataFrame(blank, index=refused)
    for flag in ("constant", "id_like", "high_cardinality", "collapsed"):
        rows[flag] = False
    rows["problem"] = [problems[j] for j in refused]
    return pd.concat([described, rows[described.columns]]).sort_index()
