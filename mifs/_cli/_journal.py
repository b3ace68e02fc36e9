"""The journal of a batch: what a run that was killed had done already.

It stands beside the result, one line of JSON a file: first the options and versions of
the run, then the complete outcome of each file. A line is written as a whole when its
file is done; the last may be torn, and is left out then.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from mifs import __version__
from mifs._cli._messages import InputError, input_errors, room_for, say
from mifs._cli._scoring import Outcome

_MARK = "mifs journal"
_FORM = 1


class Journal:
    """What is done of a batch.

    Parameters
    ----------
    output : str
        The result, beside which the journal stands.
    settings : mapping
        All options that decide the result.
    """

    def __init__(self, output: str, settings: Mapping[str, object]) -> None:
        self.path = Path(f"{os.path.realpath(output)}.journal")
        self.name = f"{output}.journal"
        self._head = json.loads(
            json.dumps({_MARK: _FORM, "versions": _versions(), "options": settings})
        )
        self._file: BinaryIO | None = None
        self._end = 0

    def known(self) -> dict[str, Outcome]:
        """Give the outcomes that it holds, by their files, to go on from them.

        Raises
        ------
        InputError
            Of other options or versions, or damaged.
        """
        lines = self._lines()
        if not lines:
            return {}
        self._check_head(lines[0])
        try:
            outcomes = [Outcome(**json.loads(line)) for line in lines[1:]]
        except (ValueError, TypeError):
            raise InputError(
                f"journal '{self.name}' is damaged; run without --resume to start anew"
            ) from None
        self._end = sum(map(len, lines))
        return {outcome.file: outcome for outcome in outcomes}

    def start(self) -> None:
        """Start anew; an old journal is replaced as soon as a file is done."""
        n_done = len(self._lines()) - 1
        if n_done > 0:
            say(
                f"Starts anew, though journal '{self.name}' of an earlier run holds "
                f"{n_done} file{'s' if n_done > 1 else ''}; --resume would go on with "
                "it"
            )

    def add(self, outcome: Outcome) -> None:
        """Append the outcome of a file, and flush it."""
        with input_errors(), room_for(self.path):
            if self._file is None:
                self._file = self._opened()
            self._file.write(_line(asdict(outcome)))
            self._file.flush()

    def close(self) -> bool:
        """Close it, and say whether there is one of this run."""
        if self._file is not None:
            with suppress(OSError):  # of what did not fit, which was said
                self._file.close()
        return self._file is not None or self._end > 0

    def remove(self) -> None:
        """Remove it, since the result is complete."""
        if self.close():
            self.path.unlink(missing_ok=True)

    def _lines(self) -> list[bytes]:
        """Complete lines of the file, or none where there is no journal."""
        if not self.path.exists():
            return []
        content, mark = self.path.read_bytes(), f'{{"{_MARK}"'.encode()
        if not (content.startswith(mark) or mark.startswith(content)):
            raise InputError(
                f"'{self.name}' is in the way and no journal of mifs; move it"
            )
        self._locked().close()  # before any work is done
        lines = content.splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            del lines[-1]
        return lines

    def _check_head(self, line: bytes) -> None:
        head = json.loads(line)
        differ = _differences(head["versions"], self._head["versions"])
        if differ or head[_MARK] != _FORM:
            raise InputError(
                f"journal '{self.name}' is of other versions: {differ}; run without "
                "--resume to start anew"
            )
        differ = _differences(head["options"], self._head["options"])
        if differ:
            raise InputError(
                f"journal '{self.name}' is of other options: {differ}; give the "
                "options of then, or run without --resume to start anew"
            )

    def _locked(self) -> BinaryIO:
        file = self.path.open("ab")
        if not _is_ours(file):
            file.close()
            raise InputError(
                f"another run writes to journal '{self.name}' now; wait for it, or "
                "give another output"
            )
        return file

    def _opened(self) -> BinaryIO:
        """Open it behind the last complete line, for this run alone."""
        file = self._locked()
        file.truncate(self._end)
        if not self._end:
            file.write(_line(self._head))
        return file


def _is_ours(file: BinaryIO) -> bool:
    """Lock a file until it is closed, or its process ends; on Windows it is not."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # the file system has no locks
        return True
    return True


def _line(record: object) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _versions() -> dict[str, str]:
    """Versions of what a result may depend on; none of it need be imported yet."""
    own = {"python": platform.python_version(), "mifs": __version__}
    return own | {name: version(name) for name in ("numpy", "pandas", "scipy")}


def _differences(then: Mapping[str, object], now: Mapping[str, object]) -> str:
    names = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    return ", ".join(
        f"{name.replace('_', '-')} was {_shown(then.get(name))} and is "
        f"{_shown(now.get(name))}"
        for name in names
    )


def _shown(value: object) -> str:
    if value in (None, []):
        return "not given"
    return ", ".join(map(repr, value)) if isinstance(value, list) else str(value)
