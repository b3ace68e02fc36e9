"""The calibration of the docs, with few seeds, and the tables it gives."""

from pathlib import Path

import calibration_paths as paths
import calibration_report
import calibration_tests as single_tests
import numpy as np
import pytest
from calibration_cells import Cell, Results, chunks
from scipy.stats import binom, ksone

from mifs.datasets import make_groups

RESULTS = Path(calibration_report.__file__).with_name("calibration.csv")

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")

# A right rule fails one of so many tests.
CHANCE = 1e-4
CELLS = [
    Cell("noise", 50, 20, "normal", "two"),
    Cell("noise", 50, 20, "binary", "unbalanced"),
    Cell("noise", 50, 20, "mixed", "unbalanced"),
    Cell("noise", 50, 20, "many_levels", "continuous"),
    Cell("noise", 200, 20, "heavy_tails", "two"),
    Cell("noise", 200, 20, "mixed", "two"),
    Cell("noise", 200, 20, "correlated", "unbalanced"),
    Cell("noise", 200, 20, "normal", "continuous"),
    Cell("noise", 1000, 20, "many_levels", "two"),
    Cell("noise", 1000, 20, "binary", "two"),
    Cell("noise", 1000, 20, "mixed", "continuous"),
    Cell("noise", 200, 200, "normal", "two"),
]


def within(found, n_runs, rate):
    """Whether a count is one that a rate gives."""
    return found <= binom.ppf(1 - CHANCE, n_runs, rate)


def test_noise_is_selected_no_more_often_than_alpha_says():
    n_runs = 15
    found = [
        paths.PATHS["noise"].measure(cell, range(n_runs))["MIM", "selects"]
        for cell in CELLS
    ]
    assert within(max(found), n_runs, 0.05)
    assert within(sum(found), n_runs * len(CELLS), 0.05)


@pytest.mark.parametrize("cell", CELLS[:5], ids=str)
def test_where_mim_selects_nothing_no_criterion_does(cell):
    for run in range(6):
        table = paths.noise_table(cell, cell.seed(run))
        any_ = {name: bool(paths.chosen(name, table)) for name in paths.CRITERIA}
        assert any_["MIM"] == any_["MIRMR"] >= any_["JMI"] == any_["CMIM"]


@pytest.mark.parametrize("estimator", ["k-NN", "copula"])
def test_noise_is_no_more_often_selected_by_other_estimators(estimator):
    cell = Cell("estimators", 200, 20, "mixed", "two", "", estimator)
    found = paths.PATHS["estimators"].measure(cell, range(6))
    assert within(found["JMI", "selects"], 6, 0.05)


@pytest.mark.parametrize(
    ("name", "target"),
    [(n, "two") for n in ("MIRMR", "JMI", "CMIM")]
    + [("MIRMR", "continuous"), ("MIRMR", "five")],
)
def test_groups_are_found_without_copies_and_noise(name, target):
    n_groups, n_spare, n_noise = 0, 0, 0
    for seed in range(2):
        table = make_groups(2000, random_state=seed, **paths.TARGETS[target])
        groups = table.groups[paths.chosen(name, table)]
        n_found = len(np.unique(groups[groups >= 0]))
        n_groups += n_found
        n_spare += (groups >= 0).sum() - n_found
        n_noise += (groups < 0).any()
    assert n_groups >= 2 * 7
    assert n_spare <= 1
    assert within(n_noise, 2, 0.05)


def test_noisy_copies_do_not_pass():
    for n, target in ((1000, "two"), (10_000, "continuous")):
        cell = Cell("copies", n, 31, "mixed", target, "I = 0.5, noise 0.3")
        found = paths.PATHS["copies"].measure(cell, range(2))
        assert max(found.values()) == 0


@pytest.mark.parametrize("target", ["two", "continuous"])
def test_exact_copies_never_pass(target):
    """Strata that are not of whole bins would show what a bin's border hides."""
    for n in (500, 2750, 3999):
        table = make_groups(
            n,
            information=[1.5],
            n_copies=1,
            n_noise=3,
            noise="normal",
            shuffle=False,
            random_state=n,
            **paths.TARGETS[target],
        )
        assert paths.chosen("JMI", table, include=[0]) == [0]


@pytest.mark.parametrize("target", ["two", "continuous"])
@pytest.mark.parametrize("noise", ["binary", "normal"])
def test_noisy_copies_do_not_pass_together_with_noise(target, noise):
    """What is told with a pick of noise is told by the original of the copy."""
    table = make_groups(
        100_000,
        information=[0.3],
        n_copies=4,
        n_noise=2,
        noise=noise,
        shuffle=False,
        random_state=0,
        **paths.TARGETS[target],
    )
    assert table.feature_names[5].startswith("noise")
    assert paths.chosen("JMI", table, include=[5, 0]) == [5, 0]


def test_one_half_of_xor_brings_the_other():
    cell = Cell("partner", 2000, 22, "mixed", "two", "XOR, 30 % flipped")
    found = paths.PATHS["partner"].measure(cell, range(5))
    assert found["JMI", "partner"] == found["CMIM", "partner"] == 5


@pytest.mark.parametrize("given", ["", "common cause", "numbers"])
@pytest.mark.parametrize("pair", ["numbers × numbers", "300 names × 2", "2 × rare"])
def test_p_values_of_nothing_are_not_too_small(pair, given):
    cell = Cell("single", 200, 1, "", pair, given, "moments")
    found = single_tests.single(cell, range(200))
    distance = found["moments", "KS distance"] / 200
    assert ksone.sf(distance, 200) > CHANCE
    assert within(found["moments", "p <= 0.01"], 200, 0.01)


def test_the_page_shows_what_was_measured():
    found = Results(RESULTS).frame()
    page = calibration_report.PAGE.read_text(encoding="utf-8")
    shown = page.split(calibration_report.BEGIN)[1].split(calibration_report.END)[0]
    assert shown.strip() == calibration_report.report(found).strip()


def test_what_was_measured_is_within_the_limits():
    found = Results(RESULTS).frame()
    noise = found[found["part"].isin(["noise", "estimators"])]
    rates = noise["total"] / noise["seeds"]
    assert rates.groupby(noise["criterion"]).mean().max() <= 0.05
    # As far as so many runs can tell.
    assert (noise["total"] <= binom.ppf(1 - CHANCE, noise["seeds"], 0.09)).all()


def test_a_run_that_was_cut_goes_on_where_it_stopped(tmp_path):
    cells = [Cell("noise", n, 20, "normal", "two") for n in (50, 200)]
    cell, other = cells
    results = Results(tmp_path / "results.csv")
    assert list(chunks(cells, results, 30)) == [
        (cell, range(20)),
        (other, range(20)),
        (cell, range(20, 30)),
        (other, range(20, 30)),
    ]
    results.add(cell, 20, {("JMI", "selects"): 1.0})
    results.add(cell, 5, {("JMI", "selects"): 2.0})
    results.save()
    again = Results(tmp_path / "results.csv")
    assert again.frame()["total"].tolist() == [3.0]
    assert list(chunks(cells, again, 30)) == [
        (other, range(20)),
        (cell, range(25, 30)),
        (other, range(20, 30)),
    ]
    assert next(chunks(cells, again, 30, whole=True)) == (cell, range(30))
