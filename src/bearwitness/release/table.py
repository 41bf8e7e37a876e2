"""A table of a report: text in cells, the first column names the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bearwitness.release.words import Words


@dataclass(frozen=True, kw_only=True)
class Table:
    """A caption, a header and rows; all but the first column are right-aligned if `numeric`."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: bool = True

    def in_words(self, words: Words) -> Table:
        """The same table in another language."""
        return replace(
            self,
            caption=words.said(self.caption),
            header=[words.said(cell) for cell in self.header],
            rows=[[words.said(cell) for cell in row] for row in self.rows],
        )
