from __future__ import annotations

from django.db import models

from bearwitness.casebook import NameKind, Use
from bearwitness.casebook.grades import Credibility, Reliability
from bearwitness.casebook.review import State
from bearwitness.records.models.accounts import Team
from bearwitness.records.models.appending import AppendOnly


class Owned(models.Model):
    """Closed to everyone but its team, unless the team opened it for all others to read."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Source(Owned):
    """Who or what says something. `original` is the digest of its sealed file, if there is one."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview"
        DOCUMENT = "document"
        WEB_PAGE = "web-page"
        LIST = "list"
        OWN_LIST = "own-list"  # the people whom a team recorded itself

    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    # The name of the list in a study; only a list has one.
    list_name = models.SlugField(max_length=60, unique=True, null=True, allow_unicode=True)
    original = models.CharField(max_length=64, null=True)
    received_at = models.DateField()
    address = models.CharField(max_length=500, blank=True)  # of a web page
    # Where the original or the recording lies, in words, if it is not sealed here.
    kept_where = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)  # beside the original; of an interview it stands there
    reliability = models.CharField(max_length=1, choices=[(r, r) for r in Reliability], blank=True)
    credibility = models.CharField(max_length=1, choices=[(c, c) for c in Credibility], blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["kind", "team"], name="sources_of_a_kind"),)
        constraints = (
            # Per team: that another team has the same file is not for this one to know.
            models.UniqueConstraint(fields=["team", "original"], name="a_file_once_in_a_team"),
        )

    def __str__(self):
        return self.title


class Person(Owned):
    """A human being, known through records. The code name says nothing about them."""

    class Sex(models.TextChoices):
        FEMALE = "female"
        MALE = "male"
        OTHER = "other"

    code_name = models.CharField(max_length=12, unique=True)
    sex = models.CharField(max_length=10, choices=Sex, blank=True)
    birth = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True)

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
    interviewer = models.CharField(max_length=200)  # several with commas between them
    interpreter = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=20)
    text = models.TextField()
    author = models.CharField(max_length=150, blank=True)  # the account that wrote it down
    state = models.CharField(
        max_length=20,
        choices=[(state.value, state.value) for state in State],
        default=State.DRAFT,
        db_index=True,
    )
    assigned_to = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["author", "state"], name="what_somebody_wrote"),)

    def __str__(self):
        return f"interview {self.pk}"


class Consent(models.Model):
    """A person's yes to one use. Only withdrawal changes it, and only once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    use = models.CharField(max_length=30, choices=[(use.value, use.value) for use in Use])
    # To what part of it, or to whom by name, where the yes was not to all: in words.
    scope = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=100)
    how = models.CharField(max_length=200)
    language = models.CharField(max_length=20, blank=True)
    given_at = models.DateField()
    expires_at = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["use", "person"], name="consents_to_a_use"),)

    def __str__(self):
        return f"consent {self.pk}"
