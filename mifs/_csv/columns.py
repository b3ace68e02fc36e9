"""The columns of a CSV file: types that went wrong, the target, names not found."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

import numpy as np
import pandas as pd

from mifs._csv.findings import CSVError, CSVWarning
from mifs._csv.format import CSVFormat
from mifs._csv.marked import (
    CODE,
    marks_of,
    number_pattern,
    numbers_of,
    same_float,
    unmarked,
)
from mifs._warn import warn

# So many texts, the most frequent ones, tell how all are written.
_SAMPLE = 1000
# Fewer are levels as good as any text: "0", "1", "2", "3+"; or "10 %", "20 %".
_MANY_NUMBERS, _MANY_MARKED = 20, 2
# Rows among which the names may stand, below a title that was taken for them.
_TITLE = 10


def checked_columns(
    frame: pd.DataFrame, csv_format: CSVFormat, name: str, codes: Collection[str]
) -> pd.DataFrame:
    """Give the frame with the numbers of columns that hold units or thousands marks.

    Warns where a column is text though most of it is numbers, and says what hides
    them: a text for missing values, the other decimal mark, thousands, a unit.

    Raises
    ------
    CSVError
        For a column that is to be read as numbers and holds something else.
    """
    # By dtype first: a look at one column costs 0.1 ms, and tables have thousands.
    texts = [c for c, dtype in frame.dtypes.items() if dtype.kind == "O"]
    flags = {c for c, dtype in frame.dtypes.items() if dtype.kind == "b"}
    numbers = {c: frame[c].astype(float) for c in csv_format.numbers if c in flags}
    for column in texts:
        if column in codes:
            head = frame[column].iloc[:10_000].dropna().astype(str).unique()
            warn_of_coded_measures(column, head, csv_format.decimal, name)
        elif column not in csv_format.text:
            found = _numbers(frame[column], csv_format, name)
            if found is not None:
                numbers[column] = found
    return frame.assign(**numbers) if numbers else frame


def _numbers(column: pd.Series, csv_format: CSVFormat, name: str) -> pd.Series | None:
    """Give the numbers that a column of text holds, or None with a warning."""
    if csv_format.units or csv_format.thousands:
        plain = unmarked(column, csv_format)
        if plain.dtype.kind in "if":
            return plain
    if column.name not in csv_format.numbers:
        if may_hide_numbers(column.unique(), csv_format.decimal):
            warn_of_numbers_in_text(column.value_counts(), csv_format.decimal, name)
        return None
    return _declared_numbers(column, csv_format, name)


def _declared_numbers(column: pd.Series, csv_format: CSVFormat, name: str) -> pd.Series:
    """Give the numbers of a column that is said to hold nothing else."""
    codes, texts = pd.factorize(column)
    if not all(isinstance(text, str) for text in texts):  # booleans with gaps
        return column.astype(float)
    decimal = csv_format.decimal
    values = numbers_of(texts, decimal)
    if values is None:
        plain = re.compile(number_pattern(decimal))  # to ask pandas costs 2 ms a text
        odd = (text for text in texts if not plain.fullmatch(text.strip()))
        wrong = next(text for text in odd if numbers_of([text], decimal) is None)
        raise no_number(str(column.name), wrong, name)
    if (codes < 0).any():
        values = np.append(values.astype(float), np.nan)  # code -1 is the last
    if values.dtype.kind == "f":
        refuse_same_floats(str(column.name), texts, name)
    return pd.Series(values[codes], index=column.index, name=column.name)


def no_number(column: str, text: str, name: str) -> CSVError:
    """Error for a text in a column that is to be read as numbers."""
    return CSVError(
        f"column {column!r} is to be read as numbers, but {text!r} is none; if it "
        "stands for a missing value, say so",
        name,
        "missing",
        column=column,
        value=text,
    )


def refuse_same_floats(column: str, texts: Iterable[str], name: str) -> None:
    """Refuse whole numbers of a column, if two of them become one.

    Raises
    ------
    CSVError
        With both.
    """
    if (same := same_float(texts)) is not None:
        raise CSVError(
            f"column {column!r} is to be read as numbers, and {same[0]} and {same[1]}, "
            "which are the same float, cannot be told apart; keep it as text, if they "
            "are names, or subtract a constant in the file",
            name,
            "text",
            column=column,
        )


def warn_of_coded_measures(
    column: str, texts: Sequence[str], decimal: str, name: str
) -> None:
    """Say that measured numbers are text for they look like codes."""
    texts = texts[:_SAMPLE]
    number = re.compile(number_pattern(decimal))
    if all(map(number.fullmatch, texts)) and any(decimal in text for text in texts):
        shown = next(filter(CODE.match, texts), texts[0])
        warn(
            CSVWarning(
                f"column {column!r} is kept as text, since a leading zero or plus, "
                f"or more than 15 digits, make codes of numbers such as {shown!r}; if "
                "it is measured, say that it is continuous",
                name,
                "continuous",
                column=column,
            )
        )


def warn_of_numbers_in_text(counts: pd.Series, decimal: str, name: str) -> None:
    """Say what hides the numbers of a column, by the rows of each of its texts."""
    told = what_hides_numbers(counts, decimal)
    if told is not None:
        fact, kind, value = told
        column = str(counts.index.name)
        fact = f"column {column!r} is taken as text, {fact}"
        found = CSVWarning(fact, name, kind, column=column, value=value)
        warn(found)


def may_hide_numbers(texts: Iterable[object], decimal: str) -> bool:
    """Whether `what_hides_numbers` could find any: of few texts only marked ones."""
    present = (str(text) for text in texts if not pd.isna(text))
    few = list(islice(present, _MANY_NUMBERS + 1))
    if len(few) > _MANY_NUMBERS:
        return True
    return len(few) > _MANY_MARKED and marks_of(few, decimal) is not None


def what_hides_numbers(counts: pd.Series, decimal: str) -> tuple[str, str, str] | None:
    """Tell why most of a column of text is numbers all the same: fact, kind, value.

    ``counts`` are the rows of each text, the most frequent first. None where it is not.
    Of several kinds, such as ``"unit+thousands"``, the value has one character each.
    """
    texts = counts.index.astype(str)
    marked = _marks(texts, decimal)
    if marked is not None:
        return marked
    other = "," if decimal == "." else "."
    for mark in (decimal, other):
        plain = texts.str.replace(mark, ".", regex=False)
        is_number = ~np.isnan(pd.to_numeric(plain, errors="coerce").to_numpy(float))
        total = int(counts.sum())
        rows = int(counts.to_numpy()[is_number].sum())
        if mark == decimal and is_number.all():
            return None
        if is_number.sum() > _MANY_NUMBERS and 2 * rows >= total:
            fact = f"yet {rows} of {total} values are numbers: "
            if mark == other:
                return fact + f"the decimal mark may be {mark!r}", "decimal", mark
            wrong = texts[~is_number][0]
            fact += f"{wrong!r} is not; if it stands for a missing value, say so"
            return fact, "missing", wrong
    return None


def _marks(texts: pd.Index, decimal: str) -> tuple[str, str, str] | None:
    """Tell which thousands mark or unit stands in all of the texts."""
    if len(texts) <= _MANY_MARKED:
        return None
    found = marks_of(list(texts[:20]), decimal)
    found = None if found is None else marks_of(list(texts[:_SAMPLE]), decimal)
    if found is None:
        return None
    unit, thousands, point = found
    shown = next(text for text in texts if unit in text and thousands in text)
    named = {
        "unit": "a percent sign" if unit == "%" else f"the currency sign {unit!r}",
        "thousands": f"the thousands mark {thousands!r}",
        "decimal": f"the decimal mark {point!r}",
    }
    marks = {"unit": unit, "thousands": thousands, "decimal": point}
    marks = {
        kind: m for kind, m in marks.items() if m and (kind, m) != ("decimal", decimal)
    }
    looks = " and ".join(named[kind] for kind in marks)
    fact = f"yet it looks like numbers with {looks}, such as {shown!r}; say so"
    return fact, "+".join(marks), "".join(marks.values())


def split_target(
    frame: pd.DataFrame,
    target: str,
    exclude: Sequence[str],
    name: str,
    skipped: int = 0,
) -> tuple[pd.DataFrame, pd.Series]:
    """Features and target of a frame.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        The table.
    target : str
        Column that is the target.
    exclude : sequence of str
        Columns that are neither feature nor target.
    name : str
        File that the errors name.
    skipped : int, default=0
        Lines of the file above the table.

    Returns
    -------
    DataFrame of shape (n_rows, n_features), Series of shape (n_rows,)
        The features and the target.

    Raises
    ------
    CSVError
        For a column that the frame has not, with those of near names, and where no
        feature is left.
    """
    check_columns(frame, (target, *exclude), name, skipped)
    if target in exclude:
        fact = f"column {target!r} is both the target and excluded"
        raise CSVError(fact, name, "name", column=target)
    kept = np.flatnonzero(~frame.columns.isin([target, *exclude]))
    features = frame.take(kept, axis=1)
    if features.shape[1] == 0:
        raise CSVError(
            f"has no feature: no column is left beside the target {target!r}",
            name,
            "name",
        )
    return features, frame[target]


def check_columns(
    frame: pd.DataFrame, columns: Iterable[str], name: str, skipped: int = 0
) -> None:
    """Refuse columns that a frame has not; other parameters as in `split_target`.

    Raises
    ------
    CSVError
        With columns of near names. If a row holds that name, what stands above it may
        be a title as wide as the table: the error says so, with the lines to skip.
    """
    absent = next((column for column in columns if column not in frame.columns), None)
    if absent is None:
        return
    fact = no_such_column(absent, list(frame.columns))
    row = _row_of_names(frame, absent)
    if row is None:
        raise CSVError(fact, name, "name", column=absent)
    above = skipped + 1 + row
    raise CSVError(
        f"{fact}; but a record below is {_shown(frame.iloc[row])}: if these are the "
        f"names, skip the {f'first {above} lines' if above > 1 else 'first line'}",
        name,
        "title",
        line=1 + skipped,
        column=absent,
        value=str(above),
    )


def _row_of_names(frame: pd.DataFrame, column: str) -> int | None:
    """Which of the first rows holds a name, and no number; once, as a name does."""
    for row in range(min(_TITLE, len(frame))):
        fields = frame.iloc[row].tolist()
        if column in fields and all(isinstance(field, str) for field in fields):
            values = frame.iloc[:, fields.index(column)]
            return row if (values == column).sum() == 1 else None
    return None


def _shown(record: pd.Series) -> str:
    shown = ", ".join(map(repr, record.tolist()[:5]))
    return shown + (", …" if len(record) > 5 else "")


def no_such_column(column: str, columns: list[str], *, listing: bool = True) -> str:
    """Say that there is no such column, and name those of near names, or all."""
    folded = [c.strip().casefold() for c in columns]
    near = difflib.get_close_matches(column.strip().casefold(), folded, n=5)
    if near:
        alike = [c for c, fold in zip(columns, folded, strict=True) if fold in near]
        listed = "near names: " + ", ".join(map(repr, alike))
    elif not listing:
        return f"has no column {column!r}"
    else:
        shown = ", ".join(map(repr, columns[:10]))
        more = len(columns) - 10
        listed = f"its columns: {shown}" + (f" and {more} more" if more > 0 else "")
    return f"has no column {column!r}; {listed}"
