from django.apps import AppConfig


class CommissionConfig(AppConfig):
    name = "payments.commission"
    label = "commission"
