"""Hangul syllables in Latin letters, by three systems, as list-keepers write them.

Revised Romanization of Korean (2000); McCune and Reischauer, "The Romanization of the Korean
Language" (1939), without its diacritics; and the spelling of North Korean publications.
Each syllable stands by itself, as the systems ask for names; McCune-Reischauer voices a
consonant between sonorants.
"""

from __future__ import annotations

_REVISED = (
    "g kk n d tt r m b pp s ss _ j jj ch k t p h",
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
)
_MCCUNE = (
    "k kk n t tt r m p pp s ss _ ch tch ch k t p h",
    "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
)
_NORTHERN = (
    "k kk n t tt r m p pp s ss _ j jj ch kh th ph h",
    "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
)
_FINALS = "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()
_SYSTEMS = {"revised": _REVISED, "mccune": _MCCUNE, "northern": _NORTHERN}
_VOICED = {"k": "g", "t": "d", "p": "b", "ch": "j"}
_SONORANT = {"_", "n", "l", "m", "ng"}

SYSTEMS = tuple(_SYSTEMS)


def romanise(syllable: str, system: str, *, voiced: bool = False) -> str:
    """One Hangul syllable by `system`, in lower case; `voiced` as after a vowel or n, l, m, ng."""
    onset, vowel, final = parts(syllable)
    onsets, vowels = (row.split() for row in _SYSTEMS[system])
    first = onsets[onset]
    if voiced and system == "mccune" and onset != 14:  # the aspirate ㅊ is never voiced
        first = _VOICED.get(first, first) if onset in (0, 3, 7, 12) else first
    return (first + vowels[vowel] + _FINALS[final]).replace("_", "")


def parts(syllable: str) -> tuple[int, int, int]:
    """Numbers of the onset, vowel and final of one Hangul syllable (Unicode, chapter 3.12)."""
    code = ord(syllable) - 0xAC00
    return code // 588, code % 588 // 28, code % 28


def ends_in_sonorant(syllable: str) -> bool:
    return _FINALS[parts(syllable)[2]] in _SONORANT
