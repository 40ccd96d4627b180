from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "farmers.workspace"
    label = "workspace"
