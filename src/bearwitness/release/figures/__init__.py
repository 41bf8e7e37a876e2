"""Figures: declared once, worked out with what is not known of them, said in three languages."""

from bearwitness.release.figures.composition import Composed, Leaf, compose
from bearwitness.release.figures.declaration import (
    KEYS,
    KINDS,
    Declaration,
    declare,
    formula_down_to_parts,
    parts_of,
)
from bearwitness.release.figures.figure import WITHHELD, Figure, Wording, find_figure
from bearwitness.release.figures.recipes import recompute
from bearwitness.release.figures.wording import (
    LANGUAGES,
    in_english,
    show_number,
    show_with_unit,
    step_of,
    tell,
)

__all__ = [
    "KEYS",
    "KINDS",
    "LANGUAGES",
    "WITHHELD",
    "Composed",
    "Declaration",
    "Figure",
    "Leaf",
    "Wording",
    "compose",
    "declare",
    "find_figure",
    "formula_down_to_parts",
    "in_english",
    "parts_of",
    "recompute",
    "show_number",
    "show_with_unit",
    "step_of",
    "tell",
]
