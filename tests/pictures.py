"""What tests of displays look at."""

from matplotlib.figure import Figure


def axis():
    """An axis of a figure that pyplot does not know."""
    return Figure(layout="constrained").add_subplot()


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
