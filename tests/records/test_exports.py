"""A file that leaves holds nobody who did not agree to its use, and the audit tells of it."""

import hashlib
import io
import json
import tempfile
from datetime import date
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.leaving import NAMED_USES, USES_OUT
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.coding import Quote
from bearwitness.errors import ConsentMissing, FileTooLarge, NotPermitted, RecordsError
from bearwitness.formulas import guard, unguard
from bearwitness.intake import Format, read_rows, write_rows
from bearwitness.intake.workbook import LONGEST_CELL
from bearwitness.records import actions, queries
from bearwitness.records.audit import verify_audit
from bearwitness.records.exporting import LISTS, Asked, export_list, file_name
from bearwitness.records.history import verify_history
from bearwitness.records.importing import import_list
from bearwitness.records.models import AuditEntry, Export, HandedOut

TODAY = date.today()
ABOUT_NOBODY = {"audit"}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.BEARWITNESS_HOME = tmp_path / "home"


def somebody(who, name, uses, mark):
    """A person, an interview, an act in an event, each of which can be told by `mark`."""
    asking = reader(who)
    person = actions.add_person(asking, names=[Name(text=name)], said={"origin": f"Origin {mark}"})
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}
    actions.give_consent(asking, person, uses={Use.RECORD, *uses}, **yes)
    told = {"held_on": "2026", "interviewer": f"Asker {mark}", "language": "ko"}
    told |= {"text": f"Words {mark} here.", "place": f"Room {mark}"}
    told = actions.add_interview(asking, person, **told)
    event = actions.add_event(asking, title=f"Event {mark}", place=f"Square {mark}")
    by = [Perpetrator(kind="unknown", description=f"a broker {mark}")]
    facts = {"term": "trafficking/deception", "source": told.source, "event": event}
    facts |= {"said": {"place": f"Road {mark}"}, "perpetrators": by}
    actions.add_act(asking, person, evidence=[Quote(exact=f"Words {mark}")], **facts)
    return person


def exported(who="alice", listed="people", *, kind=Format.CSV, **asked):
    asked = {"use": Use.SHARE_WITH_COURTS, "recipient": "a court"} | asked
    with tempfile.TemporaryFile() as stream:
        export = export_list(reader(who), stream, Asked(listed=listed, kind=kind, **asked))
        return export, stream.read()


def text_of(content, kind):
    if kind is not Format.XLSX:
        return content.decode("utf-8")
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(str(cell) for page in book for row in page.values for cell in row)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize("listed", sorted(set(LISTS) - ABOUT_NOBODY))
def test_every_list_holds_those_who_agreed_to_the_use_and_nobody_else(listed, kind):
    """Walks every list there is: one that does not ask for consent fails here."""
    yes = somebody("alice", "가상하나", [Use.SHARE_WITH_COURTS], "YYY")
    others = set(Use) - {Use.SHARE_WITH_COURTS}
    no = somebody("alice", "가상둘이", others, "NNN")
    theirs = somebody("charlie", "가상세이", Use, "TTT")
    actions.open_person(reader("charlie"), theirs)  # for reading, not for handing on
    export, content = exported(listed=listed, kind=kind, names=True, words=True)
    text = text_of(content, kind)
    assert yes.code_name in text or "YYY" in text
    for secret in (no.code_name, theirs.code_name, "NNN", "TTT", "가상둘이", "가상세이"):
        assert secret not in text, f"{listed} as {kind} betrays somebody who did not agree"
    assert export.left_out == 1
    if LISTS[listed].person:
        assert {row.person for row in HandedOut.objects.all()} == {yes}


@pytest.mark.django_db
@pytest.mark.parametrize(("listed", "kind"), list(product(sorted(LISTS), Format)))
def test_no_list_holds_a_name_or_words_that_were_not_asked_for(listed, kind):
    somebody("alice", "가상하나", Use, "YYY")
    asked = {"use": None} if listed in ABOUT_NOBODY else {}
    who = "audrey" if listed in ABOUT_NOBODY else "alice"
    text = text_of(exported(who, listed, kind=kind, **asked)[1], kind)
    for secret in ("가상하나", "Words", "Asker"):
        assert secret not in text


