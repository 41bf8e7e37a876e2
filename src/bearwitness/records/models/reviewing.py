from __future__ import annotations

from django.db import models

from bearwitness.records.models.appending import AppendOnly
from bearwitness.records.models.cases import Interview


class Comment(AppendOnly):
    """What somebody says about an interview while it is reviewed."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="comments")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"comment {self.pk}"
