"""What left the casebook in files: so that whoever got one can be told when somebody withdraws."""

from __future__ import annotations

from django.db import models

from bearwitness.records.models.appending import AppendOnly
from bearwitness.records.models.cases import Person


class Export(AppendOnly):
    """A file that was handed out: of which list, for which use, to whom, and its digest."""

    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    listed = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    use = models.CharField(max_length=30, blank=True)  # empty where the list is about nobody
    consent_on = models.DateField()
    recipient = models.CharField(max_length=200)
    with_names = models.BooleanField(default=False)
    with_words = models.BooleanField(default=False)
    rows = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("-id",)

    def __str__(self):
        return f"export {self.pk}"


class HandedOut(AppendOnly):
    """That a person's rows are in an export."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="handed_out")

    class Meta:
        ordering = ("-id",)

    def __str__(self):
        return f"handed out {self.pk}"
