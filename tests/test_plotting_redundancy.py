"""Maps of what features share, and points of what they tell and repeat."""

import math

import numpy as np
import pandas as pd
import pytest
from pictures import (
    clashes,
    column_names,
    drawn,
    inside,
    legend_names,
    points,
    row_names,
    written,
)
from scipy.sparse import csr_matrix
from tables import pa, pl

import mifs
from mifs.estimators import PlugIn
from mifs.measures import pairwise_mutual_information
from mifs.plotting import (
    JointDistributionDisplay,
    RankingDisplay,
    RedundancyDisplay,
    RelevanceRedundancyDisplay,
)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 300)
    far = y + rng.normal(size=300)
    X = pd.DataFrame(rng.normal(size=(300, 6)), columns=list("abcdef"))
    X["a"] += 2 * y
    X["b"] = X["a"] + rng.normal(size=300) / 4
    X["e"] = X["c"] + rng.normal(size=300) / 4
    X["d"] += far
    X["f"] += far
    return X, y


@pytest.fixture(scope="module")
def fitted(data):
    return mifs.MIRMR(4, alpha=1).fit(*data)


def test_matrix_of_the_chosen(data, fitted):
    X, _ = data
    display = RedundancyDisplay.from_estimator(fitted, X)
    names = fitted.path_["name"].tolist()
    want = pairwise_mutual_information(X[names], normalized="arithmetic")
    pd.testing.assert_frame_equal(display.frame(), want)
    ax = display.ax_
    assert row_names(ax) == [f"{name}  {row}" for row, name in enumerate(names, 1)]
    assert column_names(ax) == ["1", "2", "3", "4"]
    assert written(ax) == [f"{share:.2f}" for share in want.to_numpy().ravel()]
    mesh = ax.collections[0]
    assert mesh.get_array().tolist() == want.to_numpy().tolist()
    assert mesh.get_clim() == (0, 1)
    assert inside(display)
    first = RedundancyDisplay.from_estimator(fitted, X, n_shown=2)
    assert list(first.frame()) == names[:2]


@pytest.mark.parametrize(
    "estimator",
    [PlugIn(binning="mdlp"), PlugIn(3, binning="uniform"), PlugIn(edges={"a": [1.0]})],
    ids=["mdlp", "uniform", "edges"],
)
def test_matrix_in_the_bins_of_the_selector(data, estimator):
    X, y = data
    for fitted in (
        mifs.MIM(3, mi_estimator=estimator, alpha=1).fit(X, y),
        mifs.StabilitySelector(
            mifs.MIM(3, mi_estimator=estimator, alpha=1), 4, threshold=0.51
        ).fit(X, y),
    ):
        frame = RedundancyDisplay.from_estimator(fitted, X).frame()
        edges = fitted.mi_estimator_.edges_
        codes = pd.DataFrame(
            {
                name: np.searchsorted(edges[X.columns.get_loc(name)], X[name])
                for name in frame
            }
        )
        want = pairwise_mutual_information(
            codes, discrete=True, normalized="arithmetic"
        )
        np.testing.assert_allclose(frame, want, atol=1e-12)


def test_clustered_ones_that_repeat_each_other_are_neighbours(data):
    X, _ = data
    frame = RedundancyDisplay.from_data(X).frame()
    order = list(frame)
    assert abs(order.index("a") - order.index("b")) == 1
    assert abs(order.index("c") - order.index("e")) == 1
    want = pairwise_mutual_information(X, normalized="arithmetic")
    pd.testing.assert_frame_equal(frame, want.loc[order, order])
    plain = RedundancyDisplay.from_data(X, clustered=False).frame()
    assert list(plain) == list(X)
    array = RedundancyDisplay.from_data(X.to_numpy()[:, :2])
    assert list(array.frame()) == ["x0", "x1"]


def test_of_a_stable_selection(data):
    stable = mifs.StabilitySelector(mifs.JMI(2), 4, threshold=0.51).fit(*data)
    frame = RedundancyDisplay.from_estimator(stable, data[0]).frame()
    assert list(frame) == [data[0].columns[j] for j in stable.selected_indices_]


def test_sixty_features_and_one():
    rng = np.random.default_rng(0)
    names = [f"measurement_{j}_with_a_very_long_name" for j in range(60)]
    X = pd.DataFrame(rng.normal(size=(80, 60)), columns=names)
    display = RedundancyDisplay.from_data(X)
    assert written(display.ax_) == []
    assert len(row_names(display.ax_)) == 60
    assert display.figure_.axes == [display.ax_]
    assert inside(display)
    one = RedundancyDisplay.from_data(X.iloc[:, :1])
    assert written(one.ax_) == ["1.00"]
    constant = RedundancyDisplay.from_data(X.iloc[:, :3].assign(c=1.0))
    assert constant.frame().loc["c"].drop("c").tolist() == [0, 0, 0]
    drawn(constant)


@pytest.mark.filterwarnings("ignore")
def test_what_is_refused(data, fitted):
    with pytest.raises(TypeError, match="which it does not keep: pass X"):
        RedundancyDisplay.from_estimator(fitted)
    with pytest.raises(TypeError, match="missing: y"):
        RelevanceRedundancyDisplay.from_estimator(fitted, data[0])
    nothing = mifs.JMI("auto").fit(data[0][["c", "e"]], data[1])
    with pytest.raises(ValueError, match="nothing is selected"):
        RedundancyDisplay.from_estimator(nothing, data[0][["c", "e"]])
    with pytest.raises(ValueError, match="feature names should match"):
        RelevanceRedundancyDisplay.from_estimator(fitted, data[0][["d", "f"]], data[1])


