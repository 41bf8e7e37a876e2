from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.rights import Right
from bearwitness.errors import BearwitnessError, NotPermitted
from bearwitness.pipeline import read_study
from bearwitness.pipeline.start import init_snapshot
from bearwitness.records.snapshot import snapshot
from bearwitness.release import LANGUAGES, verify_package
from bearwitness.web.pages import ActionPage, need
from bearwitness.web.release.folders import folder_of, folders, home, root
from bearwitness.web.release.releases import releases_of, send_release, waiting_for
from bearwitness.web.release.running import RUNNING, read_state, start_run

# The report carries its styles and pictures inside itself, and runs no script.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def _about(folder: Path) -> dict:
    about = {"name": folder.name, "title": folder.name, "state": read_state(folder, home=home())}
    about["reports_in"] = [
        (code, spoken)
        for code, spoken in LANGUAGES.items()
        if (folder / "output" / f"report.{code}.html").is_file()
    ]
    about["has_report"] = (folder / "output" / "report.html").is_file()
    try:
        about["study"] = read_study(folder)
        about["title"] = about["study"].title
    except BearwitnessError as error:
        about["error"] = error
    return about


@require_safe
@need(Right.STUDIES)
def studies(request):
    found = [_about(folder) for folder in folders().values()]
    context = {"studies": found, "root": root(), "releases": waiting_for(request.reader)}
    return render(request, "web/release/studies.html", context)


@require_safe
@need(Right.STUDIES)
def study(request, name):
    return _show(request, folder_of(name))


def _show(request, folder, **more):
    run = folder / "output" / "run.json"
    record = json.loads(run.read_text(encoding="utf-8")) if run.is_file() else None
    context = _about(folder) | {"record": record, "running": RUNNING} | more
    context["releases"] = releases_of(request.reader, folder.name)
    return render(request, "web/release/study.html", context)


@require_POST
@need(Right.ANALYSE)
def run(request, name):
    start_run(folder_of(name), home=home())
    return redirect("study", name=name)


@require_safe
@need(Right.STUDIES)
def progress(request, name):
    return JsonResponse(asdict(read_state(folder_of(name), home=home())))


@require_POST
@need(Right.STUDIES)
def verify(request, name):
    folder = folder_of(name)
    return _show(request, folder, verified=verify_package(folder / "output" / "package"))


@require_safe
@need(Right.STUDIES)
def report(request, name, language=""):
    response = _send(_report(name, language, "html"), download=False)
    response["Content-Security-Policy"] = REPORT_POLICY
    return response


@require_safe
@need(Right.STUDIES)
def report_pdf(request, name, language=""):
    place = _report(name, language, "pdf")
    return _send(place, name=place.name.replace("report", name, 1))


def _report(name: str, language: str, form: str) -> Path:
    """The first language has none in the file's name."""
    if language and language not in LANGUAGES:
        raise Http404
    return folder_of(name) / "output" / ".".join(filter(None, ("report", language, form)))


def _send(path: Path, *, download: bool = True, name: str = "") -> FileResponse:
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=download, filename=name or path.name)


@require_safe
@need(Right.STUDIES)
def package(request, name):
    """The last run's package: as it is if it was published, else as a draft for its checkers."""
    return send_release(request, folder_of(name) / "output" / "package", name)


class StudyForm(forms.Form):
    name = forms.SlugField(
        label=gettext_lazy("Name of the study"),
        max_length=60,
        help_text=gettext_lazy("Letters, digits and hyphens. It becomes the folder's name."),
    )


class SnapshotIntoStudy(ActionPage):
    """A study of the consented rows; for a study that is there, its snapshot is taken anew."""

    right = Right.ANALYSE
    form_class = StudyForm
    title, submit = gettext_lazy("A study from the records"), gettext_lazy("Take a snapshot")
    intro = gettext_lazy(
        "Only people who said yes to being analysed are in it, under their code names. "
        "Taken again under the same name, it leaves out whoever has withdrawn since."
    )

    def act(self, form):
        name = form.cleaned_data["name"]
        folder = root() / name
        if folder.exists() and not (folder / "frozen" / "snapshot.json").is_file():
            raise NotPermitted("a study of other lists has this name", hint="Choose another name.")
        taken = snapshot(self.reader, folder / "frozen", on=localdate())
        init_snapshot(folder)
        said = _("%(people)d people are in the snapshot, %(left_out)d were left out.")
        messages.success(self.request, said % {"people": taken.people, "left_out": taken.left_out})
        return reverse("study", args=[name])

    def back(self):
        return reverse("studies")
