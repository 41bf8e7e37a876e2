from django.urls import path

from bearwitness.web.entry import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/second/", views.second_step, name="second-step"),
    path("login/passkey/", views.passkey_sign_in, name="passkey-sign-in"),
    path("logout/", views.sign_out, name="logout"),
    path("leave/", views.leave, name="leave"),
    path("blank/", views.blank, name="blank"),
    path("here/", views.here, name="here"),
    path("language/", views.language, name="language"),
    path("confirm/", views.confirm, name="confirm"),
]
