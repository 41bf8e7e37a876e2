"""What makes rows easy to find again. All of it can be made anew from the rows.

`text` is spread (casebook/searched.py), and has an index of groups of three letters, which is
made in searching.py. Team and openness are those of the person, or of the event.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from bearwitness.records.models.accounts import Team
from bearwitness.records.models.cases import Interview, Owned, Person, PersonName
from bearwitness.records.models.coded import Act, Event


class NameKey(models.Model):
    """One way in which a name is found: a sound, or pinyin, whatever the script and spelling.

    A table beside the names, because a name has several keys and is itself never changed.
    """

    name = models.ForeignKey(PersonName, models.CASCADE, related_name="keys")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=220)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["key", "person"], name="people_of_a_key"),)

    def __str__(self):
        return f"key of name {self.name_id}"


class Shelf(models.Model):
    """Where the rows that a reader sees are found in order, newest or oldest first, and counted.

    `audience` is a team's number, or 0 for what is open to all. Triggers of the database keep it,
    see `records.shelving`; it is never written from here.
    """

    pk = models.CompositePrimaryKey("shelf", "audience", "number")
    shelf = models.CharField(max_length=40)
    audience = models.BigIntegerField()
    number = models.BigIntegerField()

    def __str__(self):
        return f"{self.shelf} {self.number}"


class Findable(Owned):
    text = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{type(self).__name__} {self.pk}"


class FindableName(Findable):
    name = models.OneToOneField(PersonName, models.CASCADE, primary_key=True, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["text", "person"], name="people_of_a_name"),)


_WHOSE_AND_WHEN = ("team", "is_open", "first_day", "last_day")


class Dated(Findable):
    """Days between which it was, None for an end that is not known; the place, folded."""

    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class FindableInterview(Dated):
    """`text` is what was told, and what was said of it while it was reviewed."""

    interview = models.OneToOneField(
        Interview, models.CASCADE, primary_key=True, related_name="findable"
    )

    class Meta:
        indexes = (
            models.Index(fields=["place", "team", "is_open", "interview"], name="told_at_a_place"),
            models.Index(fields=[*_WHOSE_AND_WHEN, "interview"], name="told_in_a_time"),
        )


class FindableAct(Dated):
    """`text` is where it was, what came of it, and who did it. Dates and places that the act does
    not have are its event's."""

    act = models.OneToOneField(Act, models.CASCADE, primary_key=True, related_name="findable")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", null=True)
    source_id = models.BigIntegerField(db_index=True)
    term = models.CharField(max_length=100)

    class Meta:
        # Whose they are stands in the index too: other teams' rows are passed over within it.
        indexes = (
            models.Index(fields=["term", "place", *_WHOSE_AND_WHEN, "act"], name="acts_of_a_term"),
            models.Index(fields=["place", *_WHOSE_AND_WHEN, "act"], name="acts_at_a_place"),
        )


class FindableEvent(Dated):
    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="findable")

    class Meta:
        indexes = (
            models.Index(fields=["place", "team", "is_open", "event"], name="events_at_a_place"),
        )


class SavedSearch(models.Model):
    """A search that somebody keeps for themselves; with a team, the team sees it too."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", null=True)
    title = models.CharField(max_length=60)
    wanted = models.JSONField()

    class Meta:
        ordering = ("title", "id")
        constraints = (
            models.UniqueConstraint(fields=["user", "title"], name="a_search_by_its_title"),
        )

    def __str__(self):
        return f"saved search {self.pk}"


class IndexState(models.Model):
    """One row: by which version of the code the index was made whole."""

    version = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"index of version {self.version}"