@pytest.mark.django_db
def test_a_row_that_rests_on_two_people_leaves_only_where_both_agreed():
    teller = somebody("alice", "가상하나", [Use.SHARE_WITH_UN], "AAA")
    other = somebody("alice", "가상둘이", [Use.SHARE_WITH_COURTS], "BBB")
    event = actions.add_event(reader("alice"), title="Both")
    facts = {"term": "trafficking/transfer", "source": teller.interviews.get().source}
    facts |= {"event": event, "evidence": [Quote(exact="Words AAA")]}
    named = [Perpetrator(kind="person", code_name=teller.code_name)]
    actions.add_act(reader("alice"), other, perpetrators=named, **facts)
    for use in (Use.SHARE_WITH_COURTS, Use.SHARE_WITH_UN):
        assert b"trafficking/transfer" not in exported(listed="acts", use=use)[1]
        assert b"Both" not in exported(listed="events", use=use)[1]
    # In an act of somebody who agreed, whoever did not is not named as who did it.
    actions.add_perpetrator(reader("alice"), other.acts.first(), named[0])
    text = exported(listed="acts")[1].decode()
    assert "a person on record" in text
    assert teller.code_name not in text


@pytest.mark.django_db
def test_an_export_is_on_record_with_who_what_count_and_digest():
    hana = somebody("alice", "가상하나", [Use.SHARE_WITH_COURTS], "YYY")
    export, content = exported(recipient="  the court of Plum ")
    assert export.digest == hashlib.sha256(content).hexdigest()
    assert (export.by, export.rows, export.left_out) == ("alice", 1, 0)
    assert export.recipient == "the court of Plum"
    entry = AuditEntry.objects.last()
    assert (entry.by, entry.action, entry.object_id) == ("alice", "export", str(export.pk))
    assert {"rows", "digest", "use", "recipient", "listed"} <= set(entry.changed)
    assert list(queries.handed_out(reader("bob"), hana)) == [export]
    assert list(queries.exports(reader("bob"))) == []
    assert list(queries.exports(reader("audrey"))) == [export]
    verify_audit(), verify_history()
    assert file_name(export) == f"bearwitness-people-{export.at:%Y-%m-%d}-{export.pk}.csv"


@pytest.mark.django_db
def test_whoever_withdraws_is_in_no_later_export():
    hana = somebody("alice", "가상하나", [Use.SHARE_WITH_COURTS], "YYY")
    assert hana.code_name in exported()[1].decode()
    actions.withdraw_consent(reader("alice"), hana, use=Use.SHARE_WITH_COURTS)
    with pytest.raises(ConsentMissing, match="no row"):
        exported()
    assert Export.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "asked", "why"),
    [
        ("alice", {"use": Use.RECORD}, "lets no file leave"),
        ("alice", {"use": None}, "what the file is for"),
        ("alice", {"recipient": " "}, "needs a recipient"),
        ("alice", {"use": Use.ANALYSE, "names": True}, "neither names nor words"),
        ("alice", {"use": Use.PUBLISH_WITHOUT_NAME, "words": True}, "neither names nor words"),
        ("ana", {"names": True}, "right 'names'"),
        ("ana", {"words": True}, "right 'words'"),
        ("dina", {}, "right 'export'"),
        ("audrey", {}, "right 'see'"),
        ("alice", {"listed": "audit", "use": None}, "right 'audit'"),
        ("alice", {"listed": "teams"}, "no such list"),
        ("alice", {"filters": {"name": "x"}}, "no filter"),
    ],
)
def test_what_is_refused_leaves_no_trace_of_a_file(who, asked, why):
    somebody("alice", "가상하나", Use, "YYY")
    with pytest.raises((NotPermitted, RecordsError), match=why):
        exported(who, **asked)
    assert not Export.objects.exists()


def test_every_use_that_may_name_may_leave_and_being_recorded_is_no_leave():
    assert set(USES_OUT) == set(Use) - {Use.RECORD}
    assert set(USES_OUT) > NAMED_USES


