"""The cast: Alice interviews, Bob looks on. Hana is invented, and so is every word she says."""

from datetime import date

import pytest
from tests.cast import account, reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.casebook.rights import Role
from bearwitness.coding import Quote
from bearwitness.records import actions

TODAY = date.today()
NAME, ALIAS, WORDS = "가상하나", "虚构一", "Fictional words about a fictional Lark Street."


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.BEARWITNESS_HOME = tmp_path / "home"
    settings.BEARWITNESS_STUDIES = tmp_path / "studies"
    settings.BEARWITNESS_STUDIES.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings.BEARWITNESS_HOME


@pytest.fixture
def alice(db, client):
    """A signed-in client; its user is alice, who does everything in a small organisation."""
    client.force_login(account("alice", *Role))
    return client


@pytest.fixture
def hana(db):
    return make_hana()


def make_hana():
    """A person with two names, consents, an interview and an act, recorded by Alice."""
    alice = reader("alice")
    names = [Name(text=NAME), Name(text=ALIAS, kind="name-in-china")]
    person = actions.add_person(alice, names=names, said={"birth": "199X", "sex": "female"})
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}
    actions.give_consent(alice, person, uses=[Use.RECORD, Use.ANALYSE], **yes)
    told = {"held_on": "2026-11", "interviewer": "Alice", "language": "ko", "text": WORDS}
    told = actions.add_interview(alice, person, **told)
    facts = {"term": "trafficking/deception", "source": told.source}
    facts |= {"event": actions.add_event(alice, title="A crossing", date="2014-21")}
    facts |= {"perpetrators": [Perpetrator(kind="unknown", description="a broker")]}
    actions.add_act(alice, person, evidence=[Quote(exact="fictional Lark Street")], **facts)
    return person
