"""Lists leave as files: for a use, to somebody, and on record."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Right, check_may
from bearwitness.errors import BearwitnessError
from bearwitness.intake import Format
from bearwitness.records import queries
from bearwitness.records.exporting import LISTS, Asked, export_list, file_name
from bearwitness.web.leaving.forms import ExportForm
from bearwitness.web.leaving.shown import LIST_WORDS, with_export_words
from bearwitness.web.pages import ActionPage, language_tag, need, page_of
from bearwitness.web.said import in_one_line

# The filters of a list's page, as its address has them, and as the queries know them.
_BY_CODE = {"code": "code_name"}
FILTERS = {"people": _BY_CODE, "cases": _BY_CODE, "interviews": {"state": "state"}}


class ExportList(ActionPage):
    """A form, and then a file. POST with `open` brings marked rows to the form."""

    form_class = ExportForm
    right = Right.EXPORT
    template_name = "web/leaving/export.html"
    submit = gettext_lazy("Write the file")
    intro = gettext_lazy(
        "A file that left cannot be called back. Who is in it, for what and for whom is kept."
    )

    @property
    def title(self):
        return _("Export: %(what)s") % {"what": LIST_WORDS[self.kwargs["listed"]]}

    @cached_property
    def wanted(self):
        found = LISTS[self.kwargs["listed"]]
        check_may(self.reader, found.right)
        return found

    @property
    def filters(self):
        known = FILTERS.get(self.kwargs["listed"], {})
        asked = {name: self.request.GET.get(key, "") for key, name in known.items()}
        return {name: value for name, value in asked.items() if value}

    def dispatch(self, request, *args, **kwargs):
        if kwargs["listed"] not in LISTS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"wanted": self.wanted, "reader": self.reader}

    def post(self, request, *args, **kwargs):
        if "open" not in request.POST:
            return super().post(request, *args, **kwargs)
        rows = " ".join(request.POST.getlist("rows"))
        form = ExportForm(initial={"rows": rows}, wanted=self.wanted, reader=self.reader)
        return self.render_to_response(self.get_context_data(form=form, marked=len(rows.split())))

    def get_context_data(self, **context):
        told = dict(context)
        if marked := told.pop("marked", 0):
            told["marked"] = ngettext("%(n)d marked row.", "%(n)d marked rows.", marked)
            told["marked"] %= {"n": marked}
        facts = {"filtered": self.filters, "listed": self.kwargs["listed"]}
        return super().get_context_data(**told, **facts)

    def form_valid(self, form):
        with ExitStack() as on_failure:
            stream = on_failure.enter_context(_nameless_file())
            try:
                done = export_list(self.reader, stream, self._asked(form))
            except BearwitnessError as error:
                form.add_error(None, in_one_line(error))
                return self.form_invalid(form)
            on_failure.pop_all()  # the response closes it
        return FileResponse(stream, as_attachment=True, filename=file_name(done))

    def _asked(self, form):
        said = dict(form.cleaned_data)
        kind, numbers, use = Format(said.pop("kind")), said.pop("rows"), said.pop("use", "")
        return Asked(
            listed=self.kwargs["listed"],
            kind=kind,
            use=Use(use) if use else None,
            filters=self.filters,
            numbers=numbers,
            language=language_tag(),
            **said,
        )

    def back(self):
        listed = self.kwargs["listed"]
        return reverse("people" if listed == "cases" else listed)


def _nameless_file():
    """It has no name in its folder, and is gone when it is closed or the server is killed."""
    folder = settings.BEARWITNESS_HOME
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryFile(dir=folder)


@require_safe
@need(Right.EXPORT)
def exports(request):
    """What left: one's own files; an auditor is told of everybody's."""
    page = page_of(request, queries.exports(request.reader))
    with_export_words(page.object_list)
    return render(request, "web/leaving/exports.html", {"page": page})
