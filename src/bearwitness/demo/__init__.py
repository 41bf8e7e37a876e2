"""A fictional casebook: invented people, invented organisations, a number that is known."""

from bearwitness.demo.acts import draw_acts
from bearwitness.demo.casebook import Casebook, Organisation, generate
from bearwitness.demo.files import write_acts, write_lists

__all__ = ["Casebook", "Organisation", "draw_acts", "generate", "write_acts", "write_lists"]