def test_points(data, fitted):
    X, y = data
    before = dict(vars(fitted))
    display = RelevanceRedundancyDisplay.from_estimator(fitted, X, y)
    assert vars(fitted).keys() == before.keys()
    frame = display.frame()
    assert frame["name"].tolist() == list(X)
    assert frame["relevance"].tolist() == fitted.relevance_.tolist()
    chosen = frame[frame["chosen"] > 0].sort_values("chosen")
    assert chosen.index.tolist() == fitted.selected_indices_.tolist()
    # What mRMR saw of the last pick: its mean redundancy with all the others.
    last = fitted.path_.iloc[-1]
    assert chosen["redundancy"].iloc[-1] == pytest.approx(last["redundancy"])
    others, taken = display.ax_.collections
    rest = frame[frame["chosen"] == 0]
    assert points(others) == rest[["redundancy", "relevance"]].to_numpy().tolist()
    assert len(taken.get_offsets()) == 4
    names = chosen["name"].tolist()
    assert written(display.ax_) == [
        *"1234",
        "\n".join(f"{place}  {name}" for place, name in enumerate(names, 1)),
    ]
    assert legend_names(display.ax_) == ["not chosen", "chosen, in this order"]
    assert inside(display)


def test_points_in_bits_of_other_estimators_and_without_a_target(data):
    X, y = data
    knn = mifs.MIRMR(2, mi_estimator="knn", alpha=1).fit(X, y)
    nats, bits = (
        RelevanceRedundancyDisplay.from_estimator(knn, X, y, base=base).frame()
        for base in (math.e, 2)
    )
    for column in ("relevance", "redundancy"):
        want = (nats[column] / math.log(2)).tolist()
        assert bits[column].tolist() == pytest.approx(want)
    second = nats[nats["chosen"] == 2]["redundancy"].item()
    assert second == pytest.approx(knn.path_["redundancy"].iloc[1])
    infomax = mifs.InfoMaxSelector(2).fit(X)
    display = RelevanceRedundancyDisplay.from_estimator(infomax, X)
    assert display.frame()["redundancy"].notna().all()


@pytest.mark.filterwarnings("ignore")
def test_points_of_one_of_many_and_of_ties():
    y = np.arange(60) % 2
    one = mifs.MIRMR(1).fit(pd.DataFrame({"only": y}), y)
    display = RelevanceRedundancyDisplay.from_estimator(
        one, pd.DataFrame({"only": y}), y
    )
    assert math.isnan(display.frame()["redundancy"].item())
    # It has no redundancy, and so no point.
    assert len(display.ax_.collections) == 0
    (line,) = display.ax_.lines
    assert line.get_ydata() == [one.relevance_[0]] * 2
    assert legend_names(display.ax_) == []
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.integers(0, 2, (60, 5000))).add_prefix("g")
    every = mifs.MIRMR(25).fit(wide, y)
    display = RelevanceRedundancyDisplay.from_estimator(every, wide, y)
    assert written(display.ax_)[-1].endswith("… and 5 more")
    assert clashes(display) == []
    assert inside(display)
    same = pd.DataFrame({"a": y, "b": y, "c": np.zeros(60)})
    tied = mifs.MIRMR(2).fit(same, y)
    drawn(RelevanceRedundancyDisplay.from_estimator(tied, same, y))


@pytest.mark.filterwarnings("ignore")
def test_where_nothing_is_chosen_there_is_nothing_to_repeat(data):
    X = data[0][["c", "e"]]
    nothing = mifs.JMI("auto").fit(X, data[1])
    display = RelevanceRedundancyDisplay.from_estimator(nothing, X, data[1])
    assert display.frame()["redundancy"].isna().all()
    assert written(display.ax_)[0].startswith("Nothing is selected")
    single = mifs.JMI(1).fit(*data)
    display = RelevanceRedundancyDisplay.from_estimator(single, *data)
    assert len(points(display.ax_.collections[0])) == 5
    assert legend_names(display.ax_) == ["not chosen", "chosen, without others"]


def test_a_table_in_a_file(data, fitted, tmp_path):
    X, y = data
    X.assign(y=y).to_csv(tmp_path / "table.csv", index=False)
    scan = mifs.scan_csv(tmp_path / "table.csv", target="y")
    found = RelevanceRedundancyDisplay.from_estimator(fitted, scan).frame()
    want = RelevanceRedundancyDisplay.from_estimator(fitted, X, y).frame()
    pd.testing.assert_frame_equal(found, want)
    with pytest.raises(TypeError, match="a Scan holds no array"):
        RankingDisplay.from_estimator(fitted, scan, y)


@pytest.mark.parametrize(
    "wrap",
    [pl.from_pandas, pa.Table.from_pandas, csr_matrix],
    ids=["polars", "pyarrow", "sparse"],
)
def test_tables_of_other_libraries(data, wrap):
    X, y = data
    X = X.round()
    fitted = mifs.MIRMR(2, alpha=1).fit(X, y)
    want = RedundancyDisplay.from_estimator(fitted, X).frame()
    found = RedundancyDisplay.from_estimator(fitted, wrap(X)).frame()
    pd.testing.assert_frame_equal(found, want)
    JointDistributionDisplay.from_estimator(fitted, wrap(X), y)
