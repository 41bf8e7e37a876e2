"""Times in a recording, as somebody reads them off its player: 12:34, 1:02:03, 95."""

from __future__ import annotations

import re

from bearwitness.errors import InputError

_PLAYER = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d{1,3})?)")


def read_time(said: str) -> float:
    """Seconds from the beginning. Raises InputError for what is no such time."""
    found = _PLAYER.fullmatch(said.strip())
    parts = [float(part) for part in found.groups() if part] if found else []
    if not parts or any(part >= 60 for part in parts[1:]):
        raise InputError(
            "this is not a time in a recording",
            hint="Write it as the player shows it: 12:34, or 1:02:03.",
        )
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    return seconds


def time_in_words(seconds: float) -> str:
    """12:34, or 1:02:03; parts of a second only where there are some."""
    whole = round(seconds, 3)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(int(minutes), 60)
    end = f"{rest:06.3f}".rstrip("0").rstrip(".") if rest % 1 else f"{int(rest):02d}"
    return f"{hours}:{minutes:02d}:{end}" if hours else f"{minutes}:{end}"
