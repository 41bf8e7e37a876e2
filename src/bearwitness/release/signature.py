"""OpenSSH signatures (PROTOCOL.sshsig) with Ed25519, checkable with `ssh-keygen -Y verify`."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bearwitness.errors import SignatureInvalid, SigningFailed

NAMESPACE = "bearwitness-package"
_MAGIC, _VERSION, _HASH = b"SSHSIG", 1, b"sha512"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


def load_or_create_key(path: Path) -> Ed25519PrivateKey:
    """Read an OpenSSH Ed25519 key without passphrase; make one, readable by its owner only."""
    if path.exists():
        try:
            key = serialization.load_ssh_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise SigningFailed(
                "the signing key cannot be read, or has a passphrase",
                where=str(path),
                hint="Give an OpenSSH Ed25519 key without passphrase with --key.",
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SigningFailed("the signing key is not Ed25519", where=str(path),
                                hint="Make one: ssh-keygen -t ed25519 -N ''")  # fmt: skip
        return key
    return _create_key(path)


def _create_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    partial.replace(path)
    path.with_name(path.name + ".pub").write_text(public_line(key) + "\n", encoding="ascii")
    return key


def public_line(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """`ssh-ed25519 AAAA…`, as in a .pub file."""
    return "ssh-ed25519 " + base64.b64encode(_public_blob(key)).decode()


def fingerprint(blob: bytes) -> str:
    """`SHA256:…`, as ssh-keygen -l prints it."""
    digest = hashlib.sha256(blob).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def sign(message: bytes, key: Ed25519PrivateKey) -> str:
    """An armoured signature. The same key and message always give the same one."""
    signature = _string(b"ssh-ed25519") + _string(key.sign(_signed_data(message)))
    blob = _MAGIC + struct.pack(">I", _VERSION) + _string(_public_blob(key))
    blob += _string(NAMESPACE.encode()) + _string(b"") + _string(_HASH) + _string(signature)
    return _armour(blob)


def check_signature(message: bytes, armoured: str) -> bytes:
    """Raise SignatureInvalid unless the signature is of this message; give the signer's key."""
    try:
        public, namespace, hashing, signature = _parts(armoured)
        key = Ed25519PublicKey.from_public_bytes(_fields(public)[1])
        raw = _fields(signature)[1]
    except (ValueError, IndexError, struct.error) as error:
        raise SignatureInvalid(
            "the signature cannot be read", hint="Ask the publisher for the package again."
        ) from error
    if namespace != NAMESPACE.encode() or hashing not in (b"sha512", b"sha256"):
        raise SignatureInvalid("the signature was made for something else than a package")
    try:
        key.verify(raw, _signed_data(message, hashing))
    except InvalidSignature as error:
        raise SignatureInvalid(
            "the signature does not fit the manifest",
            hint="Do not use this package. Ask the publisher for it again.",
        ) from error
    return public


def _parts(armoured: str) -> tuple[bytes, bytes, bytes, bytes]:
    lines = armoured.strip().splitlines()
    if lines[0] != _BEGIN or lines[-1] != _END:
        raise ValueError("no armour")
    blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    if armoured != _armour(blob):
        raise ValueError("written in another way than ssh-keygen writes it")
    if not blob.startswith(_MAGIC + struct.pack(">I", _VERSION)):
        raise ValueError("no SSHSIG")
    public, namespace, _, hashing, signature = _fields(blob[len(_MAGIC) + 4 :])
    return public, namespace, hashing, signature


def _armour(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"


def _signed_data(message: bytes, hashing: bytes = _HASH) -> bytes:
    digest = hashlib.new(hashing.decode(), message).digest()
    return _MAGIC + b"".join(map(_string, (NAMESPACE.encode(), b"", hashing, digest)))


def _public_blob(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return _string(b"ssh-ed25519") + _string(raw)


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _fields(blob: bytes) -> list[bytes]:
    fields = []
    while blob:
        (size,) = struct.unpack(">I", blob[:4])
        if size > len(blob) - 4:
            raise ValueError("cut short")
        fields.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return fields
