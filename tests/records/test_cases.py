"""Cases of the HTCDS come in as they were written, and what goes out comes in the same again."""

import io
import itertools
import tempfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.coding import Quote, load_vocabulary
from bearwitness.errors import InputError, NotATable
from bearwitness.formulas import unguard
from bearwitness.intake import Format
from bearwitness.intake.htcds import (
    JOINED,
    NEITHER_YES_NOR_NO,
    NOT_A_DATE,
    NOT_IN_LIST,
    REPEATED,
    columns,
    read_cases,
    standard,
    write_cases,
)
from bearwitness.records import actions
from bearwitness.records.cases import full_name, import_cases
from bearwitness.records.exporting import Asked, export_list
from bearwitness.records.models import AuditEntry, Consent, FindableAct, Person, Statement

TODAY = date.today()
COLUMNS = columns()
_names = itertools.count()


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.BEARWITNESS_HOME = tmp_path / "home"


def workbook(path, rows, *, labels=None, names=None):
    """A workbook in the layout of the standard's template."""
    book = openpyxl.Workbook()
    page = book.active
    page.append([None, *(names or COLUMNS)])
    page.append([None, *(labels or [c.label for c in COLUMNS.values()])])
    for number, row in enumerate(rows, start=1):
        page.append([number, *(row.get(name) for name in COLUMNS)])
    page.append([len(rows) + 1])  # the template numbers rows in advance
    book.save(path)
    return path


def handed_out(who="alice", **asked):
    asked = {"use": Use.SHARE_WITH_UN, "recipient": "x", "names": True, "words": True} | asked
    with tempfile.TemporaryFile() as stream:
        export_list(reader(who), stream, Asked(listed="cases", kind=Format.XLSX, **asked))
        return stream.read()


def rows_of(content):
    page = openpyxl.load_workbook(io.BytesIO(content))["Cases"]
    return [
        ["" if v is None else v.date().isoformat() if isinstance(v, datetime) else v for v in row]
        for row in page.iter_rows(min_row=3, max_col=39, values_only=True)
    ]


ONE = {
    "prs_FirstName": "하나",
    "prs_SecondName": "가상",
    "con_Consent": "Yes",
    "prs_Birthdate": datetime(1990, 5, 1),
    "prs_Gender": "transgender feminine",
    "prs_Citizenship": "China, KP",
    "vic_TypeOfExploitation": "Forced marriage; ForcedLabour; Other",
    "vic_ForcedLabourIndustry": "Water supply; sewerage, waste management and remediation",
    "vic_MethodsOfControl": "DebtBondage TakesEarnings",
    "vic_LocationOfRecruitment": "Harbour (invented)",
    "vic_LocationOfExploitation": "Lark Street (invented)",
    "cas_Status": "Active",
}


@pytest.mark.django_db
def test_a_workbook_comes_in_with_its_people_acts_consents_and_every_cell_as_written(tmp_path):
    path = workbook(tmp_path / "cases.xlsx", [ONE, {"prs_Gender": "Masculine"}])
    done = import_cases(reader("alice"), path, name="harbour", uses=[Use.SHARE_WITH_UN])
    assert (done.added, done.source.list_name) == (2, "harbour")
    hana, other = Person.objects.order_by("pk")
    assert (hana.sex, hana.birth, other.sex) == ("other", "1990-05-01", "male")
    assert hana.names.get().text == "가상하나"
    assert {act.term: act.place for act in hana.acts.all()} == {
        "trafficking/recruitment": "Harbour (invented)",
        "trafficking/forced-marriage": "Lark Street (invented)",
        "trafficking/forced-labour": "Lark Street (invented)",
        "trafficking/coercion": "",
    }
    said = {s.property: (s.value, s.original) for s in Statement.objects.filter(record__ref="1")}
    assert said["prs_Citizenship"] == ("CN; KP", "China, KP")
    assert said["vic_MethodsOfControl"] == (
        "DebtBondage; TakesEarnings",
        "DebtBondage TakesEarnings",
    )
    assert len(said) == len(ONE)
    assert {c.use for c in Consent.objects.filter(person=hana)} == {"record", "share-with-un"}
    assert not other.consents.exists()  # nobody said that they agreed
    assert AuditEntry.objects.last().action == "import_list"
    assert import_cases(reader("alice"), path, name="again").added == 0
    assert FindableAct.objects.count() == 4


