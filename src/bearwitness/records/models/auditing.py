from __future__ import annotations

from django.db import models

from bearwitness.records.models.appending import AppendOnly


class AuditEntry(AppendOnly):
    """Who did what to which row, and which fields it touched: names and digests, never values."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    action = models.CharField(max_length=50)
    model = models.CharField(max_length=50)
    object_id = models.CharField(max_length=50)
    changed = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(fields=["action", "at"], name="entries_of_an_action"),)

    def __str__(self):
        return f"audit entry {self.number}"


class AuditHead(models.Model):
    """One row: how long the audit is and how it ends. Locked by whoever writes."""

    count = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"audit of {self.count} entries"
