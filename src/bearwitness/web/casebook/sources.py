"""Sources: what says something, how far it is to be trusted, and the original as it came."""

from __future__ import annotations

from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.rights import Right, check_may_change, may_change
from bearwitness.intake import name_to_leave_with
from bearwitness.records import actions, queries
from bearwitness.records.actions.sources import MADE_BY_US
from bearwitness.web.casebook import forms
from bearwitness.web.drafts import DraftedPage, EditPage
from bearwitness.web.pages import bound_of, found, stretch_of
from bearwitness.web.uploads import as_file

# Whatever a browser makes of a sealed file, it may do nothing with it.
SEALED_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'"


@require_safe
def sources(request):
    page = queries.newest(request.reader, "source", bound=bound_of(request))
    return render(request, "web/casebook/sources.html", {"page": page})


def source(request, number):
    """GET tells what it is; POST also the text beside its original, which is audited."""
    shown = found(queries.source, request.reader, number)
    is_read = request.method == "POST"
    context = {
        "source": shown,
        "page": stretch_of(request, queries.records_from(request.reader, shown)),
        "text": actions.read_source(request.reader, shown) if is_read else None,
        "may_change": may_change(request.reader, shown.team_id),
        "is_made_by_us": shown.kind in MADE_BY_US,
    }
    return render(request, "web/casebook/source.html", context)


@require_POST
def original(request, number):
    """The sealed original as a download: never shown, never run, under a name of ours."""
    shown = found(queries.source, request.reader, number)
    path = actions.take_original(request.reader, shown)
    name = name_to_leave_with(f"source-{shown.pk}", path.suffix.lstrip("."))
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = SEALED_POLICY
    return response


def _seal(reader, source, uploaded):
    """What somebody calls their file stays out of everything but its ending."""
    with as_file(uploaded, "arriving") as path:
        actions.seal_original(reader, source, path, name=uploaded.name)


class AddSource(DraftedPage):
    right = Right.RECORD
    form_class = forms.SourceForm
    title, submit = gettext_lazy("Add a document or a web page"), gettext_lazy("Add")
    intro = gettext_lazy("Interviews and lists become sources by themselves.")
    done = gettext_lazy("Added.")

    def act(self, form):
        facts = {name: form.cleaned_data[name] for name in ("kind", "title", "received_at")}
        added = actions.add_source(self.reader, said=form.said, **facts)
        if uploaded := form.cleaned_data["file"]:
            _seal(self.reader, added, uploaded)
        return reverse("source", args=[added.pk])

    def back(self):
        return reverse("sources")


class _OfSource(DraftedPage):
    right = Right.RECORD
    done = gettext_lazy("Saved.")

    @cached_property
    def source(self):
        shown = found(queries.source, self.reader, self.kwargs["number"])
        check_may_change(self.reader, shown.team_id)
        return shown

    def draft_person(self):
        told = getattr(self.source, "interview", None)
        return told.person if told else None

    def get_context_data(self, **context):
        return super().get_context_data(**{"source": self.source} | context)

    def back(self):
        return reverse("source", args=[self.source.pk])


class EditSource(EditPage, _OfSource):
    """Of an interview or our own list only where it is kept, and the grades, can be changed."""

    form_class = forms.EditSourceForm
    title, submit = gettext_lazy("Edit the source"), gettext_lazy("Save")
    intro = gettext_lazy("What it was before is kept, with who changed it and why.")
    template_name = "web/casebook/source_form.html"

    @cached_property
    def _hidden(self):
        made = ("title", "address", "text") if self.source.kind in MADE_BY_US else ()
        # Whoever may not read the text is not given it to edit.
        unread = () if Right.WORDS in self.reader.rights else ("text",)
        return frozenset({*made, *unread})

    def get(self, request, *args, **kwargs):
        if self.source.text and "text" not in self._hidden:
            actions.read_source(self.reader, self.source)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"without": self._hidden}

    def stored_row(self):
        return self.source

    def stored_values(self):
        fields = ("title", "address", "kept_where", "text", "reliability", "credibility")
        return {name: getattr(self.source, name) for name in fields if name not in self._hidden}

    def act(self, form):
        said, facts = form.said, {key: form.cleaned_data[key] for key in ("why", "seen")}
        if "title" in form.fields:
            said["title"] = form.cleaned_data["title"]
        actions.edit_source(self.reader, self.source, said=said, **facts)
        return self.back()


class SealOriginal(_OfSource):
    form_class = forms.OriginalForm
    title, submit = gettext_lazy("Seal the original"), gettext_lazy("Seal")
    intro = gettext_lazy(
        "The file that it came as, or the recording. It is kept unchanged under its digest."
    )
    done = gettext_lazy("Sealed.")
    template_name = "web/casebook/source_form.html"

    def act(self, form):
        _seal(self.reader, self.source, form.cleaned_data["file"])
        return self.back()
