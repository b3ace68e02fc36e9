"""CSV files as pandas frames, read strictly: an odd file is an error, never a guess.

pandas pads short rows, takes long ones for an index, renames repeated columns, makes
numbers of codes such as 007 and merges the text "None" with missing values, all
without a word. Here each file is first walked byte by byte (`find_layout`), then
parsed by pandas' C engine.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Collection, Sequence

import pandas as pd

from mifs._csv.columns import checked_columns
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.header import column_names
from mifs._csv.layout import Layout, code_columns, find_layout
from mifs._csv.marked import exact_floats
from mifs._csv.source import decode, display_name, read_text
from mifs._kernels.csv_scan import MOST_DIGITS

CODE = re.compile(rf"\s*(\+[0-9.]|-?0[0-9]|[+-]?[0-9]{{{MOST_DIGITS + 1},}}\s*$)")


def read_csv(
    path: str | os.PathLike[str], csv_format: CSVFormat | None = None
) -> pd.DataFrame:
    r"""Read a CSV file, or refuse it with the line and the remedy.

    A column in which any value has a leading zero, a leading plus or more than 15
    digits is text: a number would not keep them.

    Parameters
    ----------
    path : str or path-like
        The file, which may be packed by gzip, bzip2, xz or zstd; ``"-"`` is standard
        input.
    csv_format : CSVFormat, optional
        How the file is written; a plain CSV in UTF-8 by default.

    Returns
    -------
    DataFrame
        One row a record, one column a name of the first line, types as pandas infers
        them from all rows. Columns without a name are called "Unnamed: 0" and so on,
        with a `CSVWarning`.

    Raises
    ------
    CSVError
        With file, line and remedy: no text, wrong encoding, no header or no rows,
        repeated names, rows of other lengths than the first line, stray quotes. It
        is a ValueError.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.csv")
    ...     _ = path.write_text("length,kind,code\n1.5,a,007\n,b,7\n")
    ...     frame = read_csv(path)
    >>> frame["length"].tolist()
    [1.5, nan]
    >>> frame["code"].tolist()
    ['007', '7']
    """
    csv_format = CSVFormat() if csv_format is None else csv_format
    name = display_name(path)
    delimiter = csv_format.delimiter_of(name)
    data = _below(read_text(path, csv_format.encoding), csv_format.skip_lines, name)
    layout = find_layout(data, delimiter, name, csv_format.skip_lines)
    names = column_names(data, layout.header_end, csv_format, delimiter, name)
    n_rows = layout.n_records - (csv_format.header is not False)
    if n_rows == 0:
        raise CSVError("has a header and no rows; nothing can be read", name, "empty")
    codes = _codes(data, names, layout, delimiter, csv_format)
    frame = _parse(data, layout, names, delimiter, csv_format, name, codes)
    spelled = [text for text in csv_format.missing if CODE.match(text)]
    if spelled and codes:
        # A missing value such as -099 must not make text of a column of numbers.
        codes = {
            c for c in codes if frame[c].dropna().astype(str).str.match(CODE).any()
        }
        frame = _parse(data, layout, names, delimiter, csv_format, name, codes)
    if frame.shape != (n_rows, len(names)) or not frame.index.equals(
        pd.RangeIndex(n_rows)
    ):
        raise CSVError(
            f"{n_rows} rows of {len(names)} fields were counted, pandas parsed "
            f"{frame.shape[0]} of {frame.shape[1]}; quote all texts and try again",
            name,
            "quote",
        )
    return checked_columns(frame, csv_format, name, codes)


def _below(data: bytes, skip_lines: int, name: str) -> bytes:
    """Leave out the first lines."""
    start = 0
    for _ in range(skip_lines):
        start = data.find(b"\n", start) + 1
        if start == 0 or start == len(data):
            raise CSVError(
                f"has no more than {skip_lines} lines, and all of them were skipped",
                name,
                "empty",
            )
    return data[start:] if start else data


def _codes(
    data: bytes,
    names: Sequence[str],
    layout: Layout,
    delimiter: str,
    csv_format: CSVFormat,
) -> set[str]:
    """Columns that must stay text, for their own sake."""
    mask = code_columns(data, delimiter, layout)
    if csv_format.header is False:
        first = Layout(1, 1, layout.width)
        mask = mask | code_columns(b"\n" + data[: layout.header_end], delimiter, first)
    coded = {names[j] for j in mask.nonzero()[0].tolist()}
    return coded - set(csv_format.numbers) - set(csv_format.text)


def _parse(
    data: bytes,
    layout: Layout,
    names: list[str],
    delimiter: str,
    csv_format: CSVFormat,
    name: str,
    codes: Collection[str],
) -> pd.DataFrame:
    stream = io.BytesIO(data)
    stream.seek(0 if csv_format.header is False else layout.header_end)
    as_text = [c for c in names if c in codes or c in csv_format.text]
    try:
        return pd.read_csv(
            stream,
            sep=delimiter,
            decimal=csv_format.decimal,
            header=None,
            names=names,
            dtype=dict.fromkeys(as_text, str) or None,
            na_values=["", *csv_format.missing],
            keep_default_na=False,
            low_memory=False,  # else types are inferred by chunk, and may be mixed
            **exact_floats(),
        )
    except UnicodeDecodeError:
        decode(b"\n" * csv_format.skip_lines + data, "utf-8", name)
        raise
    except pd.errors.ParserError as error:
        raise CSVError(f"does not parse: {error}", name, "quote") from error
