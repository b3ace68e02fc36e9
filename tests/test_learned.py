"""What all learned transformers share: scikit-learn's checks, seeds, progress."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mifs import representations
from mifs.exceptions import DivergedError

pytestmark = pytest.mark.learn
SMALL = {"hidden_layer_sizes": (8,), "max_iter": 2, "random_state": 0}
MODELS = [
    getattr(representations, name)(2, **SMALL) for name in representations.__all__
]
every_model = pytest.mark.parametrize(
    "model", MODELS, ids=[type(model).__name__ for model in MODELS]
)


@pytest.fixture
def wine():
    X, y = load_wine(return_X_y=True, as_frame=True)
    return X, y


@parametrize_with_checks(MODELS)
def test_scikit_learn_check(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@every_model
def test_the_same_seed_gives_the_same_and_another_another(model, wine):
    first, again = (clone(model).fit(*wine).transform(wine[0]) for _ in range(2))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    other = clone(model).set_params(random_state=1).fit(*wine).transform(wine[0])
    assert np.abs(first - other).max() > 1e-3


@every_model
def test_it_is_pickled_as_weights_without_rows(model, wine):
    X, y = wine
    fitted = clone(model).fit(X, y)
    text = pickle.dumps(fitted)
    assert len(text) < 100_000
    other = pickle.loads(text)
    np.testing.assert_array_equal(other.transform(X), fitted.transform(X))
    assert other.score(X, y) == fitted.score(X, y)


@every_model
def test_the_history_has_a_row_an_epoch_and_the_loss_falls(model, wine):
    longer = clone(model).set_params(max_iter=40, learning_rate=0.01).fit(*wine)
    assert longer.history_.index.tolist() == list(range(1, 41))
    assert longer.n_iter_ == 40
    losses = longer.history_["loss"].to_numpy()
    assert np.isfinite(losses).all()
    assert losses[-5:].mean() < losses[:5].mean()


@every_model
def test_it_stops_early_and_keeps_the_best(model, wine):
    stopping = clone(model).set_params(
        early_stopping=True,
        validation_fraction=0.3,
        n_iter_no_change=3,
        max_iter=400,
        learning_rate=0.05,
    )
    history = stopping.fit(*wine).history_
    assert len(history) < 400
    best = history["validation_loss"].to_numpy()[:-3].min()
    assert history["validation_loss"].to_numpy()[-3:].min() > best - 2e-4


@every_model
def test_names_of_the_latents_and_frames(model, wine):
    X, y = wine
    fitted = clone(model).fit(X, y)
    name = type(model).__name__.lower()
    assert fitted.get_feature_names_out().tolist() == [f"{name}0", f"{name}1"]
    frame = fitted.set_output(transform="pandas").transform(X)
    assert frame.columns.tolist() == [f"{name}0", f"{name}1"]
    with pytest.raises(ValueError, match="column 'ash', row 3; fill such values"):
        fitted.transform(
            X.mask((X.index.to_numpy() == 3)[:, None] & (X.columns == "ash"))
        )


@every_model
def test_in_a_pipeline(model, wine):
    steps = make_pipeline(StandardScaler(), clone(model), LogisticRegression())
    assert steps.fit(*wine).score(*wine) > 0.3


@every_model
def test_a_loss_that_is_no_number_names_step_and_learning_rate(model, wine):
    wild = clone(model).set_params(learning_rate=1e30, max_iter=20)
    text = (
        r"the loss is \S+ at step \d+ \(epoch \d+\) with learning_rate=1e\+30; pass a"
    )
    with pytest.raises(DivergedError, match=text):
        wild.fit(*wine)


@every_model
def test_progress_shows_the_loss(model, wine, capsys):
    clone(model).set_params(verbose=2).fit(*wine)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{type(model).__name__}: epoch 2 of 2, loss ")
    clone(model).set_params(verbose=1).fit(*wine)
    assert "loss" in capsys.readouterr().err
