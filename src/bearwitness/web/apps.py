from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bearwitness.web"
    label = "web"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from bearwitness.web.entry.standing import begin_session

        user_logged_in.connect(begin_session, dispatch_uid="bearwitness.begin_session")
