"""How our drawings look: colours, letters, and no clock. The same drawing is the same bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

INK, SOFT, ACCENT, PALE = "#1d2a35", "#63717e", "#1f6f78", "#c9d3da"
# For what must stand out, and for chains: Okabe & Ito's colours, told apart by the colour-blind.
ALARM = "#b4531f"
CHAINS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#1d2a35")

LETTERS = "DejaVu Sans"  # comes with matplotlib, so that it is on every machine
# Come with us, for Hangul and Chinese: docs/fonts.py tells how they were made.
FONTS = Path(__file__).parent / "fonts"
HANGUL, CHINESE = "Bearwitness Sans KR", "Bearwitness Sans SC"

_STYLE: Any = {
    "svg.hashsalt": "bearwitness",
    "svg.fonttype": "path",
    "font.family": LETTERS,
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "hatch.color": SOFT,
}

Size = tuple[float, float]
Paint = Callable[[Any], None]


def render(
    paint: Paint, size: Size, *, form: str = "svg", dpi: int = 150, words: str = ""
) -> bytes:
    """What `paint` draws on an empty figure of `size` inches, as "svg" or "png" bytes.

    Letters are drawn as outlines by fonts that ship with us, so that a reader needs none and the
    bytes are the same on every machine. `words` are those that may hold Hangul or Chinese. Where
    one of their letters is in no font of ours, an SVG keeps all words as text for the reader's own
    fonts to draw.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE | _letters_for(words)), warnings.catch_warnings():
        # Letters that no font here has stay text in an SVG; the reader's fonts draw them.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure = Figure(figsize=size)
        paint(figure)
        stream = io.BytesIO()
        # The default metadata hold the time and the version of matplotlib.
        quiet = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(stream, format=form, dpi=dpi, metadata=quiet, bbox_inches="tight")
        return stream.getvalue()


def quieten(axes: Any, *, keep: Sequence[str]) -> None:
    """No frame but the sides to `keep`, and no tick marks."""
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side in keep)
    axes.tick_params(length=0)


def in_thousands(value: float, _place: Any = None) -> str:
    """A number of people on an axis: 12,300."""
    return f"{value:,.0f}"


def shortened(name: str, *, most: int = 26) -> str:
    """A name that fits beside a drawing; the whole of it stands in the table."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def unknown_letters(words: str) -> str:
    """The letters of `words` that no font of ours has, each once."""
    letters = (letter for letter in dict.fromkeys(words) if letter.isprintable())
    return "".join(letter for letter in letters if ord(letter) not in _known_letters())


def _letters_for(words: str) -> dict[str, Any]:
    if not any(ord(letter) > 0x2E7F or 0x1100 <= ord(letter) < 0x1200 for letter in words):
        return {}
    if unknown_letters(words):
        return {"svg.fonttype": "none", "font.family": [LETTERS, "sans-serif"]}
    _add_fonts()
    # Korean and Chinese draw some shared characters each in its own way.
    korean = any(0xAC00 <= ord(letter) <= 0xD7A3 for letter in words)
    wide = (HANGUL, CHINESE) if korean else (CHINESE, HANGUL)
    return {"font.family": [LETTERS, *wide]}


@cache
def _add_fonts() -> None:
    from matplotlib import font_manager

    for path in sorted(FONTS.glob("*.otf")):
        font_manager.fontManager.addfont(path)


@cache
def _known_letters() -> frozenset[int]:
    from matplotlib import font_manager

    paths: list[Any] = [*sorted(FONTS.glob("*.otf")), font_manager.findfont(LETTERS)]
    return frozenset().union(*(font_manager.get_font(path).get_charmap() for path in paths))
