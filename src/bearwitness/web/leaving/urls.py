from django.urls import path

from bearwitness.web.leaving import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/<slug:listed>/", views.ExportList.as_view(), name="export"),
]
