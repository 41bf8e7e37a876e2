"""A table of page x person; each cell is a test. A page without a row here fails.

Hana is of Alice's team, and closed. 200 is the page; 302 an action that was carried out; 302> the
sign-in; 403 no right; 404 there is nothing here, which is also the answer for another team's rows.
"""

import pytest
from django.db import transaction
from tests.cast import ROLES, account, reader
from tests.web.conftest import make_hana
from tests.web.test_pages import NAMES, address, change_one

from bearwitness.casebook.wanted import Wanted
from bearwitness.records import actions

ANYONE = {"login", "second-step", "passkey-sign-in", "logout", "leave", "blank", "language"}
WHO = ("nobody", "alice", "bob", "charlie", "dina", "ana", "paul", "audrey", "adam")
#                  method  nobody alice bob charlie dina ana paul audrey adam
TABLE = """
start               GET    302>   200   200  200    200  200  302   302   302
password            GET    302>   200   200  200    200  200  200   200   200
settings            GET    302>   200   200  200    200  200  200   200   200
second-factor       GET    302>   200   200  200    200  200  200   200   200
add-code-app        GET    302>   200   200  200    200  200  200   200   200
add-passkey         GET    302>   200   200  200    200  200  200   200   200
recovery-codes      GET    302>   200   200  200    200  200  200   200   200
remove-second-factor POST  302>   404   404  404    404  404  404   404   404
end-sessions        POST   302>   302   302  302    302  302  302   302   302
confirm             GET    302>   200   200  200    200  200  200   200   200
here                POST   302>   200   200  200    200  200  200   200   200
choose-team         POST   302>   302   302  404    302  302  404   404   404
accounts            GET    302>   403   403  403    403  403  403   403   200
add-account         GET    302>   403   403  403    403  403  403   403   200
account             GET    302>   403   403  403    403  403  403   403   200
new-password        POST   302>   403   403  403    403  403  403   403   302
end-account         POST   302>   403   403  403    403  403  403   403   302
reset-second-factors GET   302>   403   403  403    403  403  403   403   200
lift-wait           POST   302>   403   403  403    403  403  403   403   302
lock-casebook       GET    302>   403   403  403    403  403  403   403   200
add-team            GET    302>   403   403  403    403  403  403   403   200
search              GET    302>   200   200  200    200  200  403   403   403
search              POST   302>   302   302  302    302  302  403   403   403
searched            GET    302>   200   200  200    200  200  403   403   403
searched            POST   302>   200   200  200    200  200  403   403   403
keep-search         POST   302>   302   302  302    302  302  403   403   403
saved-search        POST   302>   302   302  404    302  302  403   403   403
people              GET    302>   200   200  200    200  200  403   403   403
find-by-name        POST   302>   200   200  200    403  403  403   403   403
add-person          GET    302>   200   200  200    403  403  403   403   403
person              GET    302>   200   200  404    200  200  403   403   403
trajectory          GET    302>   200   200  404    200  200  403   403   403
show-names          POST   302>   200   200  404    403  403  403   403   403
open-person         POST   302>   302   302  404    403  403  403   403   403
edit-person         GET    302>   200   200  404    403  403  403   403   403
give-consent        GET    302>   200   200  404    403  403  403   403   403
withdraw-consent    POST   302>   302   302  404    403  403  403   403   403
add-interview       GET    302>   200   200  404    403  403  403   403   403
add-act             GET    302>   200   200  404    200  403  403   403   403
interviews          GET    302>   200   200  200    200  200  403   403   403
begin-interview     GET    302>   200   200  200    403  403  403   403   403
interview           GET    302>   200   200  404    200  200  403   403   403
interview           POST   302>   200   200  404    200  403  403   403   403
edit-interview      GET    302>   200   200  404    403  403  403   403   403
edit-interview      POST   302>   200   200  404    403  403  403   403   403
move-interview      POST   302>   302   403  404    403  403  403   403   403
add-comment         POST   302>   302   302  404    302  403  403   403   403
code-act            POST   302>   302   302  404    302  403  403   403   403
act                 GET    302>   200   200  404    200  200  403   403   403
act                 POST   302>   200   200  404    200  403  403   403   403
add-evidence        GET    302>   200   200  404    200  403  403   403   403
grade-act           GET    302>   200   200  404    200  403  403   403   403
add-perpetrator     GET    302>   200   200  404    200  403  403   403   403
events              GET    302>   200   200  200    200  200  403   403   403
add-event           GET    302>   200   200  200    200  403  403   403   403
event               GET    302>   200   200  404    200  200  403   403   403
reviews             GET    302>   200   200  200    200  403  403   403   403
places              GET    302>   200   200  200    200  200  403   403   403
place               GET    302>   200   200  200    200  200  403   403   403
acts                GET    302>   200   200  200    200  200  403   403   403
sources             GET    302>   200   200  200    200  200  403   403   403
add-source          GET    302>   200   200  200    403  403  403   403   403
source              GET    302>   200   200  404    200  200  403   403   403
edit-source         GET    302>   200   200  404    403  403  403   403   403
seal-original       GET    302>   200   200  404    403  403  403   403   403
source              POST   302>   200   200  404    200  403  403   403   403
original            POST   302>   400   400  404    400  403  403   403   403
import-list         GET    302>   200   200  200    403  403  403   403   403
import-cases        GET    302>   200   200  200    403  403  403   403   403
read-date           POST   302>   200   200  200    200  200  200   200   200
history             GET    302>   200   200  404    200  200  403   403   403
history             POST   302>   200   200  404    200  403  403   403   403
ask-erasure         GET    302>   200   200  404    403  403  403   403   403
erasures            GET    302>   200   200  200    403  403  403   403   200
decide-erasure      POST   302>   403   302  404    403  403  403   403   302
audit               GET    302>   403   403  403    403  403  403   200   403
audit               POST   302>   403   403  403    403  403  403   200   403
export              GET    302>   200   200  200    403  200  403   403   403
export              POST   302>   200   200  200    403  200  403   403   403
exports             GET    302>   200   200  200    403  200  403   200   403
change-many         GET    302>   200   200  200    403  403  403   403   403
change-many         POST   302>   200   200  200    403  403  403   403   403
batches             GET    302>   200   200  200    200  200  403   403   403
batch               GET    302>   200   404  404    404  404  403   403   403
studies             GET    302>   403   403  403    403  200  200   403   403
study               GET    302>   403   403  403    403  404  404   403   403
snapshot            GET    302>   403   403  403    403  200  403   403   403
run-study           POST   302>   403   403  403    403  404  403   403   403
progress            GET    302>   403   403  403    403  404  404   403   403
verify-study        POST   302>   403   403  403    403  404  404   403   403
report              GET    302>   403   403  403    403  404  404   403   403
report-pdf          GET    302>   403   403  403    403  404  404   403   403
report-in           GET    302>   403   403  403    403  404  404   403   403
report-pdf-in       GET    302>   403   403  403    403  404  404   403   403
package             GET    302>   403   403  403    403  404  404   403   403
prepare-release     POST   302>   403   403  403    403  404  403   403   403
walk-figures        GET    302>   403   403  403    403  404  404   403   403
walk-figure         GET    302>   403   403  403    403  404  404   403   403
walk-table          GET    302>   403   403  403    403  404  404   403   403
walk-run            GET    302>   403   403  403    403  404  404   403   403
walk-rows           GET    302>   403   403  403    403  404  403   403   403
walk-person         GET    302>   403   403  403    403  404  403   403   403
walk-told           GET    302>   403   403  403    403  404  403   403   403
walk-words          GET    302>   403   403  403    403  403  403   403   403
walk-words          POST   302>   403   403  403    403  403  403   403   403
releases            GET    302>   403   403  403    403  200  200   403   403
release             GET    302>   403   403  403    403  404  404   403   403
move-release        POST   302>   403   403  403    403  404  404   403   403
release-package     GET    302>   403   403  403    403  404  404   403   403
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
SENT = {
    "find-by-name": {"name": "가상하나"},
    "search": {"text": "가상하나"},
    "withdraw-consent": {"use": "analyse"},
    "open-person": {"open": "yes"},
    "read-date": {"said": "1998"},
    "edit-interview": {"open": "yes"},
    "move-interview": {"to": "ready"},
    "decide-erasure": {"confirm": "yes"},
    "code-act": {"quote": "Lark Street", "term": "trafficking/deception"},
    "add-comment": {"text": "look at the date"},
}


def test_every_page_has_a_row():
    assert {row[0] for row in ROWS} | ANYONE == set(NAMES)
    assert all(len(row) == 2 + len(WHO) for row in ROWS)


@pytest.fixture(scope="module")
def people_and_hana(django_db_setup, django_db_blocker):
    """Made once for all cells: each test goes back to this state."""
    with django_db_blocker.unblock(), transaction.atomic():
        people, hana = {name: account(name) for name in ROLES}, make_hana()
        actions.ask_erasure(reader("alice"), hana, reason="she asked to be forgotten")
        wanted = Wanted(place="Yanji")
        actions.keep_search(reader("alice"), wanted, title="Yanji", team=hana.team_id)
        change_one(hana)
        yield people, hana
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_page_and_person(row, who, people_and_hana, db, client):
    people, hana = people_and_hana
    name, method, *answers = row
    expected = answers[WHO.index(who)]
    if who != "nobody":
        client.force_login(people[who])
    sent = SENT.get(name, {})
    if name == "choose-team":
        sent = {"team": hana.team_id}
    url = address(name, hana)
    response = client.post(url, sent) if method == "POST" else client.get(url)
    signing_in = response.status_code == 302 and response.url.startswith("/login/")
    assert f"{response.status_code}{'>' if signing_in else ''}" == expected
