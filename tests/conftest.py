import warnings
from pathlib import Path

import pytest


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
