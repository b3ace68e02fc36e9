"""What was selected from real tables stays what it was."""

import json

import numpy as np
import pytest
from goldens import FILE, TABLES, result, runs

EXPECTED = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.tables
@pytest.mark.parametrize("name", TABLES)
def test_paths_and_scores_are_those_of_before(name):
    found = {run: result(*what) for run, *what in runs(name)}
    assert found.keys() == EXPECTED[name].keys()
    for run, (picks, scores) in found.items():
        known_picks, known_scores = EXPECTED[name][run]
        assert picks == known_picks, run
        if run.endswith("plugin") and not run.startswith("spec_cmi"):
            # Counted: sums of scaled integers, the same to the last bit.
            assert scores == known_scores, run
        else:
            numbers = [
                [float.fromhex(s) for s in each] for each in (scores, known_scores)
            ]
            np.testing.assert_allclose(*numbers, rtol=1e-12, atol=1e-14, err_msg=run)
