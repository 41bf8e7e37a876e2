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
# Where a machine keeps Hangul and Chinese: parts of file names, the first found is taken.
_WIDER = (
    "NotoSansCJK-Regular", "NotoSansKR", "NotoSansSC", "SourceHanSans", "NanumGothic", "malgun",
    "AppleSDGothicNeo", "PingFang", "msyh", "wqy",
)  # fmt: skip

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

    Letters are drawn as outlines, so that a reader needs no font. `words` are those that may hold
    Hangul or Chinese: for them a font of this machine is taken, and where there is none, an SVG
    keeps them as text for the reader's own fonts to draw. Without `words` no font but ours is
    used, and the bytes are the same on every machine.
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


def _letters_for(words: str) -> dict[str, Any]:
    if not any(ord(letter) > 0x2E7F or 0x1100 <= ord(letter) < 0x1200 for letter in words):
        return {}
    wider = _wider_letters()
    if not wider:
        return {"svg.fonttype": "none", "font.family": [LETTERS, "sans-serif"]}
    return {"font.family": [LETTERS, wider]}


@cache
def _wider_letters() -> str:
    """The name of a font on this machine that has Hangul and Chinese; empty where there is none."""
    from matplotlib import font_manager

    known = sorted(font_manager.findSystemFonts())
    for part in _WIDER:
        for path in known:
            if part.casefold() in Path(path).name.casefold():
                name: str = font_manager.get_font(path).family_name
                if name not in font_manager.get_font_names():
                    font_manager.fontManager.addfont(path)
                return name
    return ""
