"""Who did what to whom, as the HURIDOCS Events Standard Formats have it, and the words for it."""

from __future__ import annotations

from django.db import models

from bearwitness.casebook.grades import Credibility
from bearwitness.casebook.perpetrators import PerpetratorKind
from bearwitness.records.models.cases import Owned, Person, Source


class Event(Owned):
    """What happened at one place and time. Acts are part of it."""

    title = models.CharField(max_length=200)
    date = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return self.title


class Act(models.Model):
    """One thing done to one person, of a type from a vocabulary, with its source."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="acts")
    event = models.ForeignKey(Event, models.PROTECT, related_name="acts", null=True)
    term = models.CharField(max_length=100)
    vocabulary_version = models.CharField(max_length=20)
    date = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    source = models.ForeignKey(Source, models.PROTECT)
    # Of this one thing that the source says, where it differs from the rest of it.
    credibility = models.CharField(max_length=1, choices=[(c, c) for c in Credibility], blank=True)
    author = models.CharField(max_length=150, blank=True)  # the account that coded it

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"act {self.pk}"


class Involvement(models.Model):
    """Somebody who did an act, and in which role."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="perpetrators")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in PerpetratorKind])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    description = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"involvement {self.pk}"


class Evidence(models.Model):
    """The exact words of an interview that an act rests on, or a stretch of its recording."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="evidence")
    source = models.ForeignKey(Source, models.PROTECT, related_name="evidence")
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=40, blank=True)
    suffix = models.CharField(max_length=40, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    # Of a recording, in seconds; a row has either these or a place in the text.
    begins_at = models.FloatField(null=True)
    ends_at = models.FloatField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"evidence {self.pk}"
