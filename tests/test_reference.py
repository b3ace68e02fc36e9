"""Answers of praznik (R) and FEAST (C), computed apart from mifs."""

import json
import math
from pathlib import Path

import numpy as np
import oracles
import pytest
from plain import PLAIN
from sklearn.datasets import load_breast_cancer, load_wine

from mifs import MISelector
from mifs._data.reading import read

SMALL = json.loads(
    (Path(__file__).parent / "data" / "praznik_small.json").read_text(encoding="utf-8")
)["tables"]
LOADERS = {"wine": load_wine, "breast_cancer": load_breast_cancer}
SETS = (
    "corral_enum",
    "monk1_enum",
    "wine_ew10",
    "votes_codes",
    "vehicle_ew10",
    "breast_cancer_ew10",
    "MadelonD",
)
CRITERIA = ("mim", "mrmr", "jmi")
# Their names of our criteria, and our parameters where these are not the defaults.
NAMES = {
    "praznik": {
        "MIM": ("mim", {}),
        "MRMR": ("mrmr", {}),
        "JMI": ("jmi", {}),
        "CMIM": ("cmim", {}),
        "JMIM": ("jmim", {}),
        "NJMIM": ("njmim", {}),
        "DISR": ("disr", {}),
        "CMI": ("cmi", {}),
        "JMI3": ("jmi3", {}),
    },
    "feast": {
        "MIM": ("mim", {}),
        "MIFS_beta1": ("mifs", {}),
        "MIFS_beta0.5": ("mifs", {"beta": 0.5}),
        "mRMR_D": ("mrmr", {}),
        "CIFE": ("cife", {}),
        "CondRed": ("condred", {}),
        "JMI": ("jmi", {}),
        "CMIM": ("cmim", {}),
        "ICAP": ("icap", {}),
        "DISR": ("disr", {}),
        "CondMI": ("cmi", {}),
    },
}
ANSWERS = [(peer, label) for peer, labels in NAMES.items() for label in labels]
NATS = {"praznik": 1.0, "feast": math.log(2)}
RATIOS = ("disr", "njmim")


def equal_width_codes(name):
    X, y = LOADERS[name](return_X_y=True)
    low, high = X.min(axis=0), X.max(axis=0)
    return np.minimum((X - low) / (high - low) * 10 // 1, 9).astype(int), y


def expected_scores(scores, selection, relevance, criterion):
    """Theirs as ours, which are means: theirs of JMI, DISR and JMI3 are sums.

    JMI is Σ J_j there and R − mean(r − c) = mean(J_j − R_j) here.
    """
    scores, n_picks = np.array(scores), np.maximum(np.arange(len(scores)), 1)
    if criterion == "jmi":
        of_picks = np.concatenate([[0.0], np.cumsum(relevance[selection])[:-1]])
        return (scores - of_picks) / n_picks
    if criterion == "disr":
        return scores / n_picks
    if criterion == "jmi3":
        return scores / np.maximum(n_picks * (n_picks - 1) / 2, 1)
    return scores


def agrees(X, y, criterion, selection, scores, prefix, parameters=None):
    k = None if X.shape[1] < 50 else len(selection)
    fitted = MISelector(
        *(criterion, k),
        criterion_params=parameters,
        mi_estimator=PLAIN,
        discrete_features=True,
    ).fit(X, y)
    assert fitted.selected_indices_.tolist()[:prefix] == selection[:prefix]
    expected = expected_scores(scores, selection, fitted.relevance_, criterion)
    ours = fitted.path_["score"].to_numpy()[: len(expected)]
    np.testing.assert_allclose(ours[:prefix], expected[:prefix], rtol=0, atol=1e-12)


def load(reference, peer, name):
    table = np.load(reference / "matrices" / f"{name}.npz")
    answers = json.loads((reference / peer / f"{name}.json").read_text())
    return table["X"], table["y"], answers


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("name", SMALL)
def test_tables_of_scikit_learn_as_praznik(name, criterion):
    X, y = equal_width_codes(name)
    theirs = SMALL[name][criterion.upper()]
    k = len(theirs["selection"])
    agrees(X, y, criterion, theirs["selection"], theirs["score"], prefix=k)


@pytest.mark.every_way
@pytest.mark.parametrize("name", SMALL)
def test_relevance_of_every_feature_as_praznik(name):
    X, y = equal_width_codes(name)
    fitted = MISelector("mim", None, mi_estimator=PLAIN).fit(X, y)
    theirs = SMALL[name]["relevance"]
    np.testing.assert_allclose(fitted.relevance_, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("peer", "label"), ANSWERS)
@pytest.mark.parametrize("name", SETS)
def test_selection_and_scores(reference, name, peer, label):
    X, y, answers = load(reference, peer, name)
    criterion, parameters = NAMES[peer][label]
    theirs = answers["selections"][label]
    ties = json.loads((reference / "ties.json").read_text())[name][peer][label]
    assert len(theirs["selection"]) == ties["n_selected"]
    scores = np.array(theirs["score"])
    # The first score is always an information, those of ratios have no unit later on.
    scores[: 1 if criterion in RATIOS else None] *= NATS[peer]
    prefix = ties["unambiguous_prefix"]
    agrees(X, y, criterion, theirs["selection"], scores, prefix, parameters)


@pytest.mark.parametrize("criterion", oracles.CRITERIA)
@pytest.mark.parametrize("name", ["corral_enum", "monk1_enum", "votes_codes"])
def test_ties_go_to_the_lowest_index(reference, name, criterion):
    table = np.load(reference / "matrices" / f"{name}.npz")
    X, y = table["X"], table["y"]
    path = MISelector(criterion, None, mi_estimator=PLAIN).fit(X, y).path_
    expected = oracles.greedy(oracles.Terms(list(X.T), y), criterion, X.shape[1])
    assert path["feature"].tolist() == expected.feature
    np.testing.assert_allclose(path["score"], expected.score, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in SETS if name != "MadelonD"])
