from django.urls import path

from bearwitness.web.together import views

urlpatterns = [
    path("changes/", views.batches, name="batches"),
    path("changes/<int:number>/", views.batch, name="batch"),
    path("changes/<slug:listed>/<slug:field>/", views.ChangeMany.as_view(), name="change-many"),
]
