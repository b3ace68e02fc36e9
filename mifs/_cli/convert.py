"""``mifs convert``: a CSV of any size as Parquet, and back."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from mifs._cli._compiling import start_work
from mifs._cli._messages import input_errors, say, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import check_output, refuse_overwriting, replacing
from mifs._cli._sources import files_argument, is_parquet, refuse_absent, refuse_pipes
from mifs._cli._table_options import TableOptions, dialect_options


@click.command("convert")
@files_argument
@click.argument("output", callback=check_output, metavar="OUT")
@dialect_options
@run_options
def command(
    files: tuple[str, ...], output: str, table: TableOptions, run: RunOptions
) -> None:
    """Convert CSV files of one schema to a Parquet file, which is read much faster.

    The files need not fit in memory. The types are those that all commands use: a
    column in which any value has a leading zero, a leading plus or more than 15 digits
    stays text. Parquet files become a CSV file (.csv or .tsv), with all digits.

    \b
    Examples:
      mifs convert big.csv big.parquet
      mifs convert big.parquet big.csv
      mifs convert 'days/*.csv.gz' days.parquet --text zip --missing '?'
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_pipes(files)
    refuse_overwriting(output, files, "OUT")
    suffix = Path(output).suffix.lower()
    backwards = all(map(is_parquet, files))
    known = (".csv", ".tsv") if backwards else (".parquet", ".pq")
    if suffix not in known:
        kind = "Parquet files become CSV" if backwards else "CSV files become Parquet"
        raise click.UsageError(
            f"'{output}' does not end with {' or '.join(known)}: {kind}; to write some "
            "columns in the form that they have, say mifs select"
        )
    if find_spec("pyarrow") is None:
        raise click.UsageError(
            "Parquet needs pyarrow: pip install 'mifs[files]'; polars, of the same "
            "extra, makes it faster"
        )
    name = files[0] if len(files) == 1 else ""
    with input_errors(name), sink_warnings(say_warning):
        from mifs._cli._converting import write_csv, write_parquet

        start_work()
        with replacing(Path(output)) as file:
            if backwards:
                delimiter = table.delimiter or {".csv": ",", ".tsv": "\t"}[suffix]
                n_rows, types = write_csv(files, delimiter, file)
            else:
                n_rows, types = write_parquet(files, table, file, run)
    if not run.quiet:
        counted = ", ".join(f"{types.count(t)} {t}" for t in dict.fromkeys(types))
        say(f"{output}: {n_rows} rows, {len(types)} columns ({counted})")
