"""A target with a class in nearly every row is worth a warning, others are not."""

import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from tables import pa, pl, real_table

from mifs import MIM
from mifs._cli import main
from mifs.exceptions import ChanceWarning, ManyClassesWarning, MifsWarning

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 3))
BINARY = RNG.integers(0, 2, (300, 3))
NUMBERS = RNG.normal(size=300)
TEXT = np.array([f"{v:.6f}" for v in NUMBERS])


def said(X, y, weights=None, **options):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ChanceWarning)
        MIM(2, **options).fit(X, y, sample_weight=weights)
    assert all(issubclass(w.category, MifsWarning) for w in given)
    return [(w.category, str(w.message)) for w in given]


@pytest.mark.parametrize("features", [X, BINARY])
@pytest.mark.parametrize(
    ("y", "discrete"),
    [
        (TEXT, "auto"),
        (TEXT.astype(object), "auto"),
        (TEXT.astype("S"), "auto"),
        (pd.Series(TEXT).astype("category"), "auto"),
        (pd.Series(NUMBERS).astype("category"), "auto"),
        (NUMBERS, True),
        (np.arange(300) // 2, True),
        (np.arange(300), True),
    ],
)
def test_many_classes(features, y, discrete):
    """Only that is said: binary columns follow from such a target, but are no leak."""
    ((category, message),) = said(features, y, discrete_target=discrete)
    assert category is ManyClassesWarning
    n_classes = len(np.unique(np.asarray(y)))
    assert f"the target has {n_classes} classes in 300 rows" in message
    assert "pass numbers (not text) and discrete_target=False" in message


LONG = np.random.default_rng(1).normal(size=3000)
WIDE = np.random.default_rng(2).normal(size=(3000, 3))
CENTS = np.round(100 * LONG).astype(int)  # some 520 of them: six rows a class


@pytest.mark.parametrize(
    "y",
    [
        CENTS,
        CENTS.tolist(),
        CENTS / 100,
        CENTS.astype(str),
        [f"{v / 100:.2f}" for v in CENTS],
        pd.Series(CENTS).astype("category"),
        pd.Series(CENTS / 100).astype("Float64"),
        pl.Series(CENTS),
        pa.array(CENTS),
    ],
)
def test_quantities_as_classes_of_several_rows(y):
    """Chance seems to tell a tenth of H(Y) and more, also at six rows a class."""
    ((category, message),) = said(WIDE, y, discrete_target=True)
    assert category is ManyClassesWarning
    assert f"{len(np.unique(CENTS))} classes in 3000 rows" in message


@pytest.mark.parametrize(
    "y",
    [
        np.round(10 * LONG) / 10,  # 65 tenths: chance tells little
        np.char.mod("c%d", CENTS),  # names: no quantity
        CENTS % 100,  # as many whole numbers as "auto" takes for classes
        CENTS % 2 == 0,
    ],
)
def test_other_targets_of_several_rows_a_class(y):
    assert said(WIDE, y, discrete_target=True) == []


@pytest.mark.parametrize("estimator", ["knn", "gaussian_copula"])
def test_every_estimator_says_it(estimator):
    assert said(X, TEXT, mi_estimator=estimator)[0][0] is ManyClassesWarning


@pytest.mark.parametrize(
    ("y", "discrete"),
    [
        (NUMBERS, "auto"),
        (np.arange(300), "auto"),
        (np.arange(300), False),
        (np.arange(300) % 100, "auto"),
        (np.arange(300) % 100, True),
        (np.char.mod("c%d", np.arange(300) % 60), "auto"),
        (np.char.mod("c%d", np.arange(300) % 120), "auto"),
    ],
)
def test_other_targets(y, discrete):
    assert said(X, y, discrete_target=discrete) == []


def test_hundred_classes_of_ten_rows():
    wide = RNG.normal(size=(1000, 3))
    assert said(wide, np.arange(1000) % 100, discrete_target=True) == []


def test_few_rows_may_have_a_class_each():
    assert said(X[:19], TEXT[:19]) == []
    assert said(X[:20], TEXT[:20])[0][0] is ManyClassesWarning


def test_weights_count_as_rows():
    y = TEXT[np.arange(60) // 2]
    assert said(X[:60], y)[0][0] is ManyClassesWarning
    assert said(X[:60], y, weights=np.full(60, 2) + np.arange(60) % 2) == []


def test_one_of_several_outputs():
    y = pd.DataFrame({"text": TEXT, "class": np.arange(300) % 2})
    ((category, message),) = said(X, y, multioutput="mean")
    assert category is ManyClassesWarning
    assert message.startswith("output 1 of the target has 300 classes")


SAME_PRICES = {
    "array": pd.Series.to_numpy,
    "list": pd.Series.tolist,
    "floats": lambda prices: prices.astype(float),
    "nullable": lambda prices: prices.astype("Int64"),
    "text": lambda prices: prices.astype(str),
    "polars": pl.from_pandas,
    "pyarrow": pa.array,
}


@pytest.mark.parametrize("library", SAME_PRICES)
def test_prices_as_classes(library):
    X, prices = real_table("house_prices")
    y = SAME_PRICES[library](prices)
    ((category, message),) = said(
        X[["LotArea", "OverallQual"]], y, discrete_target=True
    )
    assert category is ManyClassesWarning
    assert "the target has 663 classes in 1460 rows" in message


@pytest.mark.parametrize("command", ["rank", "score"])
def test_prices_as_classes_in_a_file(tmp_path, command):
    X, prices = real_table("house_prices")
    path = tmp_path / "houses.csv"
    X[["LotArea", "OverallQual"]].assign(price=prices).to_csv(path, index=False)
    line = [command, str(path), "--target", "price"]
    result = CliRunner().invoke(main, [*line, "--target-kind", "discrete"])
    assert result.exit_code == 0, result.stderr
    assert "the target has 663 classes in 1460 rows" in result.stderr
    assert CliRunner().invoke(main, line).stderr == ""


def test_shell_names_its_own_remedy(tmp_path):
    frame = pd.DataFrame(X, columns=[*"abc"])
    frame["price"] = RNG.integers(0, 10_000, 300)
    frame.to_csv(tmp_path / "t.csv", index=False)
    command = ["rank", str(tmp_path / "t.csv"), "--target", "price"]
    result = CliRunner().invoke(main, [*command, "--target-kind", "discrete"])
    assert result.exit_code == 0, result.stderr
    assert "pass numbers (not text) and --target-kind continuous" in result.stderr
    assert "classes" not in CliRunner().invoke(main, command).stderr
