"""The keys by which a name is found: Ri, Lee and 리 have one, and so have 王芳 and Wang Fang.

A key is a kind and a folded sound. Of a whole name: `k` (Korean, surname and given name) and `p`
(pinyin). Of a part: `s` (surname) and `g` (given name), by which somebody is found who types one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bearwitness.linkage.names import key_alias, key_name

_LONGEST = 220
_SHORT = 2  # syllables
_HANGUL = re.compile("[가-힣]")


@lru_cache(maxsize=8192)
def keys_of(text: str) -> frozenset[str]:
    """All keys of a name as written. Empty for one in no script that we can sound out."""
    surname, given = key_name(text)
    keys = {f"g:{given}"} if given else set()
    if surname:
        keys |= {f"k:{surname}/{given}", f"s:{surname}"}
    elif given:  # one word alone can be either; as a surname it is folded like one
        keys.add(f"s:{_as_surname(text, given)}")
    if pinyin := key_alias(text):
        keys.add(f"p:{pinyin}")
    return frozenset(key[:_LONGEST] for key in keys if len(key) > 2)  # no sound, no key


def keys_to_find(text: str) -> frozenset[str]:
    """The keys that a name which is searched for has to share: of the whole, where it is whole."""
    keys = keys_of(text)
    whole = frozenset(key for key in keys if key[0] in "kp")
    if not any(key[0] == "k" for key in keys):
        return keys
    # 미래 is a given name as well as a surname with a short one.
    short = len(_HANGUL.findall(text)) == _SHORT
    return whole | {f"g:{key_name('김' + text)[1]}"[:_LONGEST]} if short else whole


def _as_surname(text: str, sound: str) -> str:
    """A lone word as a surname: 리 and 이 are one, which shows beside any given name."""
    with_given = f"{text}가" if _HANGUL.search(text) else f"{text} x"
    return key_name(with_given)[0] or sound
