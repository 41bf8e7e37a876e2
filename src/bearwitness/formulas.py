"""Text that a spreadsheet would run, made harmless, and made itself again when it comes back.

A cell that begins like a formula gets one quote mark in front. OWASP, "CSV Injection", names the
beginnings: = + - @, tab, carriage return, line feed, and the full-width forms of the first four;
we add blanks before any of them, which some programs trim. A cell with quote marks before such a
beginning gets one more, so that taking one away always gives back what was there.
"""

from __future__ import annotations

import re

_RISKY = re.compile("'*(?:[\\s\ufeff\u200b]*[=+\\-@＝＋－＠]|[\t\r\n\x00])")


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet runs. `unguard` undoes it, for every text."""
    return "'" + text if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """What was guarded; any other text as it is."""
    return text[1:] if text[:1] == "'" and _RISKY.match(text, 1) else text
