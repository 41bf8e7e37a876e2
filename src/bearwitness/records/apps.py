from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    name = "bearwitness.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(_keep_triggers, sender=self)


def _keep_triggers(using, plan=(), **_):
    """SQLite drops a table's triggers where a migration makes the table anew."""
    from bearwitness.records import release_guards, shelving, triggers

    connection = connections[using]
    if plan and shelving.TABLE in connection.introspection.table_names():
        triggers.install_triggers(connection)
        shelving.install(connection)
    if plan and release_guards.TABLE in connection.introspection.table_names():
        release_guards.install_guards(connection)
