from __future__ import annotations

from django.db import models

from bearwitness.records.models.appending import AppendOnly
from bearwitness.records.models.auditing import AuditEntry
from bearwitness.records.models.cases import Person


class Batch(AppendOnly):
    """Changes to many rows that were made as one, and can be taken back as one."""

    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    listed = models.CharField(max_length=20)
    field = models.CharField(max_length=30)
    why = models.CharField(max_length=500)
    rows = models.PositiveIntegerField()
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ("-id",)

    def __str__(self):
        return f"batch {self.pk}"


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
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="versions")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["model", "object_id"], name="versions_of_a_row"),)

    def __str__(self):
        return f"version {self.pk}"


class Erasure(models.Model):
    """Two people took everything about a person away; this, and the audit, tells that they did."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="erasures")
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(confirmed_at=None), name="asked_once"
            ),
        )

    def __str__(self):
        return f"erasure {self.pk}"
