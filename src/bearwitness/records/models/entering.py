"""Who is signed in, how they want the pages, and what keeps others out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that is signed in, or about to be: then there is no account yet."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls):
        from bearwitness.records.sessions import SessionStore

        return SessionStore


class AccountSettings(models.Model):
    """What an account wants of its pages, and what it still has to do before it works."""

    class Colours(models.TextChoices):
        AS_SYSTEM = ""
        LIGHT = "light"
        DARK = "dark"

    class TextSize(models.TextChoices):
        USUAL = ""
        LARGE = "large"
        LARGER = "larger"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="own_settings"
    )
    language = models.CharField(max_length=10, blank=True)
    colours = models.CharField(max_length=10, blank=True, choices=Colours.choices)
    text_size = models.CharField(max_length=10, blank=True, choices=TextSize.choices)
    # Somebody else knows the password: it has to be changed first.
    password_given = models.BooleanField(default=False)
    # Until then a role that asks for a second factor can do without.
    second_factor_by = models.DateTimeField(null=True)

    def __str__(self):
        return f"settings of account {self.user_id}"


class Guesses(models.Model):
    """Wrong tries at one thing, which is kept as a keyed digest only."""

    at_what = models.CharField(max_length=64, unique=True)
    wrong = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.wrong} wrong tries"


class CasebookLock(models.Model):
    """While one is not lifted, nobody signs in. Only the command line lifts it."""

    locked_at = models.DateTimeField()
    locked_by = models.CharField(max_length=150)
    why = models.CharField(max_length=500)
    lifted_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"lock {self.pk}"


class SecondFactorReset(models.Model):
    """Somebody's second factors were taken away by somebody else, who said why."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor_resets"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    why = models.CharField(max_length=500)

    class Meta:
        ordering = ("-at",)

    def __str__(self):
        return f"reset {self.pk}"
