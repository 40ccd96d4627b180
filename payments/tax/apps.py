from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "payments.tax"
    label = "tax"
