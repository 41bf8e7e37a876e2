"""A package a stranger can check: BagIt (RFC 8493), SHA-256, one OpenSSH signature."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bearwitness.release.signature import public_line, sign
from bearwitness.release.timestamp import Stamped, ask_for_timestamp, check_timestamp
from bearwitness.release.words import ENGLISH, Words

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
SIGNATURE, SIGNER, INSTRUCTIONS = f"{TAG_MANIFEST}.sig", "signer.pub", "HOW-TO-CHECK.txt"
TIMESTAMP = f"{SIGNATURE}.tsr"
_BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

COMMANDS = f"""sha256sum --check --strict {MANIFEST}
sha256sum --check --strict {TAG_MANIFEST}
printf 'publisher %s\\n' "$(cat key.pub)" > /tmp/allowed_signers
ssh-keygen -Y verify -f /tmp/allowed_signers -I publisher -n bearwitness-package \\
  -s {SIGNATURE} < {TAG_MANIFEST}
"""
ASK_WHEN = f"openssl ts -verify -data {SIGNATURE} -in {TIMESTAMP} -CAfile authority.pem\n"


def how_to_check(words: Words = ENGLISH) -> tuple[tuple[str, str], ...]:
    """In steps, each with what is to be typed: the publisher's key, stock tools, the timestamp."""
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
        (
            words.say(
                "If there is a file whose name ends in .tsr, it tells when the package was signed. "
                "Get the certificate of the authority that made it, save it as authority.pem, and "
                "type:"
            ),
            ASK_WHEN,
        ),
    )


def _instructions() -> str:
    parts = ["How to check this package with stock tools"]
    for number, (text, commands) in enumerate(how_to_check(), start=1):
        parts.append(fill(f"{number}. {text}", 78))
        if commands:
            parts.append("".join(f"   {line}\n" for line in commands.splitlines()).rstrip())
    return "\n\n".join(parts) + "\n"


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


def pack(folder: Path, target: Path) -> Path:
    """The package as one .zip, to send: equal packages give equal bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            # The first day that a .zip can tell; no clock is read.
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(folder).as_posix()}")
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return target


def add_timestamp(folder: Path, *, authority: str) -> Stamped:
    """Ask that authority for a timestamp of the signature, and put it beside it."""
    signature = (folder / SIGNATURE).read_bytes()
    answer = ask_for_timestamp(signature, authority=authority)
    (folder / TIMESTAMP).write_bytes(answer)
    return check_timestamp(signature, answer)


def _manifest(files: Mapping[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items())
    return "".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[66:]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
