from django.db import migrations, models

from bearwitness.records import shelving


def begin(apps, schema_editor):
    shelving.fill(schema_editor.connection)
    shelving.install(schema_editor.connection)


def end(apps, schema_editor):
    shelving.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """Lists that cost the same however many rows there are, for readers of any team."""

    dependencies = [("records", "0012_leaving_and_batches")]
    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("pk", models.CompositePrimaryKey("shelf", "audience", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("shelf", models.CharField(max_length=40)),
                ("audience", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(begin, end),
        migrations.AddIndex("auditentry", models.Index(fields=["action", "at"], name="entries_of_an_action")),
        migrations.AddIndex("interview", models.Index(fields=["author", "state"], name="what_somebody_wrote")),
    ]
