"""Kernels in registers, plain ones and uncompiled ones give the same bits; caching."""

import ast
import importlib
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mifs
from mifs._kernels import jit, plain

ROOM = Path(jit.__file__).parent
PROGRAM = Path(__file__).with_name("kernel_answers.py")
# Ways, and the answers that they are asked for, [] for all: compiling takes long.
COMPILED = ["of_ways", "of_tiles", "of_occupied", "of_edges", "of_codes"]
WAYS = {"MIFS_PLAIN_KERNELS": COMPILED, "NUMBA_DISABLE_JIT": []}
TESTS = PROGRAM.parent
# Tests of kernels with vectors: without these both compiled ways are the same.
VECTORS = ("test_criteria.py", "test_plugin.py", "test_reference.py")
# Not called on tiny tables, only where kernels are compiled, or once at import.
SELDOM = {
    ("moments", "_poisson_table"),
    *(("knn_plane", name) for name in ("_offer", "_weave", "_weave_point")),
    *(("knn_scale", name) for name in ("merge_rounded", "least_gap")),
    *(("labels", name) for name in ("rows_of_codes", "replace_codes")),
}


def functions(file):
    return {
        node.name: node
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def run(*command, way=None, **settings):
    kept = {name: value for name, value in os.environ.items() if name not in WAYS}
    path = os.pathsep.join([str(ROOM.parents[1]), kept.get("PYTHONPATH", "")])
    environment = kept | {"PYTHONPATH": path} | ({way: "1"} if way else {}) | settings
    command = [sys.executable, "-P", *map(str, command)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-9999:] + done.stderr
    return done.stdout


def answers(folder, way=None):
    file = folder / f"{way}.pickle"
    run(PROGRAM, file, *WAYS.get(way, []), way=way)
    return pickle.loads(file.read_bytes())


@pytest.fixture(scope="module")
def in_registers(tmp_path_factory):
    return answers(tmp_path_factory.mktemp("answers"))[0]


@pytest.mark.compiles
@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_bits(way, in_registers, tmp_path):
    found, called = answers(tmp_path, way)
    assert len(found) == len(in_registers) or WAYS[way]
    for name, answer in found.items():
        np.testing.assert_array_equal(answer, in_registers[name], err_msg=name)
    if way == "NUMBA_DISABLE_JIT":
        assert kernels() - called <= SELDOM


@pytest.mark.compiles
@pytest.mark.parametrize("way", WAYS)
def test_ordinary_tests_pass_in_every_way(way):
    files = [
        file
        for file in sorted(TESTS.glob("test_*.py"))
        if file != Path(__file__)
        and (way == "NUMBA_DISABLE_JIT" or file.name in VECTORS)
        and "mark.every_way" in file.read_text(encoding="utf-8")
    ]
    options = ("-q", "-p", "no:cacheprovider", "-m", "every_way")
    # It fails as well where no test is marked.
    shown = run("-m", "pytest", *options, *files, way=way)
    assert " passed" in shown
    assert "skipped" not in shown


def kernels():
    """All kernels, and their parts, by the names of their files and their own."""
    skipped = ("jit", "parts", "registers", "scipy_calls", "vector_type")
    files = [file for file in ROOM.glob("*.py") if file.stem not in skipped]
    names = {(file.stem, name) for file in files for name in functions(file)}
    return names - {("__init__", "__getattr__")}


def test_both_rooms_hold_the_same_functions_with_the_same_arguments():
    plainly, registers = (functions(ROOM / f"{x}.py") for x in ("plain", "registers"))
    public = {name for name in plainly if not name.startswith("_")}
    assert {*public, "WORDS"} == set(plain.__all__)
    for name in public - {"plus_two"}:
        arguments = [argument.arg for argument in registers[name].args.args]
        assert arguments[1:] == [argument.arg for argument in plainly[name].args.args]
    registers_ = importlib.import_module("mifs._kernels.registers")
    assert all(hasattr(registers_, name) for name in plain.__all__)


MISSING = {
    "a module": "import numba, sys; sys.modules['numba.core.datamodel.models'] = None",
    "a name": "import numba.core; del numba.core.cgutils.get_or_insert_function",
    "a method": "import llvmlite.ir as ir; del ir.IRBuilder.shuffle_vector",
}


@pytest.mark.parametrize("what", MISSING)
def test_a_missing_internal_leaves_plain_kernels(what):
    program = (
        "from mifs._kernels import jit, plain, vectors\n"
        "assert not jit.in_registers() and vectors.load is plain.load"
    )
    run("-c", f"{MISSING[what]}\n{program}")


def test_kernels_use_jitted_functions_of_shared_files_only():
    assert all((ROOM / file).exists() for file in jit.SHARED)
    shared = {f"mifs._kernels.{file.removesuffix('.py')}" for file in jit.SHARED}
    for file in ROOM.glob("*.py"):
        if file.name == "__init__.py" or file.name in jit.SHARED:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module is not None and module.startswith("mifs._kernels"):
                assert module in shared, f"{file.name} imports {module}"


COUNT = """
import numpy as np
from mifs._kernels.counts import binary_counts
words, starts = np.array([7], np.uint64), np.array([0, 1])
counts = np.zeros(2, np.int64)
binary_counts(words, starts, starts, np.array([64]), counts)
print(*counts, sum(binary_counts.stats.cache_hits.values()))
"""


@pytest.fixture
def copied(tmp_path):
    """A copy of the package, whose kernels nobody else has cached."""
    shutil.copytree(
        Path(mifs.__file__).parent,
        tmp_path / "mifs",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def count(copied, **settings):
    return run("-c", COUNT, PYTHONPATH=str(copied), **settings).split()


@pytest.mark.compiles
def test_a_change_of_a_shared_file_is_not_answered_from_the_cache(copied):
    count(copied)
    assert count(copied) == ["3", "61", "1"]
    for file, old, new in (
        ("registers.py", "builder.ctpop(args[0])", "builder.add(args[0], args[0])"),
        ("plain.py", "& np.uint64(127)", "& np.uint64(127)  # counted"),
    ):
        path = copied / "mifs" / "_kernels" / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert count(copied) == ["14", "50", "0"]
        assert count(copied) == ["14", "50", "1"]


@pytest.mark.compiles
def test_ways_do_not_share_cached_kernels(copied):
    count(copied)
    plainly = {"MIFS_PLAIN_KERNELS": "1"}
    assert count(copied, **plainly) == ["3", "61", "0"]
    assert count(copied, **plainly) == count(copied) == ["3", "61", "1"]


@pytest.mark.compiles
def test_kernels_run_where_no_folder_can_be_written(copied):
    program = (
        "from numba.core import caching\n"
        "for locator in caching.CacheImpl._locator_classes:\n"
        "    locator.from_function = classmethod(lambda *_: None)\n"
    )
    found = run("-c", program + COUNT, PYTHONPATH=str(copied)).split()
    assert found == ["3", "61", "0"]


def test_names_of_kernels_are_their_own():
    counts = importlib.import_module("mifs._kernels.counts")
    assert counts.binary_counts.__qualname__ == "binary_counts"


def test_a_program_without_sources_has_a_stamp(monkeypatch):
    def missing(package, file):
        raise OSError(file)

    monkeypatch.setattr(jit.pkgutil, "get_data", missing)
    jit.shared_stamp.cache_clear()
    try:
        assert len(jit.shared_stamp()) == 8
    finally:
        jit.shared_stamp.cache_clear()
