from __future__ import annotations

from django.conf import settings
from django.db import models

from bearwitness.casebook.rights import Role


class Team(models.Model):
    """People who may see each other's rows. Every source and every person belongs to one."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self):
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")

    class Meta:
        ordering = ("team_id",)
        constraints = (models.UniqueConstraint(fields=["user", "team"], name="in_a_team_once"),)

    def __str__(self):
        return f"membership {self.pk}"


class RoleHeld(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles_held")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["user", "role"], name="a_role_once"),)

    def __str__(self):
        return f"role {self.pk}"
