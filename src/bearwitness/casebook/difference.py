"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby


class Part(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this many words the comparison would take seconds; lines are compared instead.
_MOST_WORDS = 5_000


def difference(before: str, after: str) -> list[tuple[Part, str]]:
    """Stretches that stayed, went and came. Without the gone ones it is `after`, and so on."""
    old, new = _pieces(before), _pieces(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[tuple[Part, str]] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append((Part.SAME, "".join(old[a:b])))
            continue
        found += [(Part.GONE, "".join(old[a:b])), (Part.NEW, "".join(new[c:d]))]
    runs = groupby((piece for piece in found if piece[1]), key=lambda piece: piece[0])
    return [(part, "".join(text for _, text in run)) for part, run in runs]


def _pieces(text: str) -> list[str]:
    return _WORDS.findall(text)
