from django.urls import include, path

from bearwitness.web import home

urlpatterns = [
    path("", home.start, name="start"),
    path("", include("bearwitness.web.entry.urls")),
    path("", include("bearwitness.web.own.urls")),
    path("", include("bearwitness.web.accounts.urls")),
    path("", include("bearwitness.web.casebook.urls")),
    path("", include("bearwitness.web.intake.urls")),
    path("", include("bearwitness.web.leaving.urls")),
    path("", include("bearwitness.web.release.urls")),
    path("", include("bearwitness.web.together.urls")),
]
