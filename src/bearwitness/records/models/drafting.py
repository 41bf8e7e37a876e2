from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import models

from bearwitness.records.models.cases import Person

KEPT_FOR = timedelta(days=14)  # our own choice: a journey, and not much more


class DraftRows(models.QuerySet):
    def waiting(self, by: str):
        """What an account has not saved yet, and what has not ended by itself."""
        return self.filter(by=by, led_to="", kept_at__gte=datetime.now(UTC) - KEPT_FOR)

    def ended(self):
        return self.filter(kept_at__lt=datetime.now(UTC) - KEPT_FOR)


class Draft(models.Model):
    """What somebody typed into a form and has not saved. It is theirs alone, and no record.

    It has no audit entry and no version. A form that was saved leaves its row behind, emptied, with
    the page that it led to: the same form sent twice is written once.
    """

    by = models.CharField(max_length=150)
    token = models.CharField(max_length=40)  # one opening of a form
    page = models.CharField(max_length=200)  # the form's address, which names nobody
    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts", null=True)
    kept_at = models.DateTimeField(db_index=True)
    words = models.TextField(blank=True)  # sealed
    led_to = models.CharField(max_length=200, blank=True)

    objects = DraftRows.as_manager()

    class Meta:
        ordering = ("-kept_at", "-id")
        constraints = (models.UniqueConstraint(fields=["by", "token"], name="a_form_once"),)

    def __str__(self):
        return f"draft {self.pk}"
