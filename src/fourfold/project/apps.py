"""The Django application of the project itself: it has no tables, and brings the system checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the checks when Django starts."""

    name = "fourfold.project"
    verbose_name = "Fourfold, the installation"

    def ready(self) -> None:
        """Django finds checks by import."""
        from fourfold.project import checks  # noqa: F401
