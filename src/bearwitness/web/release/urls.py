from django.urls import path

from bearwitness.web.release import releases, views, walking

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("snapshot/", views.SnapshotIntoStudy.as_view(), name="snapshot"),
    path("studies/<str:name>/", views.study, name="study"),
    path("studies/<str:name>/run/", views.run, name="run-study"),
    path("studies/<str:name>/progress/", views.progress, name="progress"),
    path("studies/<str:name>/verify/", views.verify, name="verify-study"),
    path("studies/<str:name>/report.html", views.report, name="report"),
    path("studies/<str:name>/report.pdf", views.report_pdf, name="report-pdf"),
    path("studies/<str:name>/report.<slug:language>.html", views.report, name="report-in"),
    path("studies/<str:name>/report.<slug:language>.pdf", views.report_pdf, name="report-pdf-in"),
    path("studies/<str:name>/package.zip", views.package, name="package"),
    path("studies/<str:name>/prepare/", releases.prepare, name="prepare-release"),
    path("studies/<str:name>/figures/", walking.figures, name="walk-figures"),
    path("studies/<str:name>/figures/<path:figure>/", walking.figure, name="walk-figure"),
    path("studies/<str:name>/tables/<path:table>/", walking.table, name="walk-table"),
    path("studies/<str:name>/made-from/", walking.made_from, name="walk-run"),
    path("studies/<str:name>/rows/", walking.rows, name="walk-rows"),
    path("studies/<str:name>/rows/<str:code_name>/", walking.person, name="walk-person"),
    path("studies/<str:name>/rows/<str:code_name>/told/", walking.told, name="walk-told"),
    path("studies/<str:name>/words/<int:number>/", walking.words, name="walk-words"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("releases/<int:number>/move/", releases.move, name="move-release"),
    path("releases/<int:number>/package.zip", releases.package, name="release-package"),
]
