"""A team lead sees what waits for whom, of their own teams only."""

from django.urls import reverse
from tests.cast import account, reader
from tests.web.conftest import make_hana
from tests.web.test_pages import body

from bearwitness.casebook.review import State
from bearwitness.records import actions, queries


def handed_in(reviewer=""):
    told = make_hana().interviews.get()
    actions.move_interview(reader("alice"), told, to=State.READY, reviewer=reviewer)
    return told


def rows(response):
    return {row["name"]: (row["waits"], row["drafts"]) for row in response.context["rows"]}


def test_what_waits_for_whom_and_what_for_nobody(alice):
    dina = account("dina")
    given, free = handed_in("dina"), handed_in()
    make_hana()  # still a draft
    page = alice.get(reverse("reviews"))
    assert rows(page) == {"alice": (0, 1), "dina": (1, 0)}
    assert page.context["unassigned"] == 1
    hers = body(alice.get(reverse("reviews"), {"of": dina.pk}))
    assert reverse("interview", args=[given.pk]) in hers
    assert reverse("interview", args=[free.pk]) not in hers
    nobodys = body(alice.get(reverse("reviews"), {"of": "0"}))
    assert reverse("interview", args=[free.pk]) in nobodys
    assert reverse("interview", args=[given.pk]) not in nobodys


def test_nothing_of_another_team_even_if_they_opened_it(client, db):
    account("dina")
    told = handed_in("dina")
    actions.open_person(reader("alice"), told.person)
    client.force_login(account("charlie"))
    page = client.get(reverse("reviews"), {"of": account("dina").pk})
    assert rows(page) == {"charlie": (0, 0)}
    assert (page.context["unassigned"], page.context["elsewhere"]) == (0, 0)
    assert "waiting" not in page.context


def test_what_waits_for_an_account_that_ended_is_not_lost_from_sight(alice):
    dina = account("dina")
    handed_in("dina")
    dina.is_active = False
    dina.save()
    assert alice.get(reverse("reviews")).context["elsewhere"] == 1


def test_the_first_that_were_written_down_stand_first(alice):
    told = [handed_in() for _ in range(3)]
    assert queries.waiting_for(reader("alice"), "", most=2) == told[:2]