def test_redundancy_of_every_pair_as_praznik(reference, name):
    X, y, answers = load(reference, "praznik", name)
    p = X.shape[1]
    names = [f"x{j}" for j in range(p)]
    terms = PLAIN.prepare(read(X, y, names=names, discrete_features=True))
    theirs = np.reshape(answers["scores"]["miMatrix"], (p, p))
    for j in range(p):
        others = np.delete(np.arange(p), j)
        ours = terms.pairwise(j, others, frozenset({"redundancy"}))["redundancy"]
        np.testing.assert_allclose(ours, theirs[j, others], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_conditional_relevance_as_praznik(reference, name):
    X, y, answers = load(reference, "praznik", name)
    given = answers["scores"]["Z"]
    names = [f"x{j}" for j in range(X.shape[1])]
    terms = PLAIN.prepare(read(X, y, names=names, discrete_features=True))
    both = frozenset({"redundancy", "conditional_redundancy"})
    others = np.delete(np.arange(X.shape[1]), given)
    found = terms.pairwise(given, others, both)
    ours = terms.relevance[others] - found["redundancy"]
    ours = ours + found["conditional_redundancy"]
    theirs = np.array(answers["scores"]["cmiScores_X_Y_given_Z"])[others]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in SETS if name != "MadelonD"])
def test_matrices_of_pairs_with_the_class_as_praznik(reference, name):
    X, y, answers = load(reference, "praznik", name)
    p, scores = X.shape[1], answers["scores"]
    names = [f"x{j}" for j in range(p)]
    terms = PLAIN.prepare(read(X, y, names=names, discrete_features=True))
    np.testing.assert_allclose(terms.entropy, scores["hScores"], rtol=0, atol=1e-12)
    # Whatever the name in the file says, these are I(Xi;Xj|Y) and I(Xj;Xi,Y).
    conditional = np.reshape(scores["cmiMatrix_I_Xi_Y_given_Xj"], (p, p))
    joint = np.reshape(scores["jmiMatrix"], (p, p))
    ratio = np.reshape(scores["njmiMatrix"], (p, p))
    wanted = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
    for j in range(p):
        others = np.delete(np.arange(p), j)
        found = terms.pairwise(j, others, wanted)
        ours = found["conditional_redundancy"]
        np.testing.assert_allclose(ours, conditional[others, j], rtol=0, atol=1e-12)
        ours = terms.relevance[j] + ours
        np.testing.assert_allclose(ours, joint[others, j], rtol=0, atol=1e-12)
        ours = ours / found["joint_entropy"]
        np.testing.assert_allclose(ours, ratio[others, j], rtol=0, atol=1e-12)