@pytest.mark.django_db
def test_a_filter_and_marked_rows_narrow_the_file():
    one = somebody("alice", "가상하나", Use, "AAA")
    two = somebody("alice", "가상둘이", Use, "BBB")
    filtered = exported(filters={"code_name": one.code_name})[1].decode()
    assert one.code_name in filtered
    assert two.code_name not in filtered
    marked = exported(numbers=[two.pk])[1].decode()
    assert one.code_name not in marked
    assert two.code_name in marked
    assert exported(listed="interviews", filters={"state": "draft"})[0].rows == 2
    with pytest.raises(ConsentMissing):
        exported(listed="interviews", filters={"state": "reviewed"})


@pytest.mark.django_db
def test_an_export_of_people_comes_in_again_as_a_list_with_the_same_names(tmp_path):
    hana = somebody("alice", "=가상하나", [Use.SHARE_WITH_COURTS], "YYY")
    for kind in Format:
        path = tmp_path / f"back.{kind}"
        path.write_bytes(exported(kind=kind, names=True)[1])
        done = import_list(reader("charlie"), path, name=f"back {kind}")
        record = done.source.records.get()
        assert (record.ref, record.origin) == (hana.code_name, "Origin YYY")
        assert record.person.names.get().text == "=가상하나"


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
) | st.builds(
    "".join, st.lists(st.sampled_from("'=+-@＝＋－＠\t\r\n \u200b\ufeff리芳a"), max_size=6)
)


@given(CELLS)
def test_a_guard_is_always_undone_and_leaves_nothing_that_runs(text):
    assert unguard(guard(text)) == text
    begins = guard(text).lstrip("\ufeff\u200b").lstrip()
    assert not begins.startswith(tuple("=+-@＝＋－＠"))
    assert not guard(text).startswith(("\t", "\r", "\n"))


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=8))
def test_what_is_written_is_read_back_as_it_was(cells):
    """But for what no workbook can hold: of a workbook, the rows with such characters are passed
    over here."""
    rows = [(f"k{number}", text) for number, text in enumerate(cells)]
    for kind in Format:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"table.{kind}"
            with path.open("w+b") as stream:
                write_rows(stream, kind, columns=["a", "b"], rows=rows, about={"use": "x"})
            undo = (lambda text: text) if kind is Format.JSON else unguard
            back = [(row["a"], undo(row["b"])) for row in read_rows(path).rows]
            held = [n for n, text in enumerate(cells) if kind is not Format.XLSX or can_hold(text)]
            assert [back[n] for n in held] == [rows[n] for n in held]


def can_hold(text):
    return all(c >= " " or c in "\t\n\r" for c in text) and not set(text) & set("\ufffe\uffff")


def test_excel_sees_the_mark_of_utf8_and_a_workbook_runs_nothing():
    stream = io.BytesIO()
    rows = [("=HYPERLINK(1)", "리향"), ("#N/A", "王芳"), ("1e5", "-1")]
    write_rows(stream, Format.CSV, columns=["a", "b"], rows=rows, about={})
    assert stream.getvalue().startswith(b"\xef\xbb\xbf")
    assert "리향" in stream.getvalue().decode("utf-8-sig")
    assert '"\'=HYPERLINK(1)"' in stream.getvalue().decode("utf-8-sig")
    stream = io.BytesIO()
    write_rows(stream, Format.XLSX, columns=["a", "b"], rows=rows, about={"use": "x"})
    book = openpyxl.load_workbook(stream)
    assert {cell.data_type for row in book["rows"] for cell in row} == {"s"}
    assert book["rows"]["A3"].value == "#N/A"
    assert book["about"]["B2"].value == "x"


def test_a_text_too_long_for_a_cell_is_refused_not_cut():
    with pytest.raises(FileTooLarge, match="characters at most"):
        write_rows(io.BytesIO(), Format.XLSX, columns=["a"], rows=[["x" * 32_768]], about={})
    write_rows(io.BytesIO(), Format.XLSX, columns=["a"], rows=[["x" * LONGEST_CELL]], about={})


def test_json_says_beside_its_rows_what_they_are_for():
    stream = io.BytesIO()
    write_rows(stream, Format.JSON, columns=["a"], rows=[["리"], [2]], about={"use": 'x"y'})
    assert json.loads(stream.getvalue()) == {"use": 'x"y', "records": [{"a": "리"}, {"a": 2}]}
