"""The ledger of releases: all that was ever printed of some people, each entry sealing the last.

One JSON line an entry, appended when a release is published and never changed. A line holds the
SHA-256 of the line before it, so that none can be changed, taken out or put in between unseen. It
holds nothing that was not printed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from bearwitness.errors import LedgerBroken
from bearwitness.release.disclosure.printed import Entry, from_json, to_json

FILE_NAME = "releases.jsonl"
_FIRST = "0" * 64


def read_ledger(folder: Path) -> tuple[Entry, ...]:
    """All entries, oldest first; none where nothing was released yet.

    Raises LedgerBroken naming the first line that does not follow from the one before.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return ()
    entries, last = [], _FIRST
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{FILE_NAME} line {number}"
        try:
            content = json.loads(line)
            entry = from_json(content["entry"])
        except (ValueError, KeyError, TypeError) as error:
            raise _broken("this line cannot be read", where) from error
        if content.get("previous") != last:
            raise _broken("this line does not follow from the one before", where)
        last = _digest(line)
        entries.append(entry)
    return tuple(entries)


def append_to_ledger(folder: Path, entry: Entry) -> str:
    """Write one entry at the end, and give its digest. It is on the disk when this returns."""
    read_ledger(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    line = json.dumps(
        {"previous": ledger_head(folder), "entry": to_json(entry)},
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    with path.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return _digest(line)


def ledger_head(folder: Path) -> str:
    """The digest of the last line: what to write down elsewhere, so that a cut end is seen too."""
    path = folder / FILE_NAME
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return _digest(lines[-1]) if lines else _FIRST


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _broken(message: str, where: str) -> LedgerBroken:
    return LedgerBroken(
        message,
        where=where,
        hint="Put the ledger back from a copy. Without it nobody knows what the last releases "
        "leave open, and nothing more may be released.",
    )
