"""What is kept. Rows are written by `actions` and read by `queries`, nowhere else."""

from __future__ import annotations

from django.db import models

from bearwitness.casebook import NameKind, Use
from bearwitness.errors import NotPermitted


class AppendOnlyRows(models.QuerySet):
    """Rows that can be added and read. The database refuses the rest as well, by triggers."""

    def update(self, **values):
        raise NotPermitted(f"{self.model.__name__} rows are never changed")

    def delete(self):
        raise NotPermitted(f"{self.model.__name__} rows are never deleted")


class AppendOnly(models.Model):
    objects = AppendOnlyRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise NotPermitted(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise NotPermitted(f"{type(self).__name__} rows are never deleted")


class Source(models.Model):
    """Who or what says something. `original` is the digest of its sealed file, if there is one."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview"
        DOCUMENT = "document"
        LIST = "list"

    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    # The name of the list in a study; only a list has one.
    list_name = models.SlugField(max_length=60, unique=True, null=True, allow_unicode=True)
    original = models.CharField(max_length=64, unique=True, null=True)
    received_at = models.DateField()

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return self.title


class Person(models.Model):
    """A human being, known through records. The code name says nothing about them."""

    class Sex(models.TextChoices):
        FEMALE = "female"
        MALE = "male"
        OTHER = "other"

    code_name = models.CharField(max_length=12, unique=True)
    sex = models.CharField(max_length=10, choices=Sex, blank=True)
    birth = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return self.code_name


class PersonName(AppendOnly):
    """A name as a source writes it. A person can have any number."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="names")
    source = models.ForeignKey(Source, models.PROTECT)
    text = models.CharField(max_length=200)
    script = models.CharField(max_length=4)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in NameKind])

    class Meta:
        ordering = ("id",)

    def __str__(self):  # a name must not reach a log through a careless format
        return f"name {self.pk}"


class Record(models.Model):
    """One row of one list: what one source says of one person, as we read it now."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="records")
    person = models.ForeignKey(Person, models.PROTECT, related_name="records")
    ref = models.CharField(max_length=200)
    sex = models.CharField(max_length=10, blank=True)
    birth = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["source", "ref"], name="one_record_per_ref"),
        )

    def __str__(self):
        return f"record {self.pk}"


class Statement(AppendOnly):
    """A source says that a record has a value for a property. A correction is a new statement."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="statements")
    property = models.CharField(max_length=200)
    value = models.TextField(blank=True)
    original = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"statement {self.pk}"


class Interview(models.Model):
    """A person told something to somebody, at a time and place."""

    source = models.OneToOneField(Source, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT, related_name="interviews")
    held_on = models.CharField(max_length=80)
    place = models.CharField(max_length=200, blank=True)
    interviewer = models.CharField(max_length=100)
    language = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"interview {self.pk}"


class Act(models.Model):
    """One thing done to one person, of a type from a vocabulary, with its source."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="acts")
    term = models.CharField(max_length=100)
    vocabulary_version = models.CharField(max_length=20)
    date = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=200, blank=True)
    source = models.ForeignKey(Source, models.PROTECT)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"act {self.pk}"


class Consent(models.Model):
    """A person's yes to one use. Only withdrawal changes it, and only once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    use = models.CharField(max_length=30, choices=[(use.value, use.value) for use in Use])
    asked_by = models.CharField(max_length=100)
    how = models.CharField(max_length=200)
    language = models.CharField(max_length=20, blank=True)
    given_at = models.DateField()
    expires_at = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return f"consent {self.pk}"


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

    def __str__(self):
        return f"audit entry {self.number}"


class AuditHead(models.Model):
    """One row: how long the audit is and how it ends. Locked by whoever writes."""

    count = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"audit of {self.count} entries"
