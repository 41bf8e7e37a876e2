from django.urls import path

from bearwitness.web.own import views

urlpatterns = [
    path("settings/", views.settings_page, name="settings"),
    path("password/", views.Password.as_view(), name="password"),
    path("settings/second-factor/", views.second_factor, name="second-factor"),
    path("settings/code-app/", views.AddCodeApp.as_view(), name="add-code-app"),
    path("settings/passkey/", views.add_passkey, name="add-passkey"),
    path("settings/recovery-codes/", views.recovery_codes, name="recovery-codes"),
    path("settings/remove/<int:number>/", views.remove_second_factor, name="remove-second-factor"),
    path("settings/sessions/end/", views.end_sessions, name="end-sessions"),
]
