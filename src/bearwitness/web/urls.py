from django.contrib.auth import views as auth
from django.urls import include, path

from bearwitness.web import account, home

urlpatterns = [
    path("", home.start, name="start"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", account.ChangePassword.as_view(), name="password"),
    path("leave/", account.leave, name="leave"),
    path("language/", account.language, name="language"),
    path("blank/", account.blank, name="blank"),
    path("", include("bearwitness.web.accounts.urls")),
    path("", include("bearwitness.web.casebook.urls")),
    path("", include("bearwitness.web.intake.urls")),
    path("", include("bearwitness.web.leaving.urls")),
    path("", include("bearwitness.web.release.urls")),
]
