"""Names in Hangul, romanised or Chinese become keys that meet when the names are one.

A key is a folded sound, not a spelling: aspiration, tense consonants, l and r, y- and w-glides and
the two o-like vowels are one each, because Revised Romanization, McCune-Reischauer, the spelling
used in the North and what officials write on the spot differ just there.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files

_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".split()
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()

# In this order: each pattern works on what the earlier ones have left.
_FOLDS: tuple[tuple[str, str], ...] = (
    (r"(?<=[aeiou])r(?=[^aeiouyrl]|$)", ""),  # Park, Kahr: the r is English, not Korean
    (r"ee|ii|ie", "i"),
    (r"ou", "o"),
    (r"oo|eu", "u"),
    (r"eo|yo|wo|oh(?![aeiou])", "o"),
    (r"ae|oe|ai|oi", "e"),
    (r"ui|wi", "i"),
    (r"sh|ss", "s"),
    (r"tch|jj|ch|ts|z", "j"),
    (r"kk|gg|g|q|c", "k"),
    (r"tt|dd|d", "t"),
    (r"pp|bb|b|f|v", "p"),
    (r"nk", "n"),  # ng, since g is k by now
    (r"[lr]+", "l"),
    (r"nl|ln|ll", "l"),
    (r"[yw]", ""),
    (r"(?<=[aeiou])h(?![aeiou])", ""),
    (r"(.)\1+", r"\1"),
)  # fmt: skip

# Surnames as keys, with what stands at their beginning before or after the sound law that the
# South writes and the North does not: 리/이, 림/임, 류/유, 로/노, 량/양.
_SAME_SURNAME = {"li": "i", "lim": "im", "lu": "u", "lo": "no", "lan": "an", "na": "na", "la": "na"}
_SURNAMES_HANGUL = (
    "김 이 리 박 최 정 강 조 윤 장 임 림 한 오 서 신 권 황 안 송 류 유 홍 전 고 문 손 양 량 배 백 "
    "허 남 심 노 로 하 곽 성 차 주 우 구 민 진 지 엄 채 원 천 방 공 현 함 변 염 여 추 도 소 "
    "석 선 설 마 길 연 위 표 명 기 반 왕 금 옥 육 인 맹 제 모 탁 국 어 은 편 용"
).split()


@lru_cache(maxsize=200_000)
def key_name(name: str) -> tuple[str, str]:
    """(surname key, given-name key) of a Korean name in Hangul or Latin letters.

    Order is surname first, as it is spoken, unless only the last word is a known surname. Empty
    strings where the name is in neither script.
    """
    words = _latin_words(name)
    if not words:
        return "", ""
    keys = [_fold(word) for word in words]
    if len(keys) == 1:
        return "", keys[0]
    if keys[0] not in _surname_keys() and keys[-1] in _surname_keys():
        keys = [keys[-1], *keys[:-1]]
    surname = _SAME_SURNAME.get(keys[0], keys[0])
    return surname, re.sub(r"(.)\1+", r"\1", "".join(keys[1:]))


@lru_cache(maxsize=200_000)
def key_alias(name: str) -> str:
    """Toneless pinyin without spaces, of a name in Hanzi or already in pinyin; else its key."""
    from pypinyin import lazy_pinyin

    if re.search(r"[\u3400-\u9fff]", name):
        return "".join(re.findall("[a-z]+", "".join(lazy_pinyin(name)).lower().replace("ü", "v")))
    return "".join(sorted_words) if (sorted_words := _plain_words(name)) else ""


@lru_cache(maxsize=50_000)
def key_place(name: str) -> str:
    """A place's key in the shipped gazetteer; else its folded sound, without county or city."""
    bare = re.sub(r"(?<=..)([시군현구역도市县郡州省]|\s+(city|county|gun|si|shi|xian))$", "",
                  unicodedata.normalize("NFC", name).strip().casefold())  # fmt: skip
    known = _gazetteer().get(bare)
    if known or not re.search(r"[\u3400-\u9fff]", bare):
        return known or "".join(map(_fold, _latin_words(bare)))
    from pypinyin import lazy_pinyin

    return "".join(map(_fold, _plain_words(" ".join(lazy_pinyin(bare)))))


@lru_cache(maxsize=1)
def _gazetteer() -> dict[str, str]:
    text = (files("bearwitness.linkage") / "places.toml").read_text(encoding="utf-8")
    places = tomllib.loads(text)["places"]
    return {spelling: names[0] for names in places for spelling in names}


def _latin_words(name: str) -> list[str]:
    name = unicodedata.normalize("NFC", name)
    if re.search(r"[가-힣]", name):
        syllables = re.findall(r"[가-힣]", name)
        sounds = [_romanise(s) for s in syllables]
        return [sounds[0], "".join(sounds[1:])] if len(sounds) > 1 else sounds
    return _plain_words(name)


def _plain_words(name: str) -> list[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.findall(r"[a-z]+", re.sub(r"['’`-]", "", bare.lower()))


def _romanise(syllable: str) -> str:
    number = ord(syllable) - 0xAC00
    parts = (_INITIALS[number // 588], _VOWELS[number % 588 // 28], _FINALS[number % 28])
    return "".join(part for part in parts if part != "-")


def _fold(word: str) -> str:
    for pattern, fold in _FOLDS:
        word = re.sub(pattern, fold, word)
    return word


@lru_cache(maxsize=1)
def _surname_keys() -> frozenset[str]:
    keys = {_fold(_romanise(s)) for s in _SURNAMES_HANGUL}
    return frozenset(keys | set(_SAME_SURNAME) | set(_SAME_SURNAME.values()))
