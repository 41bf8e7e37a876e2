from django.conf import settings
from django.db import migrations

ROLES = ("documenter", "coder", "analyst", "publisher", "auditor", "administrator")


def put_in_first_team(apps, schema_editor):
    """Before there were teams, every account could do everything. So it stays until it is cut."""
    model = {name: apps.get_model("records", name) for name in
             ("Team", "Person", "Source", "Membership", "RoleHeld")}
    users = list(apps.get_model(settings.AUTH_USER_MODEL).objects.all())
    if not (users or model["Person"].objects.exists() or model["Source"].objects.exists()):
        return
    team = model["Team"].objects.create(name="First team")
    model["Person"].objects.update(team=team)
    model["Source"].objects.update(team=team)
    model["Source"].objects.filter(list_name="casebook").update(kind="own-list")
    for user in users:
        model["Membership"].objects.create(user=user, team=team)
        for role in ROLES:
            model["RoleHeld"].objects.create(user=user, role=role)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_teams")]
    operations = [migrations.RunPython(put_in_first_team, migrations.RunPython.noop)]
