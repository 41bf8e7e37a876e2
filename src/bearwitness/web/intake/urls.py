from django.urls import path

from bearwitness.web.intake.views import ImportList

urlpatterns = [path("sources/import/", ImportList.as_view(), name="import-list")]
