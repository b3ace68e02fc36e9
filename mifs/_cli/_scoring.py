"""Scores of one file, as a task that any worker can do."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mifs._cli._messages import reason, sink_warnings
from mifs._cli._output import tested
from mifs._cli._workers import work_for

if TYPE_CHECKING:
    import pandas as pd

    from mifs._cli._reading import Reading
    from mifs._cli._search_options import EstimatorOptions
    from mifs._cli._table_options import TableOptions

# Columns of the result, and their types where no file has a row.
_TYPES = {
    "file": "object",
    "feature": "object",
    "kind": "object",
    "mi": "float64",
    "rank": "int64",
    "expected": "float64",
    "p": "float64",
    "tier": "int64",
}


@dataclass
class Outcome:
    """What became of one file: its scores, or why there are none.

    All of it can be written as JSON, to the last bit. ``scores`` has a list a column,
    ``content`` is a hash of the file's bytes, ``line`` the line that is wrong.
    """

    file: str
    content: str | None = None
    scores: dict[str, list[str | int | float]] | None = None
    failure: str = ""
    line: int | None = None
    reason: str = ""
    n_dropped: int = 0
    warnings: list[str] = field(default_factory=list)

    def fail(self, error: Exception) -> None:
        """Keep what is wrong, with and without its place."""
        self.failure, self.reason = reason(error), reason(error, located=False)
        self.line = getattr(error, "line", None)


@dataclass(frozen=True)
class Choice:
    """Which features of a file are shown, and how they are scored."""

    n_features: int | str
    alpha: float
    seed: int
    estimation: EstimatorOptions


@dataclass(frozen=True)
class Task:
    """One file to be scored, at its place among the others.

    With ``hashed`` its bytes are hashed, and it is not scored again if their hash is
    ``known``. ``owner`` is the process that wants the result, if it has started those
    that do the work; ``path`` is where others find the file.
    """

    place: int
    file: str
    hashed: bool
    known: str | None
    owner: int | None
    path: str | None = None


def do(task: Task, table: TableOptions, choice: Choice) -> tuple[int, Outcome | None]:
    """Give the place of the task and its outcome, or None if that is known.

    The hash is of what the file was before it was read: a file that changes meanwhile
    will not look like one that is done.
    """
    if task.owner is not None:
        work_for(task.owner)
    path = task.path or task.file
    content = content_hash(path) if task.hashed else None
    if content is not None and content == task.known:
        return task.place, None
    outcome = score_file(path, table, choice)
    outcome.file, outcome.content = task.file, content
    return task.place, outcome


def content_hash(path: str) -> str | None:
    """Hash the bytes of a file; None of what is no file, or cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    except OSError:
        return None


def score_file(file: str, table: TableOptions, choice: Choice) -> Outcome:
    """Read and score one file; no error leaves, so that the others are complete."""
    from mifs._cli._reading import read

    outcome = Outcome(file)
    with sink_warnings(outcome.warnings.append):
        try:
            reading = read([file], table, strict=False)
            outcome.scores = _scores(reading, table, choice)
            outcome.n_dropped = reading.n_dropped
        except Exception as error:
            outcome.fail(error)
    return outcome


def _scores(
    reading: Reading, table: TableOptions, choice: Choice
) -> dict[str, list[str | int | float]]:
    import numpy as np

    from mifs import MIM
    from mifs._cli._search_options import constraints
    from mifs.selectors._tables import path_columns

    include, groups = constraints(table)
    every = choice.n_features == "all"
    selector = MIM(
        n_features_to_select=None if every else choice.n_features,
        alpha=choice.alpha,
        mi_estimator=choice.estimation.build(),
        discrete_features=reading.discrete,
        discrete_target=table.discrete_target,
        include=include,
        groups=groups,
        random_state=choice.seed,
        n_jobs=1,
    )
    selector.fit(reading.features, reading.target, reading.weights)
    # Not `path_`: to make a frame takes a tenth of the time that a small file takes.
    path = path_columns(selector._path, selector._units)
    names = path["name"].tolist()
    kinds = selector.feature_kinds_[np.array(path["feature"], int)].tolist()
    joint = {} if groups is None else dict.fromkeys(groups, "group")
    columns = {
        "feature": names,
        "kind": list(map(joint.get, names, kinds)),
        "rank": list(range(1, len(path["tier"]) + 1)),
    }
    renamed = {"relevance": "mi", "p_value": "p"}
    for name in ("relevance", *tested(path["tier"])):
        columns[renamed.get(name, name)] = np.asarray(path[name]).tolist()
    return {name: columns[name] for name in _TYPES if name in columns}


def table_of(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Put the scores of all files together, one row a file and feature."""
    import pandas as pd

    scored = [(done.file, done.scores) for done in outcomes if done.scores is not None]
    # Files of which nothing was chosen have no rows, whatever their columns.
    filled = [(file, scores) for file, scores in scored if scores["mi"]] or scored[:1]
    columns: dict[str, Sequence[str | int | float]] = {
        "file": [file for file, scores in filled for _ in scores["mi"]]
    }
    for name in filled[0][1]:
        columns[name] = [value for _, scores in filled for value in scores[name]]
    frame = pd.DataFrame(columns)
    return frame if len(frame) else frame.astype({c: _TYPES[c] for c in frame})
