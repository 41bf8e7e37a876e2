"""Cases of the HTCDS by their pages: in, with errors named, and out with the standard's columns."""

import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.records.test_cases import ONE, workbook
from tests.web.test_pages import body

from bearwitness.records.models import Person


def sent(path, **more):
    file = SimpleUploadedFile("my cases.xlsx", path.read_bytes())
    return {"file": file, "name": "Invented partner", "mailing_by": "label"} | more


def test_cases_come_in_and_go_out(alice, tmp_path):
    path = workbook(tmp_path / "cases.xlsx", [ONE])
    sending = sent(path, uses=["share-with-courts"])
    shown = body(alice.post(reverse("import-cases"), sending, follow=True))
    assert "1 person added." in shown
    person = Person.objects.get()
    page = body(alice.get(reverse("export", args=["people"])))
    assert reverse("export", args=["cases"]) in page
    asked = {"use": "share-with-courts", "recipient": "A court", "kind": "xlsx"}
    response = alice.post(reverse("export", args=["cases"]), asked)
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(response)))["Cases"].values)
    assert rows[0][1:5] == ("cas_CaseOwner", "prs_Salutation", "prs_FirstName", "prs_SecondName")
    assert rows[2][0] == person.code_name
    assert "가상" not in str(rows)


def test_rows_that_cannot_be_used_are_named_in_the_language_of_the_page(alice, tmp_path):
    path = workbook(tmp_path / "cases.xlsx", [ONE, {"prs_Gender": "Purple"}])
    refused = body(alice.post(reverse("import-cases"), sent(path)))
    assert "row 4 prs_Gender" in refused
    assert "Purple" not in refused
    assert not Person.objects.exists()
    sending = sent(path, leave_out="on")
    korean = {"accept-language": "ko"}
    shown = body(alice.post(reverse("import-cases"), sending, follow=True, headers=korean))
    assert "표준의 코드나 이름이 아닙니다" in shown
    assert Person.objects.count() == 1


def test_another_file_than_a_workbook_is_refused(alice):
    file = SimpleUploadedFile("cases.csv", b"a,b")
    shown = body(alice.post(reverse("import-cases"), {"file": file, "name": "x"}))
    assert "Send an XLSX file." in shown
