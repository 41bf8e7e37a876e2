"""A release on its way to the public: who prepared, checked and published it, and whom it is of."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bearwitness.casebook import Use
from bearwitness.casebook.approval import Standing
from bearwitness.records.models.appending import AppendOnly
from bearwitness.records.models.cases import Person


class Release(models.Model):
    """One package of one run. The database itself refuses one person in two parts of it."""

    study = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    # Of the run's record and of the package; what is kept lies under the package's digest.
    run_digest = models.CharField(max_length=64)
    package_digest = models.CharField(max_length=64)
    standing = models.CharField(
        max_length=20,
        choices=[(one.value, one.value) for one in Standing],
        default=Standing.PREPARED,
        db_index=True,
    )
    # What the people of its base agreed to, and as of when; empty for lists that came as files.
    use = models.CharField(max_length=30, choices=[(u.value, u.value) for u in Use], blank=True)
    people = models.PositiveIntegerField(default=0)
    attack = models.JSONField(default=dict)
    prepared_by = models.CharField(max_length=150)
    prepared_at = models.DateTimeField()
    checked_by = models.CharField(max_length=150, blank=True)
    checked_at = models.DateTimeField(null=True)
    looked_at = models.JSONField(default=list)
    published_by = models.CharField(max_length=150, blank=True)
    published_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # why it was sent back or withdrawn

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["study", "standing"], name="releases_of_a_study"),)
        constraints = (
            models.UniqueConstraint(
                fields=["study"],
                condition=Q(standing__in=[Standing.PREPARED.value, Standing.CHECKED.value]),
                name="release_one_on_its_way",
            ),
            models.CheckConstraint(condition=~Q(prepared_by=""), name="release_has_a_preparer"),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(checked_by=F("prepared_by")),
                name="release_checker_is_another",
            ),
            models.CheckConstraint(
                condition=Q(published_by="")
                | (~Q(published_by=F("prepared_by")) & ~Q(published_by=F("checked_by"))),
                name="release_publisher_is_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(standing=Standing.PUBLISHED.value)
                | (~Q(checked_by="") & ~Q(published_by="")),
                name="release_published_by_three",
            ),
            models.CheckConstraint(
                condition=~Q(standing=Standing.CHECKED.value) | ~Q(checked_by=""),
                name="release_checked_by_two",
            ),
        )

    def __str__(self):
        return f"release {self.pk}"


class InRelease(AppendOnly):
    """That a person's records are in the base of a release."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="base")
    person = models.ForeignKey(Person, models.PROTECT, related_name="in_releases")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["release", "person"], name="in_a_release_once"),
        )

    def __str__(self):
        return f"in release {self.pk}"
