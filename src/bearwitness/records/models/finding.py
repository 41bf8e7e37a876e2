"""What makes rows easy to find again. All of it can be made anew from the rows."""

from __future__ import annotations

from django.db import models

from bearwitness.records.models.cases import PersonName


class NameKey(models.Model):
    """One way in which a name is found: a sound, or pinyin, whatever the script and spelling.

    A table beside the names, because a name has several keys and is itself never changed.
    """

    name = models.ForeignKey(PersonName, models.CASCADE, related_name="keys")
    key = models.CharField(max_length=220, db_index=True)

    class Meta:
        ordering = ("id",)

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
