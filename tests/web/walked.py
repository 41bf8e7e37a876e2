"""A study from a casebook of invented people, two lists and acts in it, run once for many tests."""

from datetime import date

from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.coding import Quote
from bearwitness.pipeline import run_study
from bearwitness.records import actions
from bearwitness.records.models import Person, PersonName, Record, Source
from bearwitness.records.snapshot import snapshot

TODAY = date.today()
FAMILY, GIVEN = "가나다라마바", "하율서윤준호"  # syllables; nobody is called so
WORDS = "Fictional words about a fictional Lark Street."
STUDY = """
title = "A study to walk through (fictional)"
population = "invented people"
period = "2014"
place = "an invented river"
date = "2026-11-25"
fictional = true

[[lists]]
name = "casebook"
file = "casebook.csv"
columns = { record = "record", names = ["names"], aliases = "alias", sex = "sex", birth = "birth" }

[[lists]]
name = "harbour"
file = "harbour.csv"
columns = { record = "record", names = ["names"], aliases = "alias", sex = "sex", birth = "birth" }

[acts]
file = "acts.table.csv"

[estimation]
methods = ["independence"]
headline = "independence"
replicates = 20

[linkage]
draws = 2

[release]
threshold = 2
rounding = 1
threshold_reason = "everybody in it is invented"

[[figures]]
id = "recorded"
kind = "observed"
statement = "{value} people are on at least one list"
unit = "person"

[[figures]]
id = "total"
kind = "estimate"
method = "independence"
statement = "an estimated {value} people in all"
unit = "person"

[[figures]]
id = "deceived"
kind = "count"
table = "acts"
where = { type = "trafficking/deception" }
statement = "{value} people were deceived"
unit = "person"

[[figures]]
id = "cited"
kind = "cited"
value = 40
population = "invented people, as somebody else counts them"
statement = "{value} people, somebody else says"
unit = "person"
source = "an invented report"
"""


def make_people(number=14):
    """People of Alice's team with consent, an interview and an act; most on a second list too."""
    alice, people = reader("alice"), []
    for n in range(number):
        text = f"{FAMILY[n % 6]}{GIVEN[(n * 5) % 6]}{GIVEN[(n * 3 + n // 6) % 6]}"
        names, said = [Name(text=text)], {"birth": str(1960 + 2 * n), "sex": "female"}
        person = actions.add_person(alice, names=names, said=said)
        yes = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}
        actions.give_consent(alice, person, uses=[Use.RECORD, Use.ANALYSE], **yes)
        told = {"held_on": "2026-11", "interviewer": "Alice", "language": "ko", "text": WORDS}
        told = actions.add_interview(alice, person, **told)
        quote = Quote(exact="fictional Lark Street")
        facts = {"term": "trafficking/deception", "source": told.source, "evidence": [quote]}
        actions.add_act(alice, person, **facts)
        people.append(person)
    _second_list(people[4:])
    return people


def _second_list(people):
    team = people[0].team
    facts = {"kind": Source.Kind.LIST, "title": "Harbour", "received_at": TODAY, "team": team}
    harbour = Source.objects.create(list_name="harbour", **facts)
    for person in people:
        kept = {"sex": "female", "birth": person.birth, "ref": person.code_name}
        Record.objects.create(source=harbour, person=person, **kept)
        name = person.names.first()
        again = {"text": name.text, "script": name.script, "kind": name.kind}
        PersonName.objects.create(person=person, source=harbour, **again)


def freeze_and_run(folder, key):
    """The snapshot of all who agree, into a study that is then run."""
    snapshot(reader("ana"), folder / "frozen", on=TODAY)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return run_study(folder, key_path=key)


def of_code_name(code_name):
    return Person.objects.get(code_name=code_name)
