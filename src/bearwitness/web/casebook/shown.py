"""What several pages of the casebook show: a person, their consents, an act in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from bearwitness.casebook.rights import Right
from bearwitness.coding import vocabulary_of
from bearwitness.records import queries
from bearwitness.records.access import check_may_write
from bearwitness.records.granting import grant_of
from bearwitness.web.casebook import forms
from bearwitness.web.drafts import DraftedPage
from bearwitness.web.pages import found, language_tag


def person_of(request, code_name: str):
    return found(queries.person, request.reader, code_name)


def consents_of(reader, person):
    """One line a use: its label, and the consent in force or None."""
    today = localdate()
    rows = list(queries.consents(reader, person))
    in_force = {row.use: row for row in rows if grant_of(row).is_in_force(today)}
    earlier = {row.use for row in rows} - in_force.keys()
    return [
        {
            "use": use.value,
            "label": label,
            "short": forms.USE_WORDS[use],
            "row": in_force.get(use),
            "ended": use in earlier,
        }
        for use, label in forms.USE_LABELS.items()
    ]


def act_of(act):
    """An act's row with its term in the reader's language."""
    term = vocabulary_of(act.term).term(act.term)
    tag = language_tag()
    definition = term.definitions.get(tag, term.definitions["en"])
    return {"row": act, "label": term.label(tag), "definition": definition}


class OfPerson(DraftedPage):
    """A form about one person, whose consents stand beside it."""

    right = Right.RECORD
    template_name = "web/casebook/person_form.html"

    @cached_property
    def person(self):
        person = person_of(self.request, self.kwargs["code_name"])
        check_may_write(self.reader, person)
        return person

    def back(self):
        return reverse("person", args=[self.person.code_name])

    def get_context_data(self, **context):
        facts = {"person": self.person, "consents": consents_of(self.reader, self.person)}
        return super().get_context_data(**facts | context)
