"""A drawing, the words that stand for it, and the numbers behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import pyarrow as pa

from bearwitness.errors import FileMissing, StudyInvalid
from bearwitness.estimation.page import table
from bearwitness.ink import Paint, Size, render

FORMS = (".svg", ".png")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Picture:
    """What `plot` gives. A notebook shows it; `save` writes it; no network is used.

    `alt` says in words and numbers what is to be seen. `table` holds every number drawn. The
    bytes are the same each time, by the same version of matplotlib on the same machine.
    """

    kind: str
    alt: str
    table: pa.Table
    paint: Paint
    size: Size

    @cached_property
    def svg(self) -> bytes:
        """The drawing as SVG, with `alt` for a screen reader."""
        drawn = render(self.paint, self.size, words=self._words())
        label = f'<svg role="img" aria-label="{escape(self.alt)}" '
        return re.sub(rb"<svg ", lambda _: label.encode(), drawn, count=1)

    def png(self, *, dpi: int = 150) -> bytes:
        """The drawing as PNG, at `dpi` dots an inch."""
        return render(self.paint, self.size, form="png", dpi=dpi, words=self._words())

    def save(self, path: str | Path) -> Path:
        """Write the drawing, as SVG or PNG by the ending of `path`."""
        path = Path(path)
        ending = path.suffix.casefold()
        if ending not in FORMS:
            raise StudyInvalid(
                f"a picture cannot be saved as {ending or 'a file without an ending'}",
                where=path.name,
                hint="End the name in .svg, which stays sharp at any size, or in .png.",
            )
        if not path.parent.is_dir():
            raise FileMissing(
                "there is no such folder", where=str(path.parent), hint="Make it, then save again."
            )
        path.write_bytes(self.svg if ending == ".svg" else self.png())
        return path

    def to_table(self) -> pa.Table:
        """Every number that is drawn, a row for each mark."""
        return self.table

    def to_html(self) -> str:
        """A figure with its description and its numbers, for a page without scripts or links."""
        rows = [list(row.values()) for row in self.table.to_pylist()]
        numbers = table(self.kind, header=self.table.column_names, rows=rows)
        return (
            f"<figure>{self._repr_svg_()}<figcaption>{escape(self.alt)}</figcaption>"
            f"<details><summary>The numbers</summary>{numbers}</details></figure>"
        )

    def _repr_svg_(self) -> str:
        text = self.svg.decode()
        return text[text.index("<svg ") :]

    def __repr__(self) -> str:
        return f"<{self.kind} picture: {self.alt}>"

    def _words(self) -> str:
        return f"{self.alt} {self.table.to_pydict()}"


def people(value: float) -> str:
    """A number of people in a sentence."""
    return f"{value:,.0f}"
