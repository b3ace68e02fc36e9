import warnings
from pathlib import Path

import pytest

from mifs._data import parallel
from mifs._search import _pool


@pytest.fixture(scope="session")
def reference():
    """Answers that other programs computed, beside the checkout on some machines."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the answers of other programs are not beside this checkout")
    return folder


@pytest.fixture
def quiet():
    """Without warnings, as of leaks: columns that equal the target on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_work():
    """Let threads share short work, too: tables of tests are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "SHORT", 0.0)
        patch.setattr(_pool, "SHORT_ROUND", 0.0)
        yield