@pytest.mark.django_db
def test_what_cannot_be_used_is_told_by_row_and_column_and_nothing_comes_in(tmp_path):
    wrong = [
        ONE,
        {"prs_Gender": "Purple"},
        {"con_Consent": "maybe"},
        {"prs_Birthdate": "long ago"},
        {"cas_Status": "Active; Closed"},
    ]
    path = workbook(tmp_path / "cases.xlsx", wrong)
    found = read_cases(path)
    assert [(p.row, p.column, p.reason) for p in found.problems] == [
        (4, "prs_Gender", NOT_IN_LIST),
        (5, "con_Consent", NEITHER_YES_NOR_NO),
        (6, "prs_Birthdate", NOT_A_DATE),
        (7, "cas_Status", NOT_IN_LIST),
    ]
    with pytest.raises(InputError, match="row 4 prs_Gender; row 5 con_Consent") as refused:
        import_cases(reader("alice"), path)
    assert "Purple" not in str(refused.value) + refused.value.hint
    assert not Person.objects.exists()
    done = import_cases(reader("alice"), path, leave_out=True)
    assert (done.added, len(done.rejected)) == (1, 4)


def test_the_mailing_columns_of_the_template_are_read_by_what_a_person_reads(tmp_path):
    """In IOM's template the names go City, Country, State, Street, PostalCode over labels that
    go Street, City, State/Province, Zip/Postal Code, Country."""
    labels = [c.label for c in COLUMNS.values()]
    first = list(COLUMNS).index("prs_MailingCity")
    order = ["Street", "City", "State/Province", "Zip/Postal Code", "Country"]
    labels[first : first + 5] = [f"Mailing {word}" for word in order]
    names = [None if n == "cas_ReasonForOutgoingReferral" else n for n in COLUMNS]
    names[list(COLUMNS).index("vic_TraffickingStatusDecisionMakingOrg")] = (
        "vic_TraffickinStatusDecisionMakingOrg"
    )
    row = {"prs_MailingCity": "1 Lark Street", "cas_ReasonForOutgoingReferral": "Other"}
    row["vic_TraffickingStatusDecisionMakingOrg"] = "Police"
    path = workbook(tmp_path / "t.xlsx", [row], labels=labels, names=names)
    read = read_cases(path)
    assert read.cases[0].values == {
        "prs_MailingStreet": "1 Lark Street",
        "vic_TraffickingStatusDecisionMakingOrg": "Police",
        "cas_ReasonForOutgoingReferral": "Other",
    }
    assert "read by their labels" in read.notes[0]
    by_name = read_cases(path, mailing_by="name").cases[0].values
    assert by_name["prs_MailingCity"] == "1 Lark Street"
    agreeing = read_cases(workbook(tmp_path / "u.xlsx", [row]))
    assert agreeing.notes == ()


def test_columns_of_others_are_kept_case_numbers_differ_and_other_tables_are_refused(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append([None, "prs_First_Name", "_uuid"])
    page.append(["A", "Fictional", "u1"])
    page.append(["A", "Invented", "u2"])
    book.save(tmp_path / "kobo.xlsx")
    read = read_cases(tmp_path / "kobo.xlsx")
    assert read.cases[0].values == {"prs_FirstName": "Fictional", "_uuid": "u1"}
    assert [(p.row, p.column, p.reason) for p in read.problems] == [(3, "A", REPEATED)]
    book = openpyxl.Workbook()
    book.active.append(["id", "name"])
    book.active.append(["1", "x"])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(NotATable, match="names no field of the HTCDS"):
        read_cases(tmp_path / "list.xlsx")


def test_every_code_and_term_that_meet_exist_and_meet_back():
    terms, lists = set(), standard()["lists"]
    for way in ("comes_in", "goes_out"):
        for field, pairs in standard()[way].items():
            for left, right in pairs.items():
                code, term = (left, right) if way == "comes_in" else (right, left)
                assert code in lists[field]
                terms.add(term)
                back = standard()["comes_in"][field].get(code, term)
                assert way == "comes_in" or back in (term, "trafficking/force")
    for term in terms:
        assert load_vocabulary(term.split("/")[0]).term(term).id == term
    sexes = standard()["sex"]
    assert set(sexes["comes_in"]) == set(lists["prs_Gender"])
    assert set(sexes["goes_out"].values()) <= set(lists["prs_Gender"])
    assert (len(COLUMNS), len(lists["prs_Citizenship"])) == (38, 249)
    assert lists["prs_Citizenship"]["NA"] == "Namibia"  # NA is no missing value


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [("하나", "가상", "가상하나"), ("Hana", "Gasang", "Hana Gasang"), ("芳", "虚", "虚芳"),
     ("", "가상", "가상"), ("하나", "", "하나"), ("", "", "")],
)  # fmt: skip
def test_a_name_is_put_together_as_its_script_has_it(first, second, whole):
    assert full_name(first, second) == whole


