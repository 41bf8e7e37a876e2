from django.db import migrations, models

PLACE = models.CharField(blank=True, max_length=200)
WHOSE_AND_WHEN = ("team", "is_open", "first_day", "last_day")
# By the names that Django gave them: the field itself stays as it is, so no table is made anew.
EARLIER = [
    f"records_findable{name}{end}"
    for name in ("act_place_f5407d1c", "event_place_84b7d8e0", "interview_place_d7b9c681")
    for end in ("", "_like")
]


def indexed(name, model, *fields):
    return migrations.AddIndex(model, models.Index(fields=fields, name=name))


class Migration(migrations.Migration):
    """Rows of a place, of a term and of a use, in an index that says whose they are."""

    dependencies = [("records", "0017_sources")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL([f"DROP INDEX IF EXISTS {index}" for index in EARLIER], migrations.RunSQL.noop)],
            [migrations.AlterField(f"findable{kind}", "place", PLACE) for kind in ("act", "event", "interview")],
        ),
        migrations.RemoveIndex("findableact", "acts_of_a_term"),
        indexed("acts_of_a_term", "findableact", "term", "place", *WHOSE_AND_WHEN, "act"),
        indexed("acts_at_a_place", "findableact", "place", *WHOSE_AND_WHEN, "act"),
        indexed("told_in_a_time", "findableinterview", *WHOSE_AND_WHEN, "interview"),
        indexed("events_at_a_place", "findableevent", "place", "team", "is_open", "event"),
        indexed("told_at_a_place", "findableinterview", "place", "team", "is_open", "interview"),
        indexed("consents_to_a_use", "consent", "use", "person"),
    ]
