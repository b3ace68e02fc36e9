"""What is odd about a CSV file: errors and warnings that carry the fact."""

from __future__ import annotations

from mifs.exceptions import MifsWarning


class CSVError(ValueError):
    """A CSV file that cannot be used as it is.

    Parameters
    ----------
    fact : str
        What is wrong and what would mend it, without the name of the file.
    file : str
        The file, as errors name it.
    kind : str, default=""
        What would mend it, in one word, such as ``"delimiter"``: a user interface
        finds its own remedy by it.
    line : int, default=None
        Line of the file, 1 being the first.
    column : str, default=None
        Name of the column.
    value : str, default=None
        The text that is wrong, or that would mend it.

    Examples
    --------
    >>> str(CSVError("a quote never closes", "data.csv", "quote", line=3))
    'data.csv, line 3: a quote never closes'
    """

    def __init__(
        self,
        fact: str,
        file: str = "",
        kind: str = "",
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(fact, file, kind)
        self.fact, self.file, self.kind = fact, file, kind
        self.line, self.column, self.value = line, column, value

    def __str__(self) -> str:
        return _located(self)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.args, self.__dict__


class CSVWarning(MifsWarning):
    """Something odd about a CSV file that can be used; parameters as `CSVError`."""

    def __init__(
        self,
        fact: str,
        file: str = "",
        kind: str = "",
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(fact, file, kind)
        self.fact, self.file, self.kind = fact, file, kind
        self.line, self.column, self.value = line, column, value

    def __str__(self) -> str:
        return _located(self)


def _located(finding: CSVError | CSVWarning) -> str:
    if not finding.file:
        return finding.fact
    if finding.line is not None:
        return f"{finding.file}, line {finding.line}: {finding.fact}"
    # "data.csv is empty", and "data.csv: column 'a' is empty".
    of_file = finding.fact.startswith(("is ", "has ", "does "))
    return f"{finding.file}{' ' if of_file else ': '}{finding.fact}"


def count(n: int, noun: str) -> str:
    """Give a number with its noun: ``"1 field"``, ``"2 fields"``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
