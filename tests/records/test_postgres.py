"""The same tests of records and web on PostgreSQL, and writers who meet there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVER = os.environ.get("BEARWITNESS_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")
TESTS = Path(__file__).parents[1]

WRITERS = """
import threading

import pytest
from django.db import connection

from tests.cast import reader

from bearwitness.casebook import Name
from bearwitness.casebook.guesses import PASSWORD
from bearwitness.errors import NotPermitted
from bearwitness.records import actions
from bearwitness.records.audit import verify_audit
from bearwitness.records.models import Person
from bearwitness.records.release_guards import remove_guards
from bearwitness.records.signing_in import Try
from bearwitness.records.triggers import remove_triggers


@pytest.mark.django_db(transaction=True)
def test_writers_stand_in_line():
    before, failed = verify_audit(), []
    writer = reader("alice")

    def write(number):
        try:
            for _ in range(10):
                actions.add_person(writer, names=[Name(text="가상하나")], said={})
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor == "postgresql"
    assert not failed
    assert Person.objects.count() == 80
    assert verify_audit() >= before + 80
    remove_triggers(connection)  # or the audit would refuse to be emptied after the test
    remove_guards(connection)


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_at_once_do_not_all_pass():
    passed, refused, beginning = [], [], threading.Barrier(12)

    def guess(number):
        beginning.wait()
        try:
            Try(PASSWORD, "alice", f"10.0.0.{number}").count()
            passed.append(number)
        except NotPermitted:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), len(refused)) == (PASSWORD.free, 12 - PASSWORD.free)
"""


@pytest.fixture(scope="module", autouse=True)
def server():
    psycopg = pytest.importorskip("psycopg", reason="the extra [postgres] is not installed")
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {SERVER}")


def run_tests(*what):
    """In a process of its own: Django has one default database, chosen at its start."""
    name = f"bearwitness_{os.getpid()}"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            *map(str, what),
        ],
        env=os.environ | {"BEARWITNESS_DATABASE_URL": f"{SERVER}/{name}"},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_records_and_web_pass_on_postgresql():
    names = ("records", "access", "acts", "consent", "filling", "history", "review", "search")
    files = [TESTS / "records" / f"test_{name}.py" for name in names]
    files += [
        TESTS / "web" / f"test_{name}.py" for name in ("pages", "releases", "signing_in", "walk")
    ]
    run_tests(*files)


def test_eight_writers_at_once_leave_one_unbroken_chain(tmp_path):
    (tmp_path / "test_writers.py").write_text(WRITERS, encoding="utf-8")
    run_tests("-c", TESTS.parent / "pyproject.toml", tmp_path / "test_writers.py")
