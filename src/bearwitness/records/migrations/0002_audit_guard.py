from django.db import migrations

from bearwitness.records.triggers import install_triggers, remove_triggers


def begin(apps, schema_editor):
    apps.get_model("records", "AuditHead").objects.get_or_create(pk=1)
    install_triggers(schema_editor.connection)


def end(apps, schema_editor):
    remove_triggers(schema_editor.connection)
    apps.get_model("records", "AuditHead").objects.all().delete()


class Migration(migrations.Migration):
    """The audit's one head row, and the triggers that refuse to change what it ends."""

    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(begin, end)]
