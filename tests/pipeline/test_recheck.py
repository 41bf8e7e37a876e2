"""A stranger with a package: what they can check, what not, and what gives a forger away."""

import csv
import json
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.pipeline.authority import make_authority, serving

from bearwitness.errors import (
    FigureDiffers,
    PackageChanged,
    PackageInvalid,
    RulesBroken,
    SignatureInvalid,
    TimestampInvalid,
    VerificationError,
)
from bearwitness.pipeline import init_study, run_study
from bearwitness.pipeline.recheck import check_package, told_checks
from bearwitness.release import add_timestamp, pack, write_package
from bearwitness.release.package import COMMANDS, SIGNATURE, TIMESTAMP
from bearwitness.release.signature import load_or_create_key, public_line

THREE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,{small}\n1,1,1,13\n"
WAIVED = '\n[release]\nthreshold = 1\nthreshold_reason = "invented"\nrounding = 1\n'
CITED = """
[[figures]]
id = "missed"
kind = "unseen"
method = "independence"
statement = "{value} people"
unit = "people"

[[figures]]
id = "said"
kind = "cited"
statement = "{value} people"
unit = "people"
value = 300
source = "somebody"
population = "made people"

[[figures]]
id = "twice"
kind = "composed"
formula = "2 * said"
statement = "{value} people"
unit = "people"
population = "made people"
"""


def make_package(folder, *, rules="", small=22):
    folder.mkdir(parents=True)
    table = folder / "table.csv"
    table.write_text(THREE.format(small=small), encoding="utf-8")
    study = folder / "small"
    init_study(study, [table], title="An invented study", period="2015/2019", place="nowhere")
    text = (study / "study.toml").read_text(encoding="utf-8")
    text += '\n[estimation]\nmethods = ["independence", "bic"]\nreplicates = 50\n' + rules
    (study / "study.toml").write_text(text, encoding="utf-8")
    run_study(study, key_path=folder / "key")
    return study / "output" / "package"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    rules = {"protected": ("", 7), "waived": (WAIVED + CITED, 22)}
    return {
        name: make_package(folder / name, rules=text, small=small)
        for name, (text, small) in rules.items()
    }


@pytest.fixture(params=["protected", "waived"])
def package(request, made, tmp_path):
    return shutil.copytree(made[request.param], tmp_path / "package")


@pytest.fixture
def waived(made, tmp_path):
    return shutil.copytree(made["waived"], tmp_path / "package")


@pytest.fixture
def protected(made, tmp_path):
    return shutil.copytree(made["protected"], tmp_path / "package")


def sign_again(package, changes):
    """What a forger with a key of their own can do: other content, all seals made anew."""
    payload = {
        path.relative_to(package / "data").as_posix(): path.read_bytes()
        for path in (package / "data").rglob("*")
        if path.is_file()
    }
    shutil.rmtree(package)
    write_package(package, payload | changes, info={}, key=Ed25519PrivateKey.generate())


def edited(package, name, change):
    rows = list(csv.DictReader((package / "data" / name).open(encoding="utf-8")))
    change(rows)
    lines = [",".join(rows[0])]
    lines += [",".join(f'"{v.replace(chr(34), chr(34) * 2)}"' for v in r.values()) for r in rows]
    return {name: ("\n".join(lines) + "\n").encode()}


def how(checked):
    return {one.name: (one.is_recomputed, one.how) for one in checked.again}


# What can be worked out again.


def test_a_whole_table_gives_every_estimate_again(waived):
    checked = check_package(waived)
    again = how(checked)
    assert again["estimate by independence"] == (True, "from histories.csv, to the last digit")
    assert again["estimate by bic"][0]
    assert again["figure recorded"] == (True, "as printed in histories.csv")
    assert again["figure total"] == (True, "as the estimate by independence")
    assert again["figure missed"] == (
        True, "as the estimate by independence, less the people observed"
    )  # fmt: skip
    assert again["figure twice"] == (True, "from its recipe in figures.csv")
    assert again["figure said"] == (False, "cited: compare it with its source")
    assert checked.rules == ("no count is withheld: invented",)


def test_a_protected_table_keeps_its_rules_and_says_why_estimates_cannot_be_made_again(protected):
    checked = check_package(protected)
    assert "no printed count is below 10; all are multiples of 5" in checked.rules
    assert any(rule.startswith("none of") for rule in checked.rules)
    assert how(checked)["estimate by bic"] == (
        False,
        f"{checked.rules[1].split()[2]} counts of the table of overlaps are withheld",
    )


