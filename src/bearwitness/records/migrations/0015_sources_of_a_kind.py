from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0014_search")]
    operations = [
        migrations.AddIndex("source", models.Index(fields=["kind", "team"], name="sources_of_a_kind")),
    ]
