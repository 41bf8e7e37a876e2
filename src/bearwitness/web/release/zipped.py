"""A package as one file to send; a draft of it cannot be taken for what was published."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from django.http import HttpResponse

DRAFT = "DRAFT-NOT-PUBLISHED"
_MARK = """This is a draft, {why}. It was not published.

Do not pass it on, and do not cite it. What is published carries no such file.
"""


def send_package(package: Path, name: str, *, draft: str = "") -> HttpResponse:
    """The package as a zip, its files in the order of their names.

    `draft` says why it is one; the mark then stands in the file's name, in the name of its folder,
    and in a file beside the package, so that the package itself can still be verified.
    """
    stream = io.BytesIO()
    name = f"{_ascii(name)}-package"
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        inside = f"{DRAFT}/{name}" if draft else name
        if draft:
            _write(archive, f"{DRAFT}/{DRAFT}.txt", _MARK.format(why=draft).encode())
            archive.comment = DRAFT.encode()
        for path in sorted(p for p in package.rglob("*") if p.is_file()):
            _write(archive, f"{inside}/{path.relative_to(package).as_posix()}", path.read_bytes())
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    file = f"{DRAFT}-{name}.zip" if draft else f"{name}.zip"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _ascii(name: str) -> str:
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "study"
