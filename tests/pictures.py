"""What tests of displays look at."""

from itertools import combinations

from matplotlib.figure import Figure


def axis(width=None):
    """An axis of a figure that pyplot does not know; width in inches."""
    size = None if width is None else (width, 4)
    return Figure(figsize=size, layout="constrained").add_subplot()


def row_names(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def column_names(ax):
    return [text.get_text() for text in ax.get_xticklabels()]


def legend_names(ax):
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def written(ax):
    """Texts that stand in an axis, or beside it."""
    return [text.get_text() for text in ax.texts]


def widths(bars):
    return [bar.get_width() for bar in bars]


def points(collection):
    return collection.get_offsets().tolist()


def drawn(display):
    """Draw all of it, as a file would have it; a warning is an error."""
    display.figure_.draw_without_rendering()
    return display


def inside(display):
    """Whether all texts and marks are within the figure of a display."""
    figure = drawn(display).figure_
    box = display.ax_.get_tightbbox()
    return (
        box.x0 >= -1
        and box.y0 >= -1
        and box.x1 <= figure.bbox.x1 + 1
        and box.y1 <= figure.bbox.y1 + 1
    )


def seen(display):
    """Boxes of all texts that are seen, by what they say, in pixels."""
    ax = drawn(display).ax_
    legend = ax.get_legend()
    texts = [*ax.texts, ax.xaxis.label, ax.yaxis.label]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = (one for one in axis.get_major_ticks() if low <= one.get_loc() <= high)
        texts += [tick.label1 for tick in ticks]
    texts += [] if legend is None else legend.get_texts()
    return [
        (text.get_text(), text.get_window_extent())
        for text in texts
        if text.get_visible() and text.get_text()
    ]


def clashes(display):
    """Texts that lie on each other by more than a pixel, and those that are cut."""
    boxes = seen(display)
    width, height = display.figure_.bbox.max
    cut = [
        (text,)
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    return cut + [
        (one, other)
        for (one, first), (other, second) in combinations(boxes, 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > 1
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 1
    ]
