"""When a package was signed: a timestamp (RFC 3161) of its signature, by an authority of one's own
choice. Needs the [timestamp] extra, and the network for the asking alone.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from bearwitness.errors import ExtraMissing, TimestampInvalid

_LIMIT = 1 << 20  # bytes: an answer is a few thousand
_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """What a timestamp says. Unless `by_trusted`, nothing shows that an authority said it."""

    at: datetime
    authority: str
    by_trusted: bool


def ask_for_timestamp(message: bytes, *, authority: str) -> bytes:
    """The answer (DER) of the authority at that URL to the SHA-256 of `message`, checked.

    Only the digest is sent. Raises TimestampInvalid where there is no answer or no fitting one.
    """
    known = _library()
    if not authority.startswith(("https://", "http://")):
        raise TimestampInvalid("a timestamp authority is given as a URL", where=authority)
    asked = (
        known.TimestampRequestBuilder(data=message)
        .hash_algorithm(known.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    answer = _send(asked.as_bytes(), authority)
    stamped = _decode(answer)
    if stamped.tst_info.nonce != asked.nonce:
        raise TimestampInvalid("the answer is to another question", where=authority)
    check_timestamp(message, answer)
    return answer


def check_timestamp(message: bytes, answer: bytes, *, trusted: Path | None = None) -> Stamped:
    """Raise TimestampInvalid unless the answer is a timestamp of this message.

    `trusted` is a PEM file with the certificate of who vouches for the authority. Without it the
    timestamp is compared with the message, and its own signature is not checked.
    """
    response = _decode(answer)
    certificates = [x509.load_der_x509_certificate(c) for c in response.signed_data.certificates]
    if response.tst_info.message_imprint.message != _digest(response, message):
        raise TimestampInvalid(
            "the timestamp is of something else", hint="Do not rely on the day that it names."
        )
    if trusted:
        _check_authority(response, message, certificates, _read_certificates(trusted))
    return Stamped(
        at=response.tst_info.gen_time,
        authority=next(_signers(response, certificates), "an unnamed authority"),
        by_trusted=trusted is not None,
    )


def _check_authority(
    response: Any,
    message: bytes,
    certificates: list[x509.Certificate],
    roots: list[x509.Certificate],
) -> None:
    known = _library()
    between = [certificate for certificate in certificates if certificate not in roots]
    builder = known.VerifierBuilder(roots=list(roots), intermediates=between)
    try:
        builder.build().verify(response, _digest(response, message))
    except (known.VerificationError, ValueError) as error:
        raise TimestampInvalid(
            "the timestamp was not made by the authority that is trusted",
            hint="Do not rely on the day that it names. Ask the publisher.",
        ) from error


def _signers(response: Any, certificates: list[x509.Certificate]) -> Iterator[str]:
    serials = {signer.serial_number for signer in response.signed_data.signer_infos}
    for certificate in certificates:
        if certificate.serial_number in serials:
            yield certificate.subject.rfc4514_string()


def _digest(response: Any, message: bytes) -> bytes:
    size = len(response.tst_info.message_imprint.message)
    name = {32: "sha256", 48: "sha384", 64: "sha512"}.get(size)
    if name is None:
        raise TimestampInvalid("the timestamp uses a digest that is not trusted any more")
    return hashlib.new(name, message).digest()


def _decode(answer: bytes) -> Any:
    try:
        response = _library().decode_timestamp_response(answer)
        status = int(response.status)
        if status == 0:
            response.tst_info.gen_time  # noqa: B018 - an answer without a token raises here
    except ValueError as error:
        raise TimestampInvalid(
            "the answer is no timestamp in strict DER",
            hint="Some authorities write theirs more loosely: `openssl ts -verify` may read it.",
        ) from error
    if status != 0:
        raise TimestampInvalid(f"the authority refused, with status {status}")
    return response


def _send(question: bytes, authority: str) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - http and https only, as checked above
        authority, data=question, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310
            return bytes(reply.read(_LIMIT))
    except (urllib.error.URLError, OSError) as error:
        raise TimestampInvalid(
            "the timestamp authority did not answer",
            where=authority,
            hint="Try again, or another authority: `bearwitness timestamp PACKAGE URL`.",
        ) from error


def _read_certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (ValueError, OSError) as error:
        raise TimestampInvalid(
            "this is no certificate", where=path.name, hint="Give a PEM file (.pem, .crt)."
        ) from error


def _library() -> Any:
    try:
        import rfc3161_client
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            "rfc3161-client is not installed",
            hint="Install it with: pip install 'bearwitness[timestamp]'. "
            "`openssl ts -verify` checks a timestamp without it.",
        ) from error
    return rfc3161_client
