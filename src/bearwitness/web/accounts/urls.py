from django.urls import path

from bearwitness.web.accounts import views

urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/add/", views.AddAccount.as_view(), name="add-account"),
    path("accounts/<int:number>/", views.EditAccount.as_view(), name="account"),
    path("accounts/<int:number>/password/", views.new_password, name="new-password"),
    path("accounts/<int:number>/end/", views.end_account, name="end-account"),
    path(
        "accounts/<int:number>/second-factors/",
        views.ResetSecondFactors.as_view(),
        name="reset-second-factors",
    ),
    path("accounts/<int:number>/wait/", views.lift_wait, name="lift-wait"),
    path("accounts/lock/", views.LockCasebook.as_view(), name="lock-casebook"),
    path("teams/add/", views.AddTeam.as_view(), name="add-team"),
    path("teams/choose/", views.choose_team, name="choose-team"),
]
