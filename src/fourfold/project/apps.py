"""The Django application of the project itself: it has no tables, and brings the checks and what hears of sign-ins."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the checks and receivers when Django starts."""

    name = "fourfold.project"
    verbose_name = "Fourfold, the installation"

    def ready(self) -> None:
        """Django finds them by import."""
        from fourfold.project import checks, sessions, sign_ins  # noqa: F401
