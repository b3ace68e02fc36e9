"""What training rests on and what needs no jax: batches, formulas, refusals."""

import subprocess
import sys

import numpy as np
import pytest

from mifs import probability
from mifs._learning import extra
from mifs._learning.batches import batches, set_aside
from mifs._learning.networks import Layout
from mifs.probability import _objectives
from mifs.representations import BetaVAE

FORMULAS = {
    "donsker_varadhan_bound": _objectives.donsker_varadhan,
    "nwj_bound": _objectives.nwj,
    "infonce_bound": _objectives.infonce,
    "jensen_shannon_objective": _objectives.jensen_shannon,
}


@pytest.mark.parametrize("n_rows", [2, 3, 7, 8, 9, 20, 63])
def test_batches_have_one_shape_and_every_row_once(n_rows):
    found = list(batches(n_rows, 8, np.random.default_rng(0)))
    assert {batch.rows.shape for batch in found} == {(8,)}
    there = [row for batch in found for row in batch.rows[batch.valid > 0]]
    assert sorted(there) == list(range(n_rows))
    sizes = [batch.n_valid for batch in found]
    assert max(sizes) - min(sizes) <= 1


def test_rows_to_look_at_are_none_of_those_to_learn_from():
    rows, aside = set_aside(100, 0.1, np.random.default_rng(0))
    assert len(aside) == 10
    assert sorted([*rows, *aside]) == list(range(100))
    rows, aside = set_aside(9, 0.1, np.random.default_rng(0))
    assert (len(rows), len(aside)) == (9, 0)


@pytest.mark.parametrize("name", FORMULAS)
def test_rows_that_fill_up_a_batch_do_not_count(name):
    scores = np.random.default_rng(0).normal(size=(5, 5))
    padded = np.full((8, 8), 50.0)
    padded[:5, :5] = scores
    valid = np.r_[np.ones(5), np.zeros(3)]
    expected = getattr(probability, name)(scores)
    assert FORMULAS[name](padded, valid) == pytest.approx(expected, abs=1e-12)


def test_patches_are_a_quarter_of_the_image_and_cover_it():
    places = Layout(64, (8, 8, 1)).places()
    assert places.shape == (49, 4)
    assert places[0].tolist() == [0, 1, 8, 9]
    assert places[-1].tolist() == [54, 55, 62, 63]
    assert set(places.ravel()) == set(range(64))
    colours = Layout(75, (5, 5, 3)).places()
    assert colours.shape == (16, 12)
    assert set(colours.ravel()) == set(range(75))
    large = Layout(784, (28, 28, 1)).places()
    assert large.shape == (49, 49)
    assert set(large.ravel()) == set(range(784))
    assert Layout(3).places().tolist() == [[0], [1], [2]]


def test_without_the_packages_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"BetaVAE needs jax, .* 'mifs\[learn\]'"):
        BetaVAE().fit(np.eye(4))


def test_nothing_of_the_extra_is_loaded_before_a_fit():
    code = (
        "import sys\n"
        "from mifs import representations\n"
        "representations.BetaVAE(2).get_params()\n"
        "assert not {'jax', 'optax', 'equinox'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
