"""A file that comes in to be kept as it is: it must be what its name says, and harm nobody.

Nothing here is opened or shown by bearwitness: a sealed original leaves as a download only.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from bearwitness.errors import InputError

# What starts by itself when somebody opens it. An original can be kept without being this.
RUNS = frozenset(
    "app bat cmd com cpl dll exe hta jar js jse lnk msi msp pif ps1 reg scf scr sh url vb vbe vbs "
    "wsf wsh".split()
)
# What a browser would act on. It is kept, and leaves with a name under which it is text.
ACTS_IN_A_BROWSER = frozenset("htm html mht mhtml shtml svg svgz xht xhtml xml xsl xslt".split())
# How files begin, from their formats' specifications. A name that is not here says nothing of it.
_BEGINS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "jpg": ((0, b"\xff\xd8\xff"),),
    "gif": ((0, b"GIF87a"), (0, b"GIF89a")),
    "webp": ((8, b"WEBP"),),
    "pdf": ((0, b"%PDF-"),),
    "zip": ((0, b"PK\x03\x04"),),
    "ogg": ((0, b"OggS"),),
    "flac": ((0, b"fLaC"),),
    "wav": ((8, b"WAVE"),),
    "mp4": ((4, b"ftyp"),),
    "webm": ((0, b"\x1a\x45\xdf\xa3"),),
    "mp3": ((0, b"ID3"), *((0, bytes([0xFF, low])) for low in (0xE3, 0xF2, 0xF3, 0xFA, 0xFB))),
}
_SAME = {"jpeg": "jpg", "m4a": "mp4", "m4v": "mp4", "mov": "mp4", "3gp": "mp4", "mkv": "webm"}
_SAME |= {"opus": "ogg", "oga": "ogg"}
_SAME |= dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp", "epub"), "zip")


def check_may_keep(name: str, begins: bytes) -> str:
    """The ending under which a file is kept, of its name only that. `begins`: its first bytes.

    Raises InputError for one that runs by itself, is not what its name says, or is empty.
    """
    ending = PurePath(name.replace("\\", "/")).suffix.lstrip(".").casefold()
    ending = ending if re.fullmatch("[a-z0-9]{1,8}", ending) else "bin"
    if not begins:
        raise InputError("the file is empty", hint="Ask for the file again.")
    if ending in RUNS or begins[:2] == b"MZ" or begins[:4] == b"\x7fELF":
        raise InputError(
            "this file is a program, which is not kept",
            hint="Keep a picture or a print of it, or put it on a medium and say where it lies.",
        )
    expected = _BEGINS.get(_SAME.get(ending, ending))
    if expected and not any(begins[at:].startswith(mark) for at, mark in expected):
        raise InputError(
            "this file is not what its name says",
            hint="Open it where it came from, and save it again in the format of its name.",
        )
    return ending


def name_to_leave_with(key: str, ending: str) -> str:
    """The name of a download: a number of ours, and nothing that a double click would run."""
    return f"{key}.{ending}.txt" if ending in ACTS_IN_A_BROWSER else f"{key}.{ending}"
