from django.urls import path

from bearwitness.web.release import views

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("snapshot/", views.SnapshotIntoStudy.as_view(), name="snapshot"),
    path("studies/<str:name>/", views.study, name="study"),
    path("studies/<str:name>/run/", views.run, name="run-study"),
    path("studies/<str:name>/progress/", views.progress, name="progress"),
    path("studies/<str:name>/verify/", views.verify, name="verify-study"),
    path("studies/<str:name>/report.html", views.report, name="report"),
    path("studies/<str:name>/report.pdf", views.report_pdf, name="report-pdf"),
    path("studies/<str:name>/package.zip", views.package, name="package"),
]
