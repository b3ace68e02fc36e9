"""A CSV file that need not fit in memory
=======================================

``fit`` takes a scan of a file where it takes a table. How much memory does that need?
The file here is of a moderate size, so that this page is built in reasonable time; what
counts is how the memory grows: with the rows, a few tens of bytes each, and not with
the cells.
"""

# %%
# 300 000 rows of 120 columns go to a temporary folder, batch by batch: five that tell,
# and noise.
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl  # comes with mifs[files]
from matplotlib import pyplot as plt

import mifs
from mifs.datasets import make_groups

folder = tempfile.TemporaryDirectory()
file = Path(folder.name) / "big.csv"
law = {"information": (0.2, 0.1, 0.05, 0.05, 0.03), "n_copies": 0, "shuffle": False}
n_rows, n_columns, batch = 300_000, 120, 50_000
with file.open("wb") as out:
    for start in range(0, n_rows, batch):
        table = make_groups(
            batch, **law, n_noise=n_columns - 5, noise="normal", random_state=start
        )
        frame = pl.DataFrame(table.data.round(4), schema=table.feature_names)
        frame = frame.with_columns(y=pl.Series(np.where(table.target, "yes", "no")))
        frame.write_csv(out, include_header=start == 0)
as_floats = n_rows * n_columns * 8 / 1e6
print(f"The file has {file.stat().st_size / 1e6:.0f} MB,")
print(f"and would take {as_floats:.0f} MB as a table of floats.")

# %%
# What the process holds of its own, the *anonymous* memory, is read while it fits.
# (Linux says it; elsewhere the curve stays empty.) Files that are mapped do not count:
# the system drops their pages when others need room.
status = Path("/proc/self/status")


def anonymous():
    """MB that the process holds of its own."""
    lines = status.read_text().splitlines() if status.exists() else []
    kilobytes = [line.split()[1] for line in lines if line.startswith("RssAnon")]
    return int(kilobytes[0]) / 1e3 if kilobytes else np.nan


def watched(work):
    """Run, and return the result and (second, MB above the start) as time went by."""
    before, seen, over = anonymous(), [], threading.Event()
    begin = time.perf_counter()

    def watch():
        while not over.wait(0.02):
            seen.append((time.perf_counter() - begin, anonymous() - before))

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = work()
    over.set()
    watcher.join()
    return result, np.array(seen)


def select(file):
    """Choose five columns of a file."""
    with mifs.scan_csv(file, target="y") as scan:
        return mifs.JMI(5, alpha=1).fit(scan)


few = Path(folder.name) / "few.csv"  # a first run loads the kernels
with file.open() as lines:
    few.write_text("".join(lines.readlines(2_000_000)))
select(few)
selector, memory = watched(lambda: select(file))
print(", ".join(selector.path_["name"]))
print(f"Peak: {memory[:, 1].max():.0f} MB above what Python held before.")

# %%
# The line is far below the table. With ten times the rows it would be higher by what
# the target and the order of the rows take; with ten times the columns it would be the
# same.
figure, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
ax.plot(*memory.T)
ax.axhline(as_floats, color="black", linestyle="--", linewidth=1)
ax.text(0, as_floats, "the table as floats", va="bottom")
ax.set(xlabel="seconds", ylabel="anonymous memory (MB)", ylim=(0, 1.2 * as_floats))
plt.show()

# %%
# The folder goes, and with it the file.
folder.cleanup()
