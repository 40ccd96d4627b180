from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "payments.desk"
    label = "desk"
