from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "payments.claims"
    label = "claims"
