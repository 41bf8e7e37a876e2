"""A stranger can check a package with stock tools, and any change is found."""

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.errors import PackageChanged, PackageInvalid, SignatureInvalid, VerificationError
from bearwitness.release import load_or_create_key, verify_package, write_package
from bearwitness.release.package import _manifest
from bearwitness.release.signature import check_signature, fingerprint, public_line, sign

PAYLOAD = {"report.html": b"<p>a report</p>", "charts/lists.svg": b"<svg/>"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
needs_ssh_keygen = pytest.mark.skipif(
    not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed"
)


@pytest.fixture
def package(tmp_path):
    write_package(tmp_path / "package", PAYLOAD, info={"Bagging-Date": "2026-01-31"}, key=KEY)
    return tmp_path / "package"


def test_a_package_is_whole_and_says_who_signed_it(package):
    verified = verify_package(package)
    assert verified.files == ("data/charts/lists.svg", "data/report.html")
    assert not verified.signed_by_expected
    assert verify_package(package, signer=verified.fingerprint).signed_by_expected
    assert verify_package(package, signer=public_line(KEY)).signed_by_expected


def test_one_byte_changed_in_any_file_is_found(package):
    for path in sorted(p for p in package.rglob("*") if p.is_file()):
        before = path.read_bytes()
        path.write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
        with pytest.raises(VerificationError):
            verify_package(package)
        path.write_bytes(before)
    verify_package(package)


def test_a_file_added_or_taken_away_is_found(package):
    (package / "data" / "more.txt").write_text("added")
    with pytest.raises(PackageChanged, match=r"more\.txt"):
        verify_package(package)
    (package / "data" / "more.txt").unlink()
    (package / "data" / "report.html").unlink()
    with pytest.raises(PackageChanged, match=r"report\.html"):
        verify_package(package)


def test_manifests_made_again_without_the_key_do_not_help(package):
    (package / "data" / "report.html").write_bytes(b"<p>another report</p>")
    files = {f"data/{n}": (package / "data" / n).read_bytes() for n in PAYLOAD}
    (package / "manifest-sha256.txt").write_text(_manifest(files))
    names = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "signer.pub", "HOW-TO-CHECK.txt")
    tags = {name: (package / name).read_bytes() for name in names}
    (package / "tagmanifest-sha256.txt").write_text(_manifest(tags))
    with pytest.raises(SignatureInvalid):
        verify_package(package)


def test_another_signer_than_the_expected_one_is_refused(package):
    other = public_line(Ed25519PrivateKey.generate())
    with pytest.raises(SignatureInvalid, match="another key"):
        verify_package(package, signer=other)


def test_a_manifest_cannot_point_outside(package):
    (package / "manifest-sha256.txt").write_text(f"{'0' * 64}  ../secret\n")
    tags = {"manifest-sha256.txt": (package / "manifest-sha256.txt").read_bytes()}
    sealed = _manifest(tags).encode()
    (package / "tagmanifest-sha256.txt").write_bytes(sealed)
    (package / "tagmanifest-sha256.txt.sig").write_text(sign(sealed, KEY))
    with pytest.raises(PackageInvalid):
        verify_package(package)


def test_what_is_no_package_is_refused(tmp_path):
    with pytest.raises(PackageInvalid, match=r"bagit\.txt"):
        verify_package(tmp_path)


def test_the_same_payload_and_key_give_the_same_bytes(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        write_package(folder, PAYLOAD, info={"Bagging-Date": "2026-01-31"}, key=KEY)
    one, two = ({p.name: p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders)
    assert one == two


def test_the_bag_is_valid_to_the_library_of_congress_tool(package):
    import bagit

    assert bagit.Bag(str(package)).is_valid()


@needs_ssh_keygen
def test_stock_tools_accept_our_package(package, tmp_path):
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--check", "--strict", manifest], cwd=package, check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"publisher {public_line(KEY)}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "publisher", "-n",
               "bearwitness-package", "-s", "tagmanifest-sha256.txt.sig"]  # fmt: skip
    with (package / "tagmanifest-sha256.txt").open() as sealed:
        done = subprocess.run(command, cwd=package, stdin=sealed, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_ssh_keygen
def test_we_accept_what_ssh_keygen_signs_and_refuse_another_namespace(tmp_path):
    key, message = tmp_path / "key", tmp_path / "message"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    message.write_bytes(b"some words")
    for namespace in ("bearwitness-package", "git"):
        signature = tmp_path / "message.sig"
        signature.unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace, message]
        subprocess.run(command, check=True, capture_output=True)
        if namespace == "git":
            with pytest.raises(SignatureInvalid, match="something else"):
                check_signature(b"some words", signature.read_text())
        else:
            blob = check_signature(b"some words", signature.read_text())
            assert fingerprint(blob).startswith("SHA256:")
    assert load_or_create_key(key)


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "settings" / "key"
    first = load_or_create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_line(load_or_create_key(path)) == public_line(first)


@given(st.binary(max_size=300))
def test_rubbish_is_no_signature(rubbish):
    with pytest.raises(SignatureInvalid):
        check_signature(b"some words", rubbish.decode("latin-1"))
