"""The sections of a report, in their order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray
from mifs._names import listed
from mifs._report._chosen import distributions, redundancy
from mifs._report._code import settings_of
from mifs._report._counted import other_data
from mifs._report._found import Found
from mifs._report._number import how_many
from mifs._report._origin import Code, Origin, versions
from mifs._report._page import (
    WHOLE,
    Cell,
    Figure,
    Grid,
    Section,
    grid,
    name_cells,
    text_of,
    texts_of,
    whole_names,
    with_bars,
)
from mifs._report._profiled import LISTED, data, some
from mifs._report._rows import (
    ROWS,
    agreement_picture,
    parts_in,
    path_picture,
    stability_picture,
)
from mifs._report._said import OF_ALL, relevance_is, taken_off
from mifs.plotting._criteria import steps_of
from mifs.plotting._path import own_unit, split_path, stops_at_chance
from mifs.selectors._html import p_text
from mifs.selectors._infomax import InfoMaxSelector


def sections(found: Found, origin: Origin, code: Code) -> list[Section]:
    """Make all sections of which there are numbers."""
    makers: list[Callable[[Found], Section | None]] = [
        lambda found: data(found, origin),
        number_of_features,
        ranking,
        path,
        redundancy,
        distributions,
        criteria,
        stability,
        lambda found: made(found, origin, code),
    ]
    return [section for make in makers if (section := make(found)) is not None]


def ranking(found: Found) -> Section:
    """List all features, the chosen ones first."""
    main, names = found.main, found.names
    order = np.argsort(main.ranking_, kind="stable")[:LISTED]
    steps = np.where(main.support_, main.ranking_, 0)[order].tolist()
    columns: dict[str, Sequence[Cell]] = {
        "rank": texts_of(main.ranking_[order].tolist()),
        "feature": name_cells((names[j] for j in order.tolist()), WHOLE),
        "chosen": texts_of(step or "" for step in steps),
        "relevance (nats)": with_bars(found.relevance[order].tolist()),
    }
    if found.selector is not None and not found.leads:
        columns["score"] = texts_of(found.selector.scores_[order].tolist())
    if found.stable is not None:
        frequency = found.stable.selection_frequency_[order]
        columns["frequency"] = [Cell(f"{share:.2f}") for share in frequency]
    text = (
        f"The chosen features in their order, then the others by {_by(found)}. "
        f"Relevance is {_relevance(found)}. A click on a head sorts the table, where "
        "scripts are on."
    )
    caption = f"Ranking of {some(len(names))} features"
    table = grid(caption, columns.items(), sortable=True)
    whole = _whole([names[j] for j in order.tolist()], columns["feature"])
    return Section("ranking", "Ranking", [text], grids=[table], folded=whole)


def _whole(names: list[Hashable], looks: Sequence[Cell]) -> list[Grid]:
    """Give the whole names of features that the ranking makes shorter."""
    long = [j for j, name in enumerate(names) if len(str(name)) > WHOLE]
    if not long:
        return []
    columns = {
        "feature": [looks[j] for j in long],
        "whole name": whole_names(names[j] for j in long),
    }
    return [grid(f"Whole names of {len(long)} features", columns.items())]


def _by(found: Found) -> str:
    """Say by what features are ranked that are not chosen."""
    if not found.leads:
        return "relevance"
    assert found.stable is not None
    return "frequency" if found.stable.consensus == "frequency" else "mean rank"


def _relevance(found: Found) -> str:
    alone = isinstance(found.selector, InfoMaxSelector)
    return OF_ALL if alone else relevance_is(found.estimator)


def number_of_features(found: Found) -> Section | None:
    """Show how each number of features predicts, where that was searched."""
    return None if found.search is None else how_many(found.search)


def path(found: Found) -> Section | None:
    """Show what each score is made of, and where chance begins."""
    selector = found.selector
    if selector is None:
        return None
    texts = [f"Why the path ends: {selector.stop_reason_}."]
    table = split_path(selector)
    if table.empty:
        return Section("path", "The path", texts)
    if found.leads:
        texts.insert(0, "The path of the selector on all rows, without resamples.")
    unit = own_unit(selector)
    picture = path_picture(
        table,
        f" ({unit})" if unit else "",
        stops=stops_at_chance(selector),
        taken_off=taken_off(found.estimator),
    )
    caption = _parts(table, unit)
    if len(table) > ROWS:
        caption += f" The first {ROWS} of {len(table)} steps are drawn."
    numbers = _path_numbers(table)
    return Section(
        "path", "The path", texts, figures=[Figure(picture, caption, [numbers])]
    )


def _parts(table: pd.DataFrame, unit: str) -> str:
    """Say what the scores of a path are made of."""
    if unit:
        return "The scores of this criterion are ratios or weights, not sums."
    parts = [name for name in parts_in(table) if name != "relevance"]
    if not parts:
        return "Each score is the relevance."
    # By what they do on the whole: corrected, a part may have either sign.
    right = [name for name in parts if table[name].sum() > 0]
    left = [name for name in parts if table[name].sum() < 0]
    adds = f": {listed(['relevance', *right])}" if right else ", the relevance"
    text = f"Each score is split into what adds to it, to the right of 0{adds}"
    if left:
        text += f"; and what is taken off, to the left: {listed(left)}"
    return f"{text}."


def _path_numbers(table: pd.DataFrame) -> Grid:
    columns: dict[str, Sequence[Cell]] = {
        "step": texts_of(table.index.tolist()),
        "feature": name_cells(table["name"]),
    }
    for name in table.columns.drop(["name", "runner_up_name", "p_value", "tier"]):
        if table[name].notna().any():
            columns[name.replace("_", "-")] = texts_of(table[name].tolist())
    if table["runner_up_name"].notna().any():
        names = table["runner_up_name"]
        others = names.astype(object).where(names.notna(), "none")
        columns["runner-up"] = name_cells(others)
    if table["p_value"].notna().any():
        columns["p-value"] = [Cell(p_text(p)) for p in table["p_value"]]
        columns["tier"] = texts_of(table["tier"].tolist())
    return grid("The numbers of the path", columns.items())


def criteria(found: Found) -> Section | None:
    """Show what other criteria choose."""
    counted = found.counted
    comparison = None if counted is None else counted.comparison
    if (
        counted is None
        or comparison is None
        or len(comparison.agreement["jaccard"]) < 2
    ):
        return None
    steps = steps_of(comparison)
    names = [str(name) for name in steps.columns[1:]]
    jaccard = comparison.agreement["jaccard"].to_numpy()
    pairs = jaccard[np.triu_indices(len(jaccard), 1)]
    texts = [f"The same search by {listed(names)}, with the settings of the selector."]
    if counted.unable:
        texts.append(
            f"{type(found.estimator).__name__} does not give what "
            f"{listed(counted.unable)} {'need' if counted.unable[1:] else 'needs'}."
        )
    if found.selector is not None and other_data(found.selector, comparison):
        texts.append(
            "In these data the criterion of the selector finds other features than the "
            "selector has: they are not those of its fit, or its settings have changed."
        )
    if steps.empty:
        return Section(
            "criteria", "Criteria", [*texts, "No criterion chooses anything."]
        )
    numbers: dict[str, Sequence[Cell]] = {"feature": name_cells(steps["name"])}
    numbers |= {name: texts_of(steps[name].tolist()) for name in names}
    shares: dict[str, Sequence[Cell]] = {"criterion": [Cell(name) for name in names]}
    shares |= {
        name: [Cell("" if np.isnan(share) else f"{share:.2f}") for share in own]
        for name, own in zip(names, jaccard, strict=True)
    }
    caption = _agreement(pairs, len(steps))
    grids = [
        grid("The steps of each criterion", numbers.items()),
        grid("Shares of common features (Jaccard)", shares.items()),
    ]
    figure = Figure(agreement_picture(steps), caption, grids)
    return Section("criteria", "Agreement of criteria", texts, figures=[figure])


def _agreement(jaccard: FloatArray, n_steps: int) -> str:
    """Say what the picture of the criteria shows, and how alike their sets are."""
    caption = (
        "The number is the step at which a criterion chooses the feature; the darker, "
        "the earlier."
    )
    if not np.isnan(jaccard).all():
        caption += (
            f" Of every two sets, {np.nanmean(jaccard):.0%} of the features of both "
            "are shared on average (Jaccard)."
        )
    if n_steps > ROWS:
        caption += f" The first {ROWS} of {n_steps} features are drawn."
    return caption


def stability(found: Found) -> Section | None:
    """Show how often resamples choose each feature."""
    stable = found.stable
    if stable is None:
        return None
    frame, n = stable.frequencies_, len(stable.selections_)
    low, high = stable.stability_.interval
    texts = [
        f"{n} resamples of the rows ({stable.scheme}) were searched again. Their "
        f"stability is {stable.stability_.estimate:.2f} ({low:.2f} to {high:.2f}): 1 "
        "if all choose the same, 0 if they agree as by chance."
    ]
    if stable.selections_.all():
        texts = [
            f"{n} resamples of the rows choose every feature: a smaller number of "
            "features would tell how stable the choice is."
        ]
    by_votes = stable.consensus == "frequency"
    picture = stability_picture(frame, stable.threshold_ if by_votes else None, n)
    caption = "Intervals are Wilson's, of 95 %, for these rows."
    if len(frame) > ROWS:
        caption += f" The first {ROWS} of {len(frame)} features are drawn."
    shown = frame.head(LISTED)
    columns: dict[str, Sequence[Cell]] = {
        "rank": texts_of(shown.index.tolist()),
        "feature": name_cells(shown["name"]),
        "frequency": [Cell(f"{value:.2f}") for value in shown["frequency"]],
        "low": [Cell(f"{value:.2f}") for value in shown["low"]],
        "high": [Cell(f"{value:.2f}") for value in shown["high"]],
        "mean rank": [Cell(f"{value:.1f}") for value in shown["mean_rank"]],
        "selected": [Cell("yes" if own else "") for own in shown["selected"]],
    }
    numbers = grid("The numbers of the resamples", columns.items())
    figure = Figure(picture, caption, [numbers])
    return Section("stability", "Stability", texts, figures=[figure])


def made(found: Found, origin: Origin, code: Code) -> Section:
    """Say with what the report was made, and how it is made again."""
    fitted = [found.search, found.selector, found.stable]
    grids = [
        _pairs(f"Settings of {type(one).__name__}", settings_of(one))
        for one in fitted
        if one is not None
    ]
    grids.append(_pairs("Versions", versions()))
    notes = []
    if found.counted is None:
        notes.append(
            "Without data there is no profile, no map, no distribution and no other "
            "criterion: pass X and y, those of the fit."
        )
    notes += [f"{name}: {what}." for name, what in code.told.items()]
    texts = [f"The {'command' if origin.command else 'code'} that makes this report:"]
    if code.told:
        texts = ["The code that makes this report, of what you have:"]
    return Section(
        "made", "How it was made", texts, notes=notes, folded=grids, code=code.text
    )


def _pairs(caption: str, values: dict[str, str]) -> Grid:
    columns: dict[str, Sequence[Cell]] = {
        "name": [Cell(name) for name in values],
        "value": [Cell(text_of(value)) for value in values.values()],
    }
    return grid(caption, columns.items())
