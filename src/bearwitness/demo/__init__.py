"""A fictional casebook: invented people, invented organisations, a number that is known."""

from bearwitness.demo.casebook import Casebook, Organisation, generate
from bearwitness.demo.files import write_lists

__all__ = ["Casebook", "Organisation", "generate", "write_lists"]
