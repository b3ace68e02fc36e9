"""The code of a report: fits of selectors, and the call with its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from mifs._report._code import Writer, code_of
from mifs._report._found import Found
from mifs._report._origin import Code
from mifs._scan import Scan
from mifs.criteria import Criterion
from mifs.selectors._cross_validation import MutualInfoCV
from mifs.selectors._infomax import InfoMaxSelector
from mifs.selectors._stability import StabilitySelector

CRITERIA = ("mim", "mrmr", "jmi", "cmim")
# What `fit` takes: X, y and the weights.
Data = tuple[object, object, object]
WEIGHTS = "the weights of its rows"


def code_of_found(
    found: Found, data: Data | None, criteria: Sequence[str | Criterion]
) -> Code:
    """Return code that makes the report of these selectors."""
    X, _, weights = data or (None, None, None)
    given = _given(found, X)
    told = {given: "the data of the fit"}
    fit = given if weights is None else f"{given}, weights"
    if weights is not None:
        told["weights"] = WEIGHTS
    fitted, fits = {}, {}
    if not found.leads:
        own = found.search or found.selector
        assert own is not None
        fitted["selector"] = own
        fits["selector"] = fit if found.search is None else _fit_of(found.search, fit)
    if "groups" in fits.get("selector", ""):
        told["groups"] = "the groups by which its rows were split"
    if found.stable is not None:
        fitted["stable"], fits["stable"] = found.stable, fit
    both = not found.leads and found.stable is not None

    def call(writer: Writer) -> str:
        arguments = ["stable" if found.leads else "selector"]
        if data is not None:
            arguments.append(given)
        return _call(writer, arguments, data, both, criteria)

    return code_of(fitted, fits, call, told)


def _given(found: Found, X: object) -> str:
    """Names of the data that `fit` takes."""
    if isinstance(X, Scan):
        return "scan"
    return "X" if isinstance(found.selector, InfoMaxSelector) else "X, y"


def _fit_of(search: MutualInfoCV, fit: str) -> str:
    """Arguments of `MutualInfoCV.fit`, which takes all but X and y by name."""
    fit = fit.replace("weights", "sample_weight=weights")
    grouped = "Group" in type(search.cv).__name__
    return f"{fit}, groups=groups" if grouped else fit


def _call(
    writer: Writer,
    arguments: list[str],
    data: Data | None,
    stable: bool,
    criteria: Sequence[str | Criterion],
) -> str:
    """Write the arguments of a report, the defaults left out."""
    if data is not None and data[2] is not None:
        arguments.append("sample_weight=weights")
    if stable:
        arguments.append("stability=stable")
    if data is not None and list(criteria) != list(CRITERIA):
        arguments.append(f"criteria={writer.argument('criteria', list(criteria))}")
    return ", ".join(arguments)


def code_of_table(
    data: Data,
    label: object,
    stability: StabilitySelector | None,
    criteria: Sequence[str | Criterion],
) -> Code:
    """Return code that makes the report of a table.

    ``label``: that of the target, or of several; None where values were given.
    """
    X, _, weights = data
    given = "scan" if isinstance(X, Scan) else "table"
    told = {given: "what is reported"}
    if weights is not None:
        told["weights"] = WEIGHTS
    if given == "table" and label is None:
        told["y"] = "the target"
    fit = "scan" if given == "scan" else "X, y"
    fitted, fits = {}, {}
    if stability is not None:
        fitted["stable"] = stability
        fits["stable"] = fit if weights is None else f"{fit}, weights"
        if fit != "scan":
            told |= {"X": "the table without the target", "y": "the target"}

    def call(writer: Writer) -> str:
        arguments = [given]
        if given == "table":
            own = "y" if label is None else writer.argument("target", label)
            arguments.append(f"target={own}")
        return _call(writer, arguments, data, stability is not None, criteria)

    return code_of(fitted, fits, call, told)
