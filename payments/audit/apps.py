from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "payments.audit"
    label = "audit"
