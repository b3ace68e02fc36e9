"""How Sphinx builds the site: what it reads, what it runs, how it looks."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "sphinxext"))

import mifs  # noqa: E402

project = "mifs"
author = "The mifs developers"
copyright = author
version = release = mifs.__version__
language = "en"

# mathml, members, pages and pictures stand in sphinxext.
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "members",
    "pages",
]
exclude_patterns = ["_build", "images", "sphinxext", "static", "templates", "theory"]
templates_path = ["templates"]
# Every reference leads somewhere, or the build fails.
nitpicky = True
nitpick_ignore_regex = [("py:obj", r"sklearn\..*")]  # on a site of its own
default_role = "autolink"
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

autodoc_typehints = "none"  # numpydoc's sections say types, shapes and units
# Names that differ by case only are one file on some systems.
autosummary_filename_map = {"mifs.inference.stability": "mifs.inference.stability_of"}
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": ["../examples", "theory"],
    "gallery_dirs": ["generated/gallery", "generated/theory"],
    "filename_pattern": r"\.py$",  # all are run
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("pictures.displays", "matplotlib"),
    "reset_modules": ("pictures.reset",),
    "reset_modules_order": "both",
    "reset_argv": "pictures.folder",
    "backreferences_dir": "generated/examples_of",
    "doc_module": ("mifs",),
    "ignore_pattern": r"demo\.py$",  # of `make demo`: no more than the first one
    "default_thumb_file": str(HERE / "images" / "thumb.png"),
    "abort_on_example_error": False,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "write_computation_times": False,
    "capture_repr": ("_repr_html_", "__repr__"),
}

html_theme = "pydata_sphinx_theme"
html_title = "mifs"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 8,
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
