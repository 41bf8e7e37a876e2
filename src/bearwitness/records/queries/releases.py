from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from bearwitness.casebook import Use
from bearwitness.casebook.approval import Standing
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.granting import in_force
from bearwitness.records.models import InRelease, Person, Release


@dataclass(frozen=True, kw_only=True)
class BaseNow:
    """Of the people in a release's base: how many there were, withdrew since, or were erased."""

    people: int
    withdrawn: int
    erased: int

    @property
    def has_changed(self) -> bool:
        return bool(self.withdrawn or self.erased)


@query(Right.STUDIES)
def releases(reader: Reader, *, study: str = "") -> QuerySet[Release]:
    """The newest first."""
    found = Release.objects.order_by("-id")
    return found.filter(study=study) if study else found


@query(Right.STUDIES)
def release(reader: Reader, number: int) -> Release:
    """Raises Release.DoesNotExist."""
    return Release.objects.get(pk=number)


@query(Right.STUDIES)
def release_before(reader: Reader, release: Release) -> Release | None:
    """The last one of the same study that was published before this one was prepared."""
    before = Release.objects.filter(study=release.study, published_at__isnull=False)
    return before.filter(published_at__lt=release.prepared_at).order_by("-published_at").first()


@query(Right.STUDIES)
def published_with(reader: Reader, digest: str) -> Release | None:
    """The release by which this package was published, if it was and was not withdrawn."""
    found = Release.objects.filter(package_digest=digest, standing=Standing.PUBLISHED.value)
    return found.first()


@query(Right.STUDIES)
def base_now(reader: Reader, release: Release, *, on: date) -> BaseNow:
    """How the base stands as of a day: numbers only, of whatever team the people are."""
    if not release.use:
        return BaseNow(people=0, withdrawn=0, erased=0)
    base = InRelease.objects.filter(release=release)
    agreed = Exists(in_force(Use(release.use), on).filter(person=OuterRef("person")))
    erased = base.filter(person__erased_at__isnull=False).count()
    withdrawn = base.filter(~agreed, person__erased_at=None).count()
    return BaseNow(people=release.people, withdrawn=withdrawn, erased=erased)


@query(Right.SEE)
def releases_with(reader: Reader, person: Person) -> QuerySet[Release]:
    """The published releases that a person's records are in the base of."""
    seen = person.in_releases.filter(visible(reader, "person__"))
    published = Q(standing=Standing.PUBLISHED.value)
    return Release.objects.filter(published, pk__in=seen.values("release")).order_by("-id")