def test_a_zip_is_checked_like_the_folder_and_is_the_same_bytes_each_time(package, tmp_path):
    first, second = (
        pack(package, tmp_path / d / "p.zip") for d in made_folders(tmp_path, "a", "b")
    )
    assert first.read_bytes() == second.read_bytes()
    assert check_package(first) == check_package(package)
    draft = tmp_path / "draft.zip"
    with zipfile.ZipFile(first) as packed, zipfile.ZipFile(draft, "w") as archive:
        for name in packed.namelist():
            archive.writestr(f"DRAFT-NOT-PUBLISHED/{name}", packed.read(name))
    assert check_package(draft) == check_package(package)


def made_folders(folder, *names):
    for name in names:
        (folder / name).mkdir()
        yield name


# What gives a forger away: seals are made anew with a key of their own.


def test_a_figure_that_its_table_does_not_bear(waived):
    def more(rows):
        rows[0]["value"] = "300"

    sign_again(waived, edited(waived, "figures.csv", more))
    with pytest.raises(FigureDiffers, match="recorded: value is printed as 300"):
        check_package(waived)


def test_an_estimate_that_its_table_does_not_give(waived):
    def more(rows):
        rows[0]["upper"] = "999"

    sign_again(waived, edited(waived, "estimates.csv", more))
    with pytest.raises(FigureDiffers, match="independence: upper is printed as 999"):
        check_package(waived)


def test_a_composed_figure_that_its_parts_do_not_give(waived):
    def more(rows):
        next(row for row in rows if row["id"] == "twice")["value"] = "700"

    sign_again(waived, edited(waived, "figures.csv", more))
    with pytest.raises(FigureDiffers, match="twice: value is printed as 700"):
        check_package(waived)


def test_a_small_count_that_is_printed_after_all(protected):
    def small(rows):
        next(row for row in rows if not row["people"])["people"] = "5"

    sign_again(protected, edited(protected, "histories.csv", small))
    with pytest.raises(RulesBroken, match="count below 10 is printed"):
        check_package(protected)


def test_a_withheld_count_that_the_rest_betrays(protected):
    # Where counts are exact, a list's total less its other sets is the withheld one.
    facts = json.loads((protected / "data" / "provenance.json").read_text(encoding="utf-8"))
    facts["release"] = {"threshold": 10, "rounding": 1}
    exact = "lists,people\na,61\nb,47\nc,52\na+b,24\na+c,27\nb+c,\na+b+c,13\n"
    exact += "all on a,125\nall on b,91\nall on c,99\non any list,231\n"
    changes = {"provenance.json": json.dumps(facts).encode(), "histories.csv": exact.encode()}
    sign_again(protected, changes)
    with pytest.raises(RulesBroken, match="can be computed from the rest"):
        check_package(protected)


def test_printed_counts_that_cannot_all_be_true(protected):
    def more(rows):
        rows[-1]["people"] = "2000"

    sign_again(protected, edited(protected, "histories.csv", more))
    with pytest.raises(RulesBroken, match="contradict one another"):
        check_package(protected)


def test_a_signature_by_a_key_that_was_not_expected(waived, made):
    expected = public_line(load_or_create_key(made["waived"].parents[2] / "key"))
    assert check_package(waived, signer=expected).verified.signed_by_expected
    sign_again(waived, {})
    assert not check_package(waived).verified.signed_by_expected
    with pytest.raises(SignatureInvalid, match="another key") as found:
        check_package(waived, signer=expected)
    assert "It was signed by SHA256:" in found.value.hint


# One byte.


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
def test_each_of_200_changed_bytes_is_found_by_verify_and_by_the_tools_in_the_report(
    made, tmp_path
):
    package = shutil.copytree(made["protected"], tmp_path / "package")
    key = public_line(load_or_create_key(made["protected"].parents[2] / "key"))
    (tmp_path / "key.pub").write_text(key + "\n")
    typed = "set -e\n" + re.sub(
        r"key\.pub|/tmp/allowed_signers", lambda m: f"../{Path(m[0]).name}", COMMANDS
    )
    stock = ["sh", "-c", typed]
    quiet = {"cwd": package, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    assert subprocess.run(stock, **quiet).returncode == 0
    draw = random.Random(20260101)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    for number in range(200):
        path = files[number % len(files)]
        before = path.read_bytes()
        place = draw.randrange(len(before))
        changed = bytes([before[place] ^ draw.randrange(1, 256)])
        path.write_bytes(before[:place] + changed + before[place + 1 :])
        with pytest.raises(VerificationError):
            check_package(package, signer=key)
        assert subprocess.run(stock, **quiet).returncode != 0, (path.name, place)
        path.write_bytes(before)
    assert subprocess.run(stock, **quiet).returncode == 0


def test_a_zip_that_was_damaged_or_leads_outside(waived, tmp_path):
    place = pack(waived, tmp_path / "p.zip")
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    with pytest.raises(PackageChanged):
        check_package(place)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../outside", b"x")
    with pytest.raises(PackageInvalid, match="outside"):
        check_package(bad)
    assert not (tmp_path.parent / "outside").exists()
    with pytest.raises(PackageInvalid, match=r"folder, or a \.zip"):
        check_package(tmp_path / "none.zip")


# When.

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("tsa") / "own")


