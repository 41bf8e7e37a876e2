from django.urls import path, register_converter

from bearwitness.web.casebook import coded, finding, keeping, places, reviews, sources, views, way
from bearwitness.web.casebook import interviews as told


class CodeName:
    regex = "P-[0-9A-Z]{4,10}"

    def to_python(self, value):
        return value

    to_url = to_python


register_converter(CodeName, "code")

urlpatterns = [
    path("search/", finding.search, name="search"),
    path("search/<slug:token>/", finding.searched, name="searched"),
    path("search/<slug:token>/keep/", finding.keep_search, name="keep-search"),
    path("saved-searches/<int:number>/", finding.saved_search, name="saved-search"),
    path("people/", views.people, name="people"),
    path("people/find/", views.find_by_name, name="find-by-name"),
    path("people/add/", views.AddPerson.as_view(), name="add-person"),
    path("people/<code:code_name>/", views.person, name="person"),
    path("people/<code:code_name>/way/", way.trajectory, name="trajectory"),
    path("people/<code:code_name>/names/", views.show_names, name="show-names"),
    path("people/<code:code_name>/open/", views.open_person, name="open-person"),
    path("people/<code:code_name>/edit/", views.EditPerson.as_view(), name="edit-person"),
    path("people/<code:code_name>/consent/", views.GiveConsent.as_view(), name="give-consent"),
    path("people/<code:code_name>/withdraw/", views.withdraw_consent, name="withdraw-consent"),
    path(
        "people/<code:code_name>/interview/",
        told.AddInterview.as_view(),
        name="add-interview",
    ),
    path("people/<code:code_name>/act/", coded.AddAct.as_view(), name="add-act"),
    path("interviews/", told.interviews, name="interviews"),
    path("interviews/add/", told.BeginInterview.as_view(), name="begin-interview"),
    path("interviews/<int:number>/", told.interview, name="interview"),
    path("interviews/<int:number>/edit/", told.EditInterview.as_view(), name="edit-interview"),
    path("interviews/<int:number>/move/", told.move_interview, name="move-interview"),
    path("interviews/<int:number>/comment/", told.add_comment, name="add-comment"),
    path("interviews/<int:number>/code/", coded.CodeAct.as_view(), name="code-act"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("acts/", coded.acts, name="acts"),
    path("acts/<int:number>/", coded.act, name="act"),
    path("acts/<int:number>/by/", coded.AddPerpetrator.as_view(), name="add-perpetrator"),
    path("acts/<int:number>/evidence/", coded.AddEvidence.as_view(), name="add-evidence"),
    path("acts/<int:number>/grade/", coded.GradeAct.as_view(), name="grade-act"),
    path("events/", coded.events, name="events"),
    path("events/add/", coded.AddEvent.as_view(), name="add-event"),
    path("events/<int:number>/", coded.event, name="event"),
    path("places/", places.places, name="places"),
    path("places/<slug:place>/", places.place, name="place"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add/", sources.AddSource.as_view(), name="add-source"),
    path("sources/<int:number>/", sources.source, name="source"),
    path("sources/<int:number>/edit/", sources.EditSource.as_view(), name="edit-source"),
    path("sources/<int:number>/seal/", sources.SealOriginal.as_view(), name="seal-original"),
    path("sources/<int:number>/original/", sources.original, name="original"),
    path("read-date/", views.read_date, name="read-date"),
    path("history/<slug:kind>/<int:number>/", keeping.history, name="history"),
    path("people/<code:code_name>/erase/", keeping.AskErasure.as_view(), name="ask-erasure"),
    path("erasures/", keeping.erasures, name="erasures"),
    path("erasures/<int:number>/", keeping.decide_erasure, name="decide-erasure"),
    path("audit/", views.audit, name="audit"),
]
