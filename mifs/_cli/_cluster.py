"""Commands whose work the workers of a Dask cluster do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

# Seconds until a scheduler has answered.
PATIENCE = 10

dask_option = click.option(
    "--dask",
    "cluster",
    metavar="ADDRESS",
    help="Let the workers of the Dask cluster with this scheduler do the work, such as "
    "tcp://scheduler:8786. They read the files, which must be there under the same "
    "paths, and need mifs of this version.",
)


@contextmanager
def workers_of(address: str | None) -> Iterator[None]:
    """Send tasks of joblib, and tables that workers read, to a cluster; None: nowhere.

    Raises
    ------
    click.ClickException
        Dask is not installed, nobody answers, there is no worker, or none is left, or
        one of them has another mifs, or none.
    """
    if address is None:
        yield
        return
    from joblib import parallel_config

    from mifs._scan.dask import NoWorkersError

    with _client(address) as client:
        _check_workers(client, address)
        try:
            with parallel_config("dask"):
                yield
        except NoWorkersError as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def _client(address: str) -> Iterator[object]:
    from mifs._scan.dask import require_dask

    try:
        require_dask()
        from distributed import Client

        client = Client(address, timeout=PATIENCE)
    except ImportError as error:
        raise click.ClickException(f"--dask: {error}") from None
    except (OSError, ValueError) as error:
        raise click.BadParameter(
            f"no scheduler answers at '{address}' ({error}); `dask scheduler` starts "
            "one, and says its address",
            param_hint="'--dask'",
        ) from None
    with client:
        yield client


def _check_workers(client: object, address: str) -> None:
    import mifs
    from mifs._scan.dask import versions_there

    found = versions_there(client)
    if not found:
        raise click.ClickException(
            f"the cluster at {address} has no worker: start some, as by "
            f"`dask worker {address}`"
        )
    for worker, version in found.items():
        if version != mifs.__version__:
            none = isinstance(version, Exception)
            has = f"cannot import mifs ({version})" if none else f"has mifs {version}"
            raise click.ClickException(
                f"worker {worker} {has}, and this is mifs {mifs.__version__}: install "
                "the same version there"
            )
