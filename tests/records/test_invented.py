"""The invented casebook is a whole casebook: consents, states, acts on words, an unbroken audit."""

import pytest

from bearwitness.casebook.review import State
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
from bearwitness.records.invented import COLLEAGUES, PASSWORD, write_invented_casebook
from bearwitness.records.models import Act, Consent, Evidence, Interview, Person

pytestmark = pytest.mark.django_db


def test_it_is_written_as_a_real_one_is_and_only_once(client):
    told = []
    assert write_invented_casebook(12, told=lambda: told.append(1))
    assert len(told) == Person.objects.count() == Interview.objects.count() == 12
    assert set(Interview.objects.values_list("state", flat=True)) == {one.value for one in State}
    assert Act.objects.count() == Evidence.objects.count() > 60
    assert set(Consent.objects.values_list("person", flat=True)) == {
        p.pk for p in Person.objects.all()
    }
    assert verify_audit() > 0
    assert verify_history() > 0
    for name in COLLEAGUES:
        assert client.login(username=name, password=PASSWORD)
    assert not write_invented_casebook(12)
    assert Person.objects.count() == 12