@pytest.mark.django_db
def test_cases_coded_here_go_out_and_come_in_the_same_in_another_team(tmp_path):
    alice = reader("alice")
    said = {"sex": "female", "birth": "199X", "place": "Lark Street"}
    hana = actions.add_person(alice, names=[Name(text="가상하나")], said=said)
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}
    actions.give_consent(alice, hana, uses=[Use.RECORD, Use.SHARE_WITH_UN], **yes)
    told = {"held_on": "2026", "interviewer": "Alice", "language": "ko", "text": "Words."}
    source = actions.add_interview(alice, hana, **told).source
    facts = {"source": source, "evidence": [Quote(exact="Words")]}
    for term in ("trafficking/forced-marriage", "violence/rape", "trafficking/coercion"):
        actions.add_act(alice, hana, term=term, **facts)
    actions.add_act(alice, hana, term="trafficking/recruitment", said={"place": "Pier"}, **facts)
    first = handed_out()
    (row,) = rows_of(first)
    assert row[0] == hana.code_name
    cells = dict(zip(COLUMNS, row[1:], strict=True))
    assert cells["prs_FirstName"] == "가상하나"
    assert cells["vic_TypeOfExploitation"] == "ForcedMarriage"
    assert cells["vic_MethodsOfControl"] == "SexualAbuse"
    assert cells["vic_LocationOfRecruitment"] == "Pier"
    assert (cells["prs_Birthdate"], cells["con_Consent"]) == ("199X", "TRUE")
    (tmp_path / "out.xlsx").write_bytes(first)
    import_cases(reader("charlie"), tmp_path / "out.xlsx", uses=[Use.SHARE_WITH_UN])
    assert [r[1:] for r in rows_of(handed_out("charlie"))] == [row[1:]]
    # Once an act says something else than a statement did, the act goes out.
    theirs = Person.objects.get(team__name="Heron")
    theirs.acts.filter(term="trafficking/forced-marriage").update(term="trafficking/servitude")
    (row,) = rows_of(handed_out("charlie"))
    assert dict(zip(COLUMNS, row[1:], strict=True))["vic_TypeOfExploitation"] == "Servitude"


@pytest.mark.django_db
def test_without_names_and_words_nothing_leads_to_anybody(tmp_path):
    secret = {name: f"Secret {n}" for n, (name, c) in enumerate(COLUMNS.items()) if c.leaves}
    path = workbook(tmp_path / "cases.xlsx", [secret | {"con_Consent": "TRUE"}])
    import_cases(reader("alice"), path, uses=[Use.SHARE_WITH_UN])
    assert "Secret" not in str(rows_of(handed_out(names=False, words=False)))
    both = str(rows_of(handed_out()))
    assert all(text in both for text in secret.values())
    book = openpyxl.load_workbook(io.BytesIO(handed_out()))
    assert book.sheetnames == ["Cases", "Codes", "About"]
    assert "events" in str([cell.value for cell in book["About"]["B"]])
    lists = {str(v.sqref): v.formula1 for v in book["Cases"].data_validations.dataValidation}
    assert lists["H3:H1048576"] == "Codes!$A$2:$A$7"


TEXT = st.text(st.sampled_from("가상하나虚构 abcé=+'-,;1\n"), max_size=10).map(
    lambda text: unguard(text).strip()
)
DATES = st.sampled_from(["1990", "1990-05-01", "1990~", "199X", "[1990..1992]", "1850-02-03"])


def values(column):
    if column.kind == "date":
        return DATES
    if column.kind == "text":
        return TEXT
    if column.kind == "yes-no":
        return st.just("TRUE")
    several = 3 if column.kind == "several" else 1
    codes = st.lists(st.sampled_from(list(column.codes)), min_size=1, max_size=several, unique=True)
    return codes.map(JOINED.join)


ROWS = st.lists(
    st.fixed_dictionaries(
        {"con_Consent": st.just("TRUE")},
        optional={n: values(c) for n, c in COLUMNS.items() if n != "con_Consent"},
    ),
    min_size=1,
    max_size=3,
)


class InAndOut(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(ROWS)
    def test_a_workbook_that_comes_in_goes_out_as_it_was(self, rows):
        name = f"list {next(_names)}"
        with tempfile.TemporaryDirectory() as folder, self.settings(BEARWITNESS_HOME=Path(folder)):
            path = Path(folder) / "cases.xlsx"
            told = [[str(n), *(row.get(c, "") for c in COLUMNS)] for n, row in enumerate(rows)]
            with path.open("w+b") as stream:
                write_cases(stream, told, {"name": name})
            done = import_cases(reader("alice"), path, name=name, uses=[Use.SHARE_WITH_UN])
            numbers = [record.person_id for record in done.source.records.all()]
            back = rows_of(handed_out(numbers=numbers))
        assert [[unguard(str(v)) for v in row[1:]] for row in reversed(back)] == [
            row[1:] for row in told
        ]
