"""One field of many rows: choose, look at what would change, change, and take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.generic import View

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Right, check_may, may
from bearwitness.errors import BearwitnessError
from bearwitness.records import queries
from bearwitness.records.batches import (
    FIELDS,
    MOST_ROWS,
    Change,
    apply_batch,
    conflicts,
    field_of,
    preview_batch,
    undo_batch,
)
from bearwitness.web.leaving.shown import LIST_WORDS
from bearwitness.web.pages import found, need, page_of, stretch_of
from bearwitness.web.said import in_one_line
from bearwitness.web.together.forms import ALL, ManyForm
from bearwitness.web.together.shown import FIELD_WORDS, Words, label_of


def _rows(reader, listed, asked):
    """The list, by the filters that its page has."""
    if listed == "people":
        return queries.people(reader, code_name=asked.get("code", ""))
    if listed == "interviews":
        state = asked.get("state", "")
        return queries.interviews(reader, state=state if state in set(State) else "")
    return {"acts": queries.acts, "events": queries.events}[listed](reader)


class ChangeMany(View):
    """GET and a refused POST show the rows; POST shows what would change; POST with `seen` the
    plan's digest changes it."""

    def dispatch(self, request, *args, listed, field):
        if field not in FIELDS.get(listed, {}):
            raise Http404
        check_may(request.reader, Right.SEE)
        check_may(request.reader, field_of(listed, field).right)
        self.listed, self.field, self.reader = listed, field, request.reader
        return super().dispatch(request)

    @cached_property
    def rows(self):
        return _rows(self.reader, self.listed, self.request.GET)

    @cached_property
    def words(self):
        return Words(self.reader, self.field)

    def get(self, request):
        return self._choose(ManyForm(field=self.field, reader=self.reader))

    def post(self, request):
        if "seen" in request.POST:
            return self._apply()
        form = ManyForm(request.POST, field=self.field, reader=self.reader)
        if not form.is_valid():
            return self._choose(form)
        said = form.cleaned_data
        numbers = self._numbers(everything=said["scope"] == ALL)
        if not numbers:
            form.add_error(None, _("Mark at least one row."))
            return self._choose(form)
        return self._preview(form, self._change(said["value"], said["why"], numbers))

    def _numbers(self, *, everything):
        if everything:
            return list(self.rows.order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
        return [int(n) for n in self.request.POST.getlist("rows") if n.isdecimal()]

    def _change(self, value, why, numbers):
        facts = {"value": value, "numbers": numbers, "why": why}
        return Change(listed=self.listed, field=self.field, **facts)

    def _choose(self, form):
        page = stretch_of(self.request, self.rows)
        marked = set(self.request.POST.getlist("rows"))
        shown = field_of(self.listed, self.field).shown
        rows = [
            {
                "number": str(row.pk),
                "label": label_of(self.listed, row),
                "value": self.words.of(shown(row)),
                "marked": str(row.pk) in marked,
            }
            for row in page
        ]
        fields = [
            (name, FIELD_WORDS[name])
            for name, field in FIELDS[self.listed].items()
            if may(self.reader, field.right)
        ]
        context = {"form": form, "page": page, "rows": rows, "fields": fields}
        return self._render("choose", context)

    def _preview(self, form, change):
        try:
            plan = preview_batch(self.reader, change)
        except BearwitnessError as error:
            form.add_error(None, in_one_line(error))
            return self._choose(form)
        context = {"plan": plan, "change": change, "value": self.words.of(change.value)}
        context["changed"] = [self._told(p) for p in plan.rows if p.is_change]
        context["refused"] = [self._told(p) for p in plan.rows if p.refused]
        context["same"] = len(plan.rows) - len(context["changed"]) - len(context["refused"])
        context["numbers"] = [str(number) for number in change.numbers]
        return self._render("preview", context)

    def _told(self, planned):
        why = in_one_line(planned.refused) if planned.refused else ""
        label = label_of(self.listed, planned.row)
        return {"label": label, "before": self.words.of(planned.before), "why": why}

    def _apply(self):
        sent = self.request.POST
        numbers = self._numbers(everything=False)
        change = self._change(sent.get("value", ""), sent.get("why", ""), numbers)
        try:
            batch = apply_batch(self.reader, change, seen=sent["seen"])
        except BearwitnessError as error:
            messages.error(self.request, in_one_line(error))
            return redirect(self.request.get_full_path())
        told = ngettext("%(n)d row changed.", "%(n)d rows changed.", batch.rows)
        messages.success(self.request, told % {"n": batch.rows})
        return redirect("batch", number=batch.pk)

    def _render(self, template, context):
        facts = {"listed": self.listed, "field": self.field, "back": reverse(self.listed)}
        facts |= {"list_words": LIST_WORDS[self.listed], "field_words": FIELD_WORDS[self.field]}
        return render(self.request, f"web/together/{template}.html", context | facts)


@require_safe
@need(Right.SEE)
def batches(request):
    """The reader's own changes of many rows."""
    page = page_of(request, queries.batches(request.reader))
    for one in page:
        _with_words(one)
    return render(request, "web/together/batches.html", {"page": page})


def batch(request, number):
    """GET tells what was changed and whether it can be taken back; POST takes it back."""
    shown = found(queries.batch, request.reader, number)
    if request.method == "POST":
        why = request.POST.get("why", "")[:500] or _("taken back")
        undone = undo_batch(request.reader, shown, why=why)
        messages.success(request, _("Taken back. Every row says what it said before."))
        return redirect("batch", number=undone.pk)
    _with_words(shown)
    changed = conflicts(shown)
    context = {"batch": shown, "conflicts": changed, "undone": getattr(shown, "undone_by", None)}
    return render(request, "web/together/batch.html", context)


def _with_words(one):
    one.list_words, one.field_words = LIST_WORDS[one.listed], FIELD_WORDS[one.field]
    return one
