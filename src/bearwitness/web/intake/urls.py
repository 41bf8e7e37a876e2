from django.urls import path

from bearwitness.web.intake.views import ImportCases, ImportList

urlpatterns = [
    path("sources/import/", ImportList.as_view(), name="import-list"),
    path("sources/import-cases/", ImportCases.as_view(), name="import-cases"),
]
