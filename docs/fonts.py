"""Cut the fonts that ship with us out of Noto Sans CJK: `python docs/fonts.py`.

Needed only when the letters that we ship are to change. It reads NotoSansCJK-Regular.ttc of a
machine that has it (Debian: fonts-noto-cjk) and writes two fonts under names of our own, as the
SIL Open Font License asks of a changed font.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).parents[1] / "src" / "bearwitness" / "fonts"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
# Latin with all of Europe's letters, dashes, quotation marks and signs of mathematics.
LATIN = {
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040),
    0x2030, 0x20A9, 0x20AC, 0x2190, 0x2192, 0x2212, 0x2260, 0x2264, 0x2265,
}  # fmt: skip
HANGUL = {*range(0xAC00, 0xD7A4), *range(0x3131, 0x318F)}
FONTS = {"KR": ("Noto Sans CJK KR", "euc_kr", HANGUL), "SC": ("Noto Sans CJK SC", "gb2312", set())}


def letters_of(encoding: str) -> set[int]:
    """Every character of a national standard of two bytes: KS X 1001, GB 2312."""
    found: set[int] = set()
    for lead in range(0xA1, 0xFF):
        for trail in range(0xA1, 0xFF):
            try:
                found.update(map(ord, bytes((lead, trail)).decode(encoding)))
            except UnicodeDecodeError:
                continue
    return found


def cut(short: str) -> TTFont:
    family, encoding, more = FONTS[short]
    faces = TTCollection(str(SOURCE)).fonts
    font = next(f for f in faces if f["name"].getDebugName(1) == family)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "liga", "locl", "ccmp"]
    options.name_IDs, options.hinting, options.notdef_outline = ["*"], False, True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LATIN | letters_of(encoding) | more)
    cutter.subset(font)
    _rename(font, short)
    font["head"].modified = font["head"].created  # no clock: the same letters, the same bytes
    font.recalcTimestamp = False
    return font


def _rename(font: TTFont, short: str) -> None:
    family, plain = f"Bearwitness Sans {short}", f"BearwitnessSans{short}"
    told = {1: family, 3: f"{plain};cut from Noto Sans CJK 2.004", 4: family, 6: plain, 16: family}
    names = font["name"]
    names.names = [n for n in names.names if n.langID == 0x409 and n.nameID in {0, 2, 5, 13, 14}]
    for name, text in told.items():
        names.setName(text, name, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames = [plain]
    table[0].FamilyName = table[0].FullName = family


def main() -> None:
    if not SOURCE.is_file():
        sys.exit(f"{SOURCE} is not here: install Noto Sans CJK first")
    for short in FONTS:
        path = FOLDER / f"bearwitness-sans-{short.lower()}.otf"
        cut(short).save(path)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
