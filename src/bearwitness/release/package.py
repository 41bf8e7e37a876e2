"""A package a stranger can check: BagIt (RFC 8493), SHA-256, one OpenSSH signature."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bearwitness.errors import PackageChanged, PackageInvalid, SignatureInvalid
from bearwitness.release.signature import check_signature, fingerprint, public_line, sign
from bearwitness.release.words import ENGLISH, Words

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE, SIGNER, INSTRUCTIONS = f"{TAG_MANIFEST}.sig", "signer.pub", "HOW-TO-CHECK.txt"
_BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

COMMANDS = f"""sha256sum --check --strict {MANIFEST}
sha256sum --check --strict {TAG_MANIFEST}
printf 'publisher %s\\n' "$(cat key.pub)" > /tmp/allowed_signers
ssh-keygen -Y verify -f /tmp/allowed_signers -I publisher -n bearwitness-package \\
  -s {SIGNATURE} < {TAG_MANIFEST}
"""


def how_to_check(words: Words = ENGLISH) -> tuple[tuple[str, str], tuple[str, str]]:
    """In two steps, each with what is to be typed: the publisher's key, then stock tools."""
    return (
        (
            words.say(
                "Get the publisher's public key from somewhere else than this package, and save it "
                "as key.pub. The file signer.pub tells which key was used; it cannot tell whose "
                "it is."
            ),
            "",
        ),
        (
            words.say(
                "In the folder of the package, type the lines below. The first proves the files in "
                "data/, the second the list of them, the last who signed it."
            ),
            COMMANDS,
        ),
    )


def _instructions() -> str:
    (first, _), (second, commands) = how_to_check()
    steps = [fill(text, 78) for text in (f"1. {first}", f"2. {second}")]
    typed = "".join(f"   {line}\n" for line in commands.splitlines())
    top = "How to check this package with stock tools"
    return "\n\n".join([top, *steps, typed])


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A package that is as it was signed. `signed_by_expected` is False if nobody was expected."""

    fingerprint: str
    files: tuple[str, ...]
    signed_by_expected: bool


def write_package(
    folder: Path,
    payload: Mapping[str, bytes],
    *,
    info: Mapping[str, str],
    key: Ed25519PrivateKey,
) -> None:
    """Write `payload` (path below data/ to content) as a signed bag into a new `folder`.

    No clock is read: equal payload, info and key give equal bytes.
    """
    for name, content in payload.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    size = sum(map(len, payload.values()))
    lines = {**info, "Payload-Oxum": f"{size}.{len(payload)}"}
    tags = {
        "bagit.txt": _BAGIT,
        "bag-info.txt": "".join(f"{k}: {_one_line(v)}\n" for k, v in sorted(lines.items())),
        MANIFEST: _manifest({f"data/{name}": content for name, content in payload.items()}),
        SIGNER: public_line(key) + "\n",
        INSTRUCTIONS: _instructions(),
    }
    encoded = {name: text.encode() for name, text in tags.items()}
    sealed = _manifest(encoded).encode()
    encoded |= {TAG_MANIFEST: sealed, SIGNATURE: sign(sealed, key).encode()}
    for name, content in encoded.items():
        (folder / name).write_bytes(content)


def verify_package(path: Path | str, *, signer: str | None = None) -> Verified:
    """Check a package, in four steps. Raises PackageInvalid, PackageChanged, SignatureInvalid.

    1. It is a bag with one manifest of each kind and a signature.
    2. The signature is of the tag manifest, by the key inside it; the expected one if given.
    3. Every tag file is as the tag manifest says, and the payload manifest is among them.
    4. Every payload file is as its manifest says; nothing is missing, nothing was added.

    `signer` is a fingerprint (SHA256:...), a public key line, or a .pub file.
    """
    folder = Path(path)
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
    _check_nothing_added(folder, {*tags, *files, TAG_MANIFEST, SIGNATURE})
    return Verified(
        fingerprint=found, files=tuple(sorted(files)), signed_by_expected=signer is not None
    )


def pack(folder: Path, target: Path) -> Path:
    """One .zip of a package, to send."""
    return Path(shutil.make_archive(str(target.with_suffix("")), "zip", folder))


def _check_parts(folder: Path) -> None:
    if not folder.is_dir():
        raise PackageInvalid(
            "a package is a folder", where=folder.name, hint="Unpack the archive first."
        )
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
    import base64
    import binascii

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


def _manifest(files: Mapping[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items())
    return "".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[66:]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
