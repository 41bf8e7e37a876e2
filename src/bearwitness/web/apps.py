from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bearwitness.web"
    label = "web"
