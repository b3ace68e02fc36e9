"""Write what several classes or functions say in the same words into their docstrings.

The words stand here, once, for the selectors and for the ways to a scan. Each keeps its
own parts: what it does, its own parameters, references and examples. Run it after a
change; a test tells when that is due::

    .venv/bin/python docs/make_docstrings.py
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import mifs
from mifs import selectors
from mifs.selectors._base import BaseSelector

PARAMETERS = """\
n_features_to_select : int, float, "auto" or None, default=10
    A number (any but 10 with a warning if the table has fewer features), a
    fraction in (0, 1], rounded down, ``"auto"`` for those that add more than chance
    (see ``alpha``), or None to rank and keep all.
mi_estimator : str or estimator, default="auto"
    A name of `mifs.estimators.ESTIMATORS` or an object such as
    `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``, which is corrected for
    chance; ``PlugIn(correction=None)`` gives the published search.
discrete_features : "auto", bool, mask, indices, labels or callable, default="auto"
    Which columns are discrete. ``"auto"``: booleans, strings, categories, and
    integers with at most ``max(2, min(50, n_samples / 10))`` different values.
    A callable is given X and returns one of the others.
discrete_target : "auto" or bool, default="auto"
    ``"auto"``: booleans, strings, categories, and integers with at most
    ``min(100, n_samples / 2)`` different values.
include : mask, indices or labels, default=None
    Features chosen first, in this order, and scored. Whole numbers are indices on
    arrays and where all labels are strings, and labels otherwise.
exclude : mask, indices or labels, default=None
    Features never chosen.
groups : mapping or labels, default=None
    Columns that are taken or left together as one joint variable: a mapping from
    group names to columns, or one label a column (None: on its own). The number of
    features then counts groups. Only for estimators that count.
costs : mapping or array-like of shape (n_features,), default=None
    Cost of each feature; ``cost_weight`` times it is subtracted from the score.
cost_weight : float, default=1.0
    Nats (or the score's unit) that one unit of cost is worth.
alpha : float, default=0.05
    Level of ``"auto"`` and of the two tiers of a path: first what adds more than
    chance, in the criterion's order, then the rest. If no feature tells anything,
    some feature is in the first tier with this probability at most. 1 tests
    nothing, and so does a number of features with ``PlugIn(correction=None)``: the
    order is the criterion's alone.
start : "pair" or None, default=None
    ``"pair"``: the first two are the pair of highest I(Xi,Xj;Y), less their costs,
    the more relevant one first, so that those are found that tell something only
    together (XOR). All p (p − 1) / 2 pairs are looked at, which is refused if it
    would take more than an hour. Where a path has two tiers, it is the best pair
    that adds more than chance, to which a fifth of ``alpha`` is left.
random_state : int, RandomState instance or None, default=0
    Of the tables that a test of few rows draws from their margins.
warm_start : bool, default=False
    Continue the path of the last fit on the same data, with a larger
    ``n_features_to_select``; the result equals that of a fresh fit. A path of two
    tiers is searched anew.
multioutput : {"auto", "joint", "mean"}, default="auto"
    What to do with a target of several outputs: take each combination of their
    levels as a class, or average the terms of the outputs. ``"auto"`` joins
    discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
n_jobs : int, default=None
    Threads, as in joblib. The result does not depend on it.
verbose : int, default=0
    1 shows a progress bar; 2 says every few seconds how far it is.
"""

ATTRIBUTES = """\
selected_indices_ : ndarray of shape (n_selected,)
    Column indices in the order of choice.
support_ : ndarray of shape (n_features,), bool
    Mask of the selected features.
ranking_ : ndarray of shape (n_features,), int
    1 is the feature chosen first; those never chosen follow by relevance.
scores_ : ndarray of shape (n_features,)
    Score at the step where a feature was chosen, NaN if it never was; {unit}.
relevance_ : ndarray of shape (n_features,)
    I(Xk;Y) of every feature, nats; less what chance would make of it, if the
    estimator is corrected.
path_ : DataFrame
    One row a step: feature (index), name (label as in the frame), score,
    relevance, redundancy, conditional_redundancy (means over the earlier picks),
    runner_up, runner_up_name, margin, expected (of the relevance, by chance alone),
    p_value (adjusted for all features), tier (1 or 2; 0 where nothing was tested).
stop_reason_ : str
    Why the path ends.
n_evaluations_ : int
    Candidate–pick pairs evaluated after the relevances.
feature_kinds_ : ndarray of shape (n_features,)
    ``"discrete"`` or ``"continuous"``.
n_levels_ : ndarray of shape (n_features,), int
    Levels of each column, missing values being one, or bins of a continuous one;
    -1 where the estimator does not bin it.
target_kind_ : str
    ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
mi_estimator_ : estimator
    The estimator used, with what it learned (say, the edges of bins).
n_features_in_ : int
    Number of columns.
feature_names_in_ : ndarray of shape (n_features,)
    Names of the columns, where they have names.
"""

OF_SCANS = """\
target : str or list of str
    Column to predict, or several.
columns : list of str, default=None
    Columns that are read as features; None: all others.
exclude : list of str, default=()
    Columns that are left out.
weights : str, default=None
    Column that says how often each row counts, in numbers or booleans.
discrete_features, discrete_target : default="auto"
    As of the selectors, where these leave it at ``"auto"``.
drop_missing_target : bool, default=False
    Whether to leave out rows without a target; ``n_rows_dropped`` counts them.
infinite_as_missing : bool, default=False
    Whether to take infinite values as missing; they are refused otherwise.
quantiles : {"exact", "sample"}, default="exact"
    Bins of continuous columns are cut at quantiles of all rows, or of a sample of
    100 000: less to sort, and a `SampledEdgesWarning` says so. All else is exact.
random_state : int, default=0
    Of that sample.
engine : {"disk", "dask"}, default="disk"
    Who reads the files: this process, to its disk; or the workers of the current
    Dask client, which must reach them, and with whom the rows stay.
cache_dir : path, default=None
    Folder that keeps the columns in binary. A later scan of the same files (by
    size, time and a sample of their bytes), with the same options and version, goes
    on from there, and its ``cached`` is True.
"""

# Units of the scores of classes whose scores are not all in nats.
UNITS = {
    "MIRMR": "nats, or a ratio for the quotient",
    "DISR": "a ratio, but nats for the first",
    "NJMIM": "a ratio, but nats for the first",
    "SpecCMI": "a weight",
    "FCBF": "a ratio",
    "MISelector": "nats, or the unit of the criterion",
}

Public = type | Callable[..., object]
ROOT = Path(__file__).resolve().parents[1]
WIDTH = 80  # of a line of a docstring, without the indentation of a class
ENTRY = re.compile(r"^(?=\S)", re.MULTILINE)


def scans() -> list[Public]:
    """Functions that make a scan."""
    return [mifs.scan_csv, mifs.scan_parquet, mifs.scan_frame]


def classes() -> list[type]:
    """Selectors with a criterion; `InfoMaxSelector` has words of its own."""
    public = dict.fromkeys(getattr(selectors, name) for name in selectors.__all__)
    found = [c for c in public if isinstance(c, type) and issubclass(c, BaseSelector)]
    return [c for c in found if c is not selectors.InfoMaxSelector]


def entries(text: str) -> dict[str, str]:
    """Entries of a section of a numpydoc docstring, by each name they begin with."""
    found = [entry for entry in ENTRY.split(text) if entry]
    return {
        name: entry for entry in found for name in entry.partition(" :")[0].split(", ")
    }


def _with_unit(entry: str, unit: str) -> str:
    head, text = entry.format(unit=unit).split("\n", 1)
    lines = textwrap.fill(
        " ".join(text.split()), WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4
    )
    return f"{head}\n{lines}\n"


def parameters(public: Public, own: dict[str, str]) -> str:
    """Parameters in the order of the signature: shared ones, and its own."""
    known = own | entries(PARAMETERS if isinstance(public, type) else OF_SCANS)
    found = (known[name] for name in inspect.signature(public).parameters)
    return "".join(dict.fromkeys(found))  # one entry may be of several


def attributes(public: Public, own: dict[str, str]) -> str:
    """Attributes that all have, then the class's own."""
    shared = entries(ATTRIBUTES)
    unit = UNITS.get(public.__name__, "nats")
    shared["scores_"] = _with_unit(shared["scores_"], unit)
    return "".join((shared | (own | shared)).values())


def renewed(public: Public, text: str) -> str:
    """Return a docstring with its shared sections written anew."""
    for title, write in (("Parameters", parameters), ("Attributes", attributes)):
        if title == "Attributes" and not isinstance(public, type):
            continue
        head = f"{title}\n{'-' * len(title)}\n"
        before, after = text.split(head)
        old, rest = after.split("\n\n", 1)
        new = write(public, entries(old + "\n"))
        text = f"{before}{head}{new}\n{rest}"
    return text


def page(public: Public, source: str) -> str:
    """Return the source of a class or function with its docstring renewed."""
    body = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and node.name == public.__name__
    ).body
    first, last = body[0].lineno - 1, body[0].end_lineno
    lines = source.splitlines(keepends=True)
    old = textwrap.dedent("    " + "".join(lines[first:last]).lstrip())
    new = textwrap.indent(renewed(public, old), "    ")
    return "".join([*lines[:first], new, *lines[last:]])


def path(public: Public) -> Path:
    """File of a class or function, in the folder that holds this script."""
    return ROOT.joinpath(*public.__module__.split(".")).with_suffix(".py")


if __name__ == "__main__":
    for each in [*classes(), *scans()]:
        text = path(each).read_text(encoding="utf-8")
        path(each).write_text(page(each, text), encoding="utf-8")
