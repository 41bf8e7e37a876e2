from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Right
from bearwitness.records.cases import import_cases
from bearwitness.records.importing import import_list
from bearwitness.web.intake.forms import CasesForm, ListForm
from bearwitness.web.pages import ActionPage
from bearwitness.web.said import said
from bearwitness.web.uploads import as_file

# Why a cell of a workbook of cases cannot be used, as intake says it.
REASONS = (
    gettext_noop("not a code or a label of the standard"),
    gettext_noop("not a year, date or EDTF"),
    gettext_noop("neither yes nor no"),
    gettext_noop("another row has this case number"),
    gettext_noop("the column has neither a name nor a label"),
    gettext_noop(
        "names and labels of the mailing columns disagree, as in the standard's template; "
        "they were read by their labels"
    ),
    gettext_noop(
        "names and labels of the mailing columns disagree, as in the standard's template; "
        "they were read by their names"
    ),
)


class _Import(ActionPage):
    """A file is sent, and all of it comes in, or nothing."""

    right = Right.RECORD

    def bring_in(self, path: Path, said):
        """Call the action that brings the file in."""
        raise NotImplementedError

    def act(self, form):
        facts = dict(form.cleaned_data)
        facts["uses"] = [Use(use) for use in facts["uses"]]
        uploaded = facts.pop("file")
        with as_file(uploaded, f"list{Path(uploaded.name).suffix.lower()}") as path:
            done = self.bring_in(path, facts)
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
        for note in done.notes:
            messages.warning(self.request, said(note))
        for row in done.rejected[:20]:
            left_out = _("Row %(row)d was left out: %(column)s %(reason)s")
            facts = {"row": row.row, "column": row.column, "reason": said(row.reason)}
            messages.warning(self.request, left_out % facts)

    def back(self):
        return reverse("sources")


class ImportList(_Import):
    form_class = ListForm
    title, submit = gettext_lazy("Bring a list in"), gettext_lazy("Import")
    intro = gettext_lazy(
        "The file is kept unchanged and sealed. All of its people come in, or none."
    )

    def bring_in(self, path, said):
        return import_list(self.reader, path, **said)


class ImportCases(_Import):
    form_class = CasesForm
    title, submit = gettext_lazy("Bring HTCDS cases in"), gettext_lazy("Import")
    intro = gettext_lazy(
        "A filled workbook of the Human Trafficking Case Data Standard 2.0. It is kept unchanged "
        "and sealed, and every cell of it as a statement. Nobody has consented to anything unless "
        "their row says so."
    )

    def bring_in(self, path, said):
        return import_cases(self.reader, path, **said)
