"""One short class for each criterion, and one for all of them by name.

What all of them say in the same words is written by ``docs/make_docstrings.py``.
"""
