"""What the shell can do about what is wrong: its options, by the kind of finding."""

from __future__ import annotations

import re
from shlex import quote

from mifs._csv.findings import CSVError, CSVWarning
from mifs.exceptions import ResampleError

# Options that take the value of a finding, and those that take its column.
_OF_VALUE = {
    "decimal": "--decimal",
    "delimiter": "--delimiter",
    "encoding": "--encoding",
    "missing": "--missing",
    "thousands": "--thousands",
    "title": "--skip-lines",
    "unit": "--unit",
}
_OF_COLUMN = {
    "continuous": "--continuous",
    "exclude": "--exclude",
    "text": "--text",
}
_FIXED = {
    "header": "--no-header; if they are names: --header",
    "infinite": "--infinite-as-missing",
    "missing target": "--drop-missing-target",
}

_OF_RESAMPLES = {
    "few rows": "--stability halves a table of four rows or more; leave it out",
    "one class": "merge rare classes, or leave --stability out",
}

# Parameters of the library in its messages, and what they are called here.
_WORDS = (
    (re.compile(r"\b(KNN|GaussianCopula)\(missing='pairwise'\) cannot"), r"\1 cannot"),
    (re.compile(r"\bKNN cannot"), "--estimator knn cannot"),
    (re.compile(r"\bGaussianCopula cannot"), "--estimator gaussian_copula cannot"),
    (re.compile(r"mi_estimator='?(\w+)'?"), r"--estimator \1"),
    (re.compile(r"\bdiscrete_target='?auto'?"), "--target-kind auto"),
    (re.compile(r"\bdiscrete_target=True"), "--target-kind discrete"),
    (re.compile(r"\bdiscrete_target=False"), "--target-kind continuous"),
    (re.compile(r"\bdiscrete_features\b"), "--discrete or --continuous"),
    (re.compile(r"^resample (?=\d)"), "subsample "),
    (re.compile(r"\bn_features_to_select="), "-k "),
    (re.compile(r"\bn_features_to_select\b"), "-k"),
    (re.compile(r"\bn_bins="), "--bins "),
    (re.compile(r"\bn_bins\b"), "--bins"),
    (re.compile(r"\bconvert it to float, or to str if"), "say --text COLUMN if"),
)


def in_words_of_the_shell(
    found: Exception | Warning | str, *, located: bool = True
) -> str:
    """Give the message of an error or a warning, with the options that mend it.

    Without ``located`` it does not name the file and the line.
    """
    text = found.fact if isinstance(found, CSVError) and not located else str(found)
    if isinstance(found, ResampleError):
        text = f"{found.fact}; {_OF_RESAMPLES[found.kind]}"
    text = " ".join(text.split())
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    option = remedy(found) if isinstance(found, CSVError | CSVWarning) else ""
    return f"{text} ({option})" if option else text


def remedy(finding: CSVError | CSVWarning) -> str:
    """Give the options that mend a finding, or nothing where there are none."""
    kinds = finding.kind.split("+")
    if finding.kind in _FIXED:
        return _FIXED[finding.kind]
    if finding.kind in _OF_COLUMN:
        return f"{_OF_COLUMN[finding.kind]} {quote(finding.column or 'COLUMN')}"
    if not all(kind in _OF_VALUE for kind in kinds):
        return ""
    value = finding.value
    values = list(value or "") if len(kinds) > 1 else [_spelled(value)]
    pairs = zip(kinds, values, strict=True)
    return " ".join(f"{_OF_VALUE[kind]} {quote(each)}" for kind, each in pairs)


def _spelled(value: str | None) -> str:
    return "NAME" if value is None else value