@needs_openssl
def test_a_timestamp_is_asked_for_checked_and_checked_by_openssl_too(waived, authority):
    assert check_package(waived).verified.stamped is None
    with serving(authority) as url:
        stamped = add_timestamp(waived, authority=url)
    assert (stamped.authority, stamped.by_trusted) == ("CN=Invented Timestamps", False)
    trusted = check_package(waived, authority=authority / "root.pem").verified.stamped
    assert trusted.by_trusted and trusted.at == stamped.at
    checked = subprocess.run(
        ["openssl", "ts", "-verify", "-data", SIGNATURE, "-in", TIMESTAMP,
         "-CAfile", authority / "root.pem"],
        cwd=waived, capture_output=True, text=True,
    )  # fmt: skip
    assert "Verification: OK" in checked.stdout, checked.stderr
    assert any(line.startswith("timestamp") for line in told_checks(check_package(waived)))


@needs_openssl
def test_a_timestamp_of_something_else_or_by_somebody_else(waived, authority, tmp_path):
    with serving(authority) as url:
        add_timestamp(waived, authority=url)
    other = make_authority(tmp_path / "other")
    assert check_package(waived, authority=authority / "root.pem").verified.stamped.by_trusted
    with pytest.raises(TimestampInvalid, match="not made by the authority"):
        check_package(waived, authority=other / "root.pem")
    stamp = (waived / TIMESTAMP).read_bytes()
    sign_again(waived, {})
    (waived / TIMESTAMP).write_bytes(stamp)
    with pytest.raises(TimestampInvalid, match="of something else"):
        check_package(waived)


@needs_openssl
def test_an_authority_that_answers_nonsense_or_not_at_all(waived, authority, monkeypatch):
    with serving(authority) as url:
        pass
    with pytest.raises(TimestampInvalid, match="did not answer"):
        add_timestamp(waived, authority=url)
    monkeypatch.setattr("bearwitness.release.timestamp._send", lambda *_: b"<html>no</html>")
    with pytest.raises(TimestampInvalid, match="no timestamp"):
        add_timestamp(waived, authority=url)
    with pytest.raises(TimestampInvalid, match="as a URL"):
        add_timestamp(waived, authority="file:///etc/passwd")
    assert not (waived / TIMESTAMP).exists()


# What machines read.


def test_the_crate_names_every_file_and_where_it_came_from(package):
    data = package / "data"
    crate = json.loads((data / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    files = {p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file()}
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    assert parts == files - {"ro-crate-metadata.json"}
    for name in parts:
        assert int(graph[name]["contentSize"]) == (data / name).stat().st_size
    run = graph[graph["./"]["mentions"]["@id"]]
    assert graph[run["instrument"]["@id"]]["name"] == "bearwitness"
    names = {graph[entity["@id"]]["name"] for entity in run["object"]}
    assert names >= {"frozen/table.csv", "study.toml"}


def test_the_data_package_describes_every_column_of_every_table(package):
    data = package / "data"
    told = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    read = {"integer": int, "number": float, "string": str}
    by_path = {resource["path"]: resource for resource in told["resources"]}
    assert set(by_path) == {p.relative_to(data).as_posix() for p in data.rglob("*.csv")}
    for path, resource in by_path.items():
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        rows = list(csv.DictReader((data / path).open(encoding="utf-8")))
        fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert list(fields) == list(rows[0])
        for row in rows:
            for name, cell in row.items():
                assert cell == "" or read[fields[name]](cell) is not None
        keys = [tuple(row[k] for k in resource["schema"].get("primaryKey", fields)) for row in rows]
        assert len(set(keys)) == len(keys)


def test_the_command_says_what_was_checked(package, tmp_path):
    place = pack(package, tmp_path / "p.zip")
    command = [sys.executable, "-m", "bearwitness", "verify", str(place)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "files are as they were signed by SHA256:" in done.stdout
    assert re.search(r"^recomputed +figure recorded: as printed", done.stdout, re.MULTILINE)
    facts = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True).stdout)
    assert facts["intact"] and facts["numbers"][0]["name"].startswith("estimate by")
