from __future__ import annotations

from django.db import models

from bearwitness.errors import NotPermitted


class AppendOnlyRows(models.QuerySet):
    """Rows that can be added and read. Of the audit, the database refuses the rest as well."""

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
