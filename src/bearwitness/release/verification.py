"""Verification: a package is as it was signed, by whom it is expected, and when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bearwitness.errors import PackageChanged, PackageInvalid, SignatureInvalid
from bearwitness.release.package import MANIFEST, SIGNATURE, TAG_MANIFEST, TIMESTAMP
from bearwitness.release.signature import check_signature, fingerprint
from bearwitness.release.timestamp import Stamped, check_timestamp

_LARGEST = 1 << 30  # bytes a .zip may unpack to


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A package that is as it was signed. `signed_by_expected` is False if nobody was expected."""

    fingerprint: str
    files: tuple[str, ...]
    signed_by_expected: bool
    stamped: Stamped | None = None


@contextmanager
def open_package(path: Path | str) -> Iterator[Path]:
    """The package's folder; a .zip is unpacked into a folder that goes away again."""
    place = Path(path)
    if place.is_dir():
        yield place
        return
    if not place.is_file() or not zipfile.is_zipfile(place):
        raise PackageInvalid("a package is a folder, or a .zip of one", where=place.name)
    with tempfile.TemporaryDirectory() as folder:
        yield _unpack(place, Path(folder))


def verify_package(
    path: Path | str, *, signer: str | None = None, authority: Path | None = None
) -> Verified:
    """Check a package, in five steps. Raises PackageInvalid, PackageChanged, SignatureInvalid,
    TimestampInvalid.

    1. It is a bag with one manifest of each kind and a signature.
    2. The signature is of the tag manifest, by the key inside it; the expected one if given.
    3. Every tag file is as the tag manifest says, and the payload manifest is among them.
    4. Every payload file is as its manifest says; nothing is missing, nothing was added.
    5. The timestamp, if there is one, is of this signature.

    `path` is a folder or a .zip. `signer` is a fingerprint (SHA256:...), a public key line, or a
    .pub file. `authority` is a PEM file with the certificate of the timestamp authority to trust.
    """
    with open_package(path) as folder:
        return _verify(folder, signer, authority)


def _verify(folder: Path, signer: str | None, authority: Path | None) -> Verified:
    _check_parts(folder)  # 1
    sealed = (folder / TAG_MANIFEST).read_bytes()
    found = fingerprint(check_signature(sealed, _read_text(folder / SIGNATURE)))  # 2
    if signer is not None and found != _expected(signer):
        raise SignatureInvalid(
            "the package is signed by another key than the one expected",
            hint=f"It was signed by {found}. Ask the publisher by another way.",
        )
    tags = _read_manifest(folder / TAG_MANIFEST)
    if MANIFEST not in tags:
        raise PackageInvalid("the payload manifest is not under the signature", where=TAG_MANIFEST)
    _check_files(folder, tags)  # 3
    files = _read_manifest(folder / MANIFEST)
    _check_files(folder, files)  # 4
    _check_nothing_added(folder, {*tags, *files, TAG_MANIFEST, SIGNATURE, TIMESTAMP})
    return Verified(
        fingerprint=found,
        files=tuple(sorted(files)),
        signed_by_expected=signer is not None,
        stamped=_stamped(folder, authority),  # 5
    )


def _stamped(folder: Path, authority: Path | None) -> Stamped | None:
    place = folder / TIMESTAMP
    if not place.is_file():
        return None
    signature = (folder / SIGNATURE).read_bytes()
    return check_timestamp(signature, place.read_bytes(), trusted=authority)


def _unpack(place: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(place) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > _LARGEST:
                raise PackageInvalid("this unpacks to more than a package holds", where=place.name)
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if ".." in parts or entry.filename.startswith(("/", "\\")):
                    raise PackageInvalid("a file would land outside", where=place.name)
            archive.extractall(folder)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise PackageChanged(
            "the .zip is damaged", where=place.name, hint="Ask for it again."
        ) from error
    # The package may lie in a folder of its own in the .zip, and a draft in another around it.
    while not (folder / "bagit.txt").is_file():
        inner = [path for path in folder.iterdir() if path.is_dir()]
        if len(inner) != 1:
            break
        folder = inner[0]
    return folder


def _check_parts(folder: Path) -> None:
    for name in ("bagit.txt", MANIFEST, TAG_MANIFEST, SIGNATURE):
        if not (folder / name).is_file():
            raise PackageInvalid(
                "a part of the package is missing",
                where=name,
                hint="This is not a bearwitness package, or not all of it. Ask for it again.",
            )


def _read_manifest(path: Path) -> dict[str, str]:
    entries: dict[str, str] = {}
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        digest, _, name = line.partition("  ")
        parts = Path(name).parts
        if len(digest) != 64 or not parts or ".." in parts or Path(name).is_absolute():
            raise PackageInvalid("this line is no entry", where=f"{path.name} line {number}")
        entries[name] = digest
    return entries


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackageInvalid("this file should be text", where=path.name) from error


def _check_files(folder: Path, entries: Mapping[str, str]) -> None:
    for name, digest in entries.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise PackageChanged("a file is missing", where=name, hint="Ask for it again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise PackageChanged(
                "this file is not what was signed",
                where=name,
                hint="Do not use this package. Ask the publisher for it again.",
            )


def _check_nothing_added(folder: Path, known: set[str]) -> None:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (path.is_file() or path.is_symlink()) and name not in known:
            raise PackageChanged(
                "this file was added after signing", where=name, hint="Do not trust it."
            )


def _expected(signer: str) -> str:
    if signer.startswith("SHA256:"):
        return signer
    text = Path(signer).read_text(encoding="utf-8") if Path(signer).is_file() else signer
    try:
        return fingerprint(base64.b64decode(text.split()[1], validate=True))
    except (IndexError, binascii.Error) as error:
        raise SignatureInvalid(
            "the expected signer is neither a fingerprint nor a public key",
            hint="Give SHA256:..., or a .pub file.",
        ) from error
