from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Right
from bearwitness.records.importing import import_list
from bearwitness.web.intake.forms import ListForm
from bearwitness.web.pages import ActionPage


class ImportList(ActionPage):
    right = Right.RECORD
    form_class = ListForm
    title, submit = gettext_lazy("Bring a list in"), gettext_lazy("Import")
    intro = gettext_lazy(
        "The file is kept unchanged and sealed. All of its people come in, or none."
    )

    def act(self, form):
        uploaded = form.cleaned_data["file"]
        uses = [Use(use) for use in form.cleaned_data["uses"]]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"list{Path(uploaded.name).suffix.lower()}"
            with path.open("wb") as stream:
                for chunk in uploaded.chunks():
                    stream.write(chunk)
            done = import_list(self.reader, path, name=form.cleaned_data["name"], uses=uses)
        self._tell(done)
        return reverse("source", args=[done.source.pk])

    def _tell(self, done):
        if not done.added and not done.rejected:
            messages.info(
                self.request, _("This file is in the records already. Nothing was added.")
            )
            return
        added = ngettext("%(n)d person added.", "%(n)d people added.", done.added)
        messages.success(self.request, added % {"n": done.added})
        for row in done.rejected[:20]:
            said = _("Row %(row)d was left out: %(column)s %(reason)s")
            facts = {"row": row.row, "column": row.column, "reason": row.reason}
            messages.warning(self.request, said % facts)

    def back(self):
        return reverse("sources")
