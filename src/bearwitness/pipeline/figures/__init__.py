"""The figures of a study: each from its declaration and from what the run knows."""

from bearwitness.pipeline.figures.given import Given
from bearwitness.pipeline.figures.making import make_figures

__all__ = ["Given", "make_figures"]
