"""Functions of kernels are linked to their callers, and can be called from Python."""

from operator import attrgetter

import numba
import numpy as np
import pytest

from mifs._kernels import jit

NEW = jit._parts() is not None
pytestmark = pytest.mark.skipif(not NEW, reason="this Numba is newer than is known")


def square(x):
    return x * x


def failing(x):
    if x < 0:
        raise ValueError("below zero")
    return x


@pytest.fixture
def compiled():
    """Compile without a cache: a kernel, a function that it calls, and the caller."""
    options = jit.OPTIONS

    def compile_(function):
        kernel = numba.njit(**options)(function)
        kernel.__class__ = jit._parts().Kernel
        return kernel

    return compile_


def test_a_called_function_is_no_machine_code_of_its_own(compiled):
    called = compiled(square)
    caller = compiled(lambda x: called(x) + 1)
    assert caller(3) == 10
    assert not called.signatures
    (part,) = called.part.overloads.values()
    assert part.entry_point.func is square
    code = attrgetter("library")(part)
    assert code._finalized
    defined = {function.name for function in code.get_defined_functions()}
    assert not any("cpython" in name or "cfunc" in name for name in defined)


def test_a_called_function_can_be_called_from_python_before_and_after(compiled):
    for first in (True, False):
        called = compiled(square)
        caller = compiled(lambda x, called=called: called(x) + 1)
        if first:
            assert called(4) == 16
        assert caller(3) == 10
        assert called(5) == 25
        assert called(1.5) == 2.25
        assert caller(1.5) == 3.25


def test_an_error_in_a_part_reaches_python(compiled):
    called = compiled(failing)
    caller = compiled(lambda x: called(x) + 1)
    assert caller(1) == 2
    with pytest.raises(ValueError, match="below zero"):
        caller(-1)


def test_parts_within_parts_and_two_callers_share_one(compiled):
    lowest = compiled(square)
    middle = compiled(lambda x: lowest(x) + lowest(x + 1))
    first, second = (compiled(lambda x, a=a: middle(x) + lowest(x) + a) for a in (1, 2))
    assert (first(2), second(2)) == (18, 19)
    assert len(lowest.part.overloads) == len(middle.part.overloads) == 1


def test_an_inlined_part_of_arrays_keeps_what_it_is_given(compiled):
    def add_up(values, start):
        total = 0.0
        for value in values[start:]:
            total += value
        return total

    inlined = jit.inlined(add_up)
    caller = compiled(lambda values: inlined(values, 1) + inlined(values, 2))
    values = np.arange(5.0)
    for _ in range(1000):
        assert caller(values) == 19
    assert values.base is None
    np.testing.assert_array_equal(values, np.arange(5.0))


def test_division_by_zero_is_that_of_numpy(compiled):
    divide = compiled(lambda a, b: a / b)
    with np.errstate(all="raise"):
        assert divide(1.0, 0.0) == np.inf


@pytest.mark.parametrize("version", [(0, 59), (0, 99)])
def test_an_unknown_numba_compiles_in_its_own_way(version, monkeypatch):
    monkeypatch.setattr(jit, "KNOWN", (version, version))
    jit._parts.cache_clear()
    try:
        assert jit._parts() is None
        called = jit.shared(square)
        assert jit.inlined(lambda x: called(x) + 1)(3) == 10
    finally:
        jit._parts.cache_clear()
