"""An answer as a piece of HTML: no script, no link, nothing from outside; read aloud in order."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# Colours come from the page that it stands in, light or dark; only the frame is ours.
_FRAME = "border:1px solid #63717e;border-radius:6px;padding:0.8em 1.1em;max-width:54em"
_TABLE = "border-collapse:collapse;margin-top:0.5em"
_CELL = "border-bottom:1px solid #c9d3da;padding:0.15em 0.9em 0.15em 0"

Rows = Sequence[Sequence[object]]


def section(title: str, *, parts: Sequence[str]) -> str:
    """A titled section of `parts`, which are HTML already."""
    name = escape(title)
    body = "".join(parts)
    return (
        f'<section class="bearwitness" lang="en" aria-label="{name}" style="{_FRAME}">'
        f'<p style="font-weight:bold;margin:0 0 0.4em">{name}</p>{body}</section>'
    )


def sentences(term: str, said: Sequence[str]) -> str:
    """`term` and what is said of it, as a description list; nothing where nothing is said."""
    if not said:
        return ""
    told = "".join(f"<dd>{escape(sentence)}</dd>" for sentence in said)
    return f'<dl style="margin:0.3em 0"><dt><strong>{escape(term)}</strong></dt>{told}</dl>'


def table(caption: str, *, header: Sequence[str], rows: Rows) -> str:
    """A table with a caption and header cells; the first cell of each row heads it."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in header)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    return (
        f'<table style="{_TABLE}"><caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(cells: Sequence[object]) -> str:
    first, *others = (escape(told(cell)) for cell in cells)
    rest = "".join(f'<td style="{_CELL};text-align:right">{cell}</td>' for cell in others)
    return f'<th scope="row" style="{_CELL};text-align:left">{first}</th>{rest}'


def told(value: object) -> str:
    """A value in a cell: people with their thousands apart, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def document(body: str) -> str:
    """A whole page around `body`, which is HTML already."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>bearwitness</title>'
        "<style>body{font:16px/1.45 system-ui,sans-serif;margin:1.5em;color:#1d2a35}"
        "svg{max-width:100%;height:auto}figure{margin:1em 0}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )
