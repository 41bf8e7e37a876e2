import django.db.models.deletion
from django.db import migrations, models


def key_every_name(apps, schema_editor):
    """Names that were written before there were keys get theirs."""
    from bearwitness.records.name_keys import keys_of

    key_model = apps.get_model("records", "NameKey")
    rows = []
    for number, text in apps.get_model("records", "PersonName").objects.values_list("pk", "text").iterator():
        rows += [key_model(name_id=number, key=key) for key in sorted(keys_of(text))]
        if len(rows) > 5000:
            key_model.objects.bulk_create(rows, 500)
            rows = []
    key_model.objects.bulk_create(rows, 500)


class Migration(migrations.Migration):
    dependencies = [("records", "0009_consent_scope")]
    operations = [
        migrations.CreateModel(
            name="NameKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, max_length=220)),
                ("name", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="records.personname")),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.RunPython(key_every_name, migrations.RunPython.noop),
    ]
