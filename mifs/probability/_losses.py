"""Losses of machine learning, seen as information."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mifs.probability import _objectives
from mifs.probability._tables import (
    Floats,
    conditional_rows,
    finite,
    in_base,
    in_base_each,
    numbers,
)


def cross_entropy_loss(
    targets: ArrayLike,
    predictions: ArrayLike,
    *,
    logits: bool = False,
    base: float = math.e,
) -> float:
    r"""Cross-entropy loss: the mean cross-entropy of targets and predictions.

    .. math:: L = -\frac1n \sum_i \sum_k t_{ik} \log q_{ik}

    For labels it is the negative log-likelihood, ``log_loss`` of scikit-learn. Its
    expectation is H(Y|X) + E D(P(Y|x) || Q(Y|x)), so no model is below H(Y|X), and
    H(Y) minus the loss is a lower bound on I(X;Y).

    Parameters
    ----------
    targets : array-like, shape (n,) of int or (n, n_classes) of float
        Class numbers from 0, or rows of probabilities.
    predictions : array-like of float, shape (n, n_classes)
        Rows of probabilities that sum to 1, or logits.
    logits : bool, default=False
        `predictions` are logits: their softmax are the probabilities.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        Mean loss of a row in units of ``log(base)``; infinite where something of
        probability 0 happened.

    Raises
    ------
    ValueError
        If the rows of targets or predictions do not sum to 1 or have a negative,
        infinite or NaN value; if a class number is no integer or out of range; if
        the shapes differ; if `base` is not above 1.

    See Also
    --------
    cross_entropy : The same for one pair of distributions.
    label_smoothing : Targets that are less sure.

    References
    ----------
    K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, 2022, sec. 6.2.

    Examples
    --------
    >>> from mifs.probability import cross_entropy_loss
    >>> cross_entropy_loss([0, 1], [[0.5, 0.5], [0.75, 0.25]], base=2)
    1.5
    >>> cross_entropy_loss([[0, 1]], [[3.0, 3.0]], logits=True, base=2)
    1.0
    """
    if logits:
        scores = finite(predictions, "predictions")
        _check_matrix(scores)
        log_q = _objectives.log_softmax(scores)
    else:
        rows = conditional_rows(predictions, "predictions", normalize=False)
        with np.errstate(divide="ignore"):
            log_q = np.log(rows)
    losses = _losses(np.asarray(targets), log_q)
    return in_base(losses.mean(), base)


def label_smoothing(
    targets: ArrayLike, epsilon: float = 0.1, *, convention: str = "all_classes"
) -> Floats:
    r"""Give a share of the certainty of targets to other classes.

    Two conventions are in use, which differ by a factor (K - 1) / K in epsilon:

    - ``"all_classes"``: :math:`(1 - \varepsilon)\, t_k + \varepsilon / K`. The share
      goes to all K classes, the true one included (Szegedy et al., PyTorch, Keras).
    - ``"other_classes"``: :math:`(1 - \varepsilon)\, t_k + \varepsilon
      (1 - t_k) / (K - 1)`. The true class keeps exactly 1 - epsilon, the others share
      the rest (tensor2tensor).

    Parameters
    ----------
    targets : array-like of float, shape (n, n_classes)
        Rows of probabilities; ``numpy.eye(n_classes)[labels]`` for labels.
    epsilon : float, default=0.1
        The share, from 0 to 1.
    convention : {"all_classes", "other_classes"}, default="all_classes"
        Who gets it.

    Returns
    -------
    ndarray of float64, shape (n, n_classes)
        Rows of probabilities.

    Raises
    ------
    ValueError
        If `epsilon` is outside [0, 1] or `convention` unknown; if rows do not sum to
        1 or have a negative, infinite or NaN value; if there is only one class and
        the others shall share.

    References
    ----------
    C. Szegedy et al., "Rethinking the Inception architecture for computer vision",
    2016, sec. 7.

    Examples
    --------
    >>> from mifs.probability import label_smoothing
    >>> label_smoothing([[1, 0, 0, 0]], 0.1)
    array([[0.925, 0.025, 0.025, 0.025]])
    >>> label_smoothing([[1, 0, 0]], 0.1, convention="other_classes")
    array([[0.9 , 0.05, 0.05]])
    """
    rows = conditional_rows(targets, "targets", normalize=False)
    if not 0.0 <= epsilon <= 1.0:
        raise ValueError(f"epsilon={epsilon!r} is outside [0, 1]; pass such as 0.1")
    n_classes = rows.shape[1]
    if convention == "all_classes":
        return np.asarray((1 - epsilon) * rows + epsilon / n_classes)
    if convention != "other_classes":
        raise ValueError(
            f"convention={convention!r} is unknown; pass all_classes or other_classes"
        )
    if n_classes == 1:
        raise ValueError(
            "targets has 1 class, so there are no other classes to share epsilon; "
            "pass all_classes"
        )
    return np.asarray((1 - epsilon) * rows + epsilon * (1 - rows) / (n_classes - 1))


def gaussian_kl(
    mean_p: ArrayLike,
    std_p: ArrayLike,
    mean_q: ArrayLike = 0.0,
    std_q: ArrayLike = 1.0,
    *,
    base: float = math.e,
) -> float | Floats:
    r"""Kullback-Leibler divergence of diagonal Gaussians, in closed form.

    .. math:: D(P \| Q) = \sum_d \left[ \log \frac{\sigma_{q,d}}{\sigma_{p,d}}
              + \frac{\sigma_{p,d}^2 + (\mu_{p,d} - \mu_{q,d})^2}{2 \sigma_{q,d}^2}
              - \frac12 \right]

    By default `q` is the standard normal prior of a variational autoencoder.

    Parameters
    ----------
    mean_p, std_p, mean_q, std_q : array-like of float, broadcast to (..., n_dims)
        Means and standard deviations (not variances) of the dimensions.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float or ndarray of float64, shape (...,)
        Divergence in units of ``log(base)``, summed over the last axis; a float for
        scalars and for one vector.

    Raises
    ------
    ValueError
        If the shapes do not broadcast, a standard deviation is not positive, a value
        is infinite or NaN, or `base` is not above 1.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", 2014, appendix B.

    Examples
    --------
    >>> from mifs.probability import gaussian_kl
    >>> round(gaussian_kl(0, 1, 2, 2), 4)
    0.8181
    >>> round(gaussian_kl(0, 1, 2, 2**0.5), 4)
    1.0966
    """
    given = {"mean_p": mean_p, "std_p": std_p, "mean_q": mean_q, "std_q": std_q}
    arrays = {name: finite(values, name) for name, values in given.items()}
    for name in ("std_p", "std_q"):
        if (arrays[name] <= 0).any():
            raise ValueError(
                f"{name} has the value {float(arrays[name].min())!r}; "
                "pass standard deviations above 0"
            )
    terms = _objectives.gaussian_divergences(*_broadcast(arrays))
    return in_base_each(terms.sum(axis=-1) if terms.ndim else terms, base)


def elbo(
    log_likelihood: ArrayLike, kl: ArrayLike, *, base: float = math.e
) -> float | Floats:
    r"""Evidence lower bound from its two parts.

    .. math:: \log p(x) \ge E_{q(z|x)} \log p(x|z) - D(q(z|x) \| p(z))

    Averaged over the data, the first part is minus the distortion and the second the
    rate of a representation: I(X;Z) ≤ E D(q(z|x) || p(z)).

    Parameters
    ----------
    log_likelihood : array-like of float
        E log p(x|z) in nats, per example (mean it over the draws of z first).
    kl : array-like of float, broadcasting with `log_likelihood`
        D(q(z|x) || p(z)) in nats, as :func:`gaussian_kl` gives it.
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float or ndarray of float64
        The bound of every example in units of ``log(base)``; a float for scalars.

    Raises
    ------
    ValueError
        If the shapes do not broadcast, a value is infinite or NaN, or `base` is not
        above 1.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", 2014, eq. 3; A. Alemi
    et al., "Fixing a broken ELBO", 2018 (rate and distortion).

    Examples
    --------
    >>> from mifs.probability import elbo
    >>> elbo([-1.5, -2.0], [0.5, 0.25])
    array([-2.  , -2.25])
    """
    parts = {"log_likelihood": log_likelihood, "kl": kl}
    likelihood, divergence = _broadcast(
        {name: finite(values, name) for name, values in parts.items()}
    )
    return in_base_each(likelihood - divergence, base)


def _check_matrix(scores: Floats) -> None:
    if scores.ndim != 2 or scores.size == 0:
        raise ValueError(
            f"predictions has shape {scores.shape}; pass (n, n_classes), none of them 0"
        )


def _losses(targets: NDArray[np.generic], log_q: Floats) -> Floats:
    """Loss of every row (n,) for labels (n,) or target probabilities (n, k)."""
    if targets.ndim == 1:
        labels = _labels(targets, log_q.shape)
        chosen: Floats = -log_q[np.arange(len(labels)), labels]
        return chosen
    rows = conditional_rows(targets, "targets", normalize=False)
    if rows.shape != log_q.shape:
        raise ValueError(
            f"targets has shape {rows.shape} and predictions {log_q.shape}; "
            "give both one row per example and one column per class"
        )
    return _objectives.soft_losses(rows, log_q)


def _labels(targets: NDArray[np.generic], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Class numbers (n,) within the columns of predictions."""
    values = numbers(targets, "targets")
    if values.shape != shape[:1]:
        raise ValueError(
            f"targets has {len(values)} labels and predictions {shape[0]} rows; "
            "give one label per row"
        )
    wrong = (values != np.floor(values)) | (values < 0) | (values >= shape[1])
    if wrong.any():
        raise ValueError(
            f"targets has the label {float(values[wrong][0])!r}; pass class numbers "
            f"from 0 to {shape[1] - 1}, the columns of predictions"
        )
    return values.astype(np.intp)


def _broadcast(arrays: dict[str, Floats]) -> tuple[Floats, ...]:
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(
            f"the shapes {shapes} do not broadcast; give one value per dimension"
        ) from error
