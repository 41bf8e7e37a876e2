from __future__ import annotations

from django.db import models

from bearwitness.records.models.appending import AppendOnly
from bearwitness.records.models.auditing import AuditEntry


class Version(AppendOnly):
    """How fields of a row were before and after one audited write. An erasure empties it."""

    class What(models.TextChoices):
        MADE = "made"
        CHANGED = "changed"
        ERASED = "erased"

    # Without a constraint in the database: a missing entry is for `verify_audit` to find.
    entry = models.ForeignKey(
        AuditEntry, models.PROTECT, related_name="versions", db_constraint=False
    )
    model = models.CharField(max_length=50)
    object_id = models.BigIntegerField()
    what = models.CharField(max_length=10, choices=What)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["model", "object_id"], name="versions_of_a_row"),)

    def __str__(self):
        return f"version {self.pk}"
