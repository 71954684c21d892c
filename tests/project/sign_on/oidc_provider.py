"""A real OpenID Connect provider on loopback, that of django-allauth, in a process of its own: PORT FOLDER.

What it says can be twisted by a file `twist.json` in its folder, to see whether the product believes it:
`id_token`, `userinfo` and `discovery` are laid over what it would say, `unsigned` leaves the signature out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()

settings.configure(
    SECRET_KEY="only for tests " * 5,
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    },
    SESSION_COOKIE_NAME="provider_session",
    CSRF_COOKIE_NAME="provider_csrf",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
        "allauth", "allauth.account", "allauth.idp.oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGIN_URL="account_login",
    ACCOUNT_EMAIL_VERIFICATION="none",
    ACCOUNT_LOGIN_METHODS={"username"},
    ACCOUNT_RATE_LIMITS=False,
    IDP_OIDC_PRIVATE_KEY=PEM,
    IDP_OIDC_ADAPTER=f"{__name__}.Adapter",
)  # fmt: skip
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from allauth.idp.oidc.adapter import DefaultOIDCAdapter  # noqa: E402
from allauth.idp.oidc.models import Client  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls"))]


def twist() -> dict[str, Any]:
    """What the test wants to be said instead."""
    file = FOLDER / "twist.json"
    return json.loads(file.read_text()) if file.exists() else {}


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Tells groups, and tells lies where it is told to."""

    def get_claims(self, purpose: str, user: User, client: Client, scopes: Any, **more: Any) -> dict[str, Any]:
        claims = super().get_claims(purpose, user, client, scopes, **more)
        claims["sub"] = f"subject-of-{user.username}"
        claims["groups"] = [group.name for group in user.groups.all()]
        return claims | (twist().get("userinfo", {}) if purpose == "userinfo" else {})

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        return User.objects.filter(username=sub.removeprefix("subject-of-")).first()

    def get_user_sub(self, client: Client, user: User) -> str:
        return f"subject-of-{user.username}"

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        data |= twist().get("discovery", {})


class Liar:
    """Changes the ID token on its way out, signed anew with the provider's own key, or not at all."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        lies = twist()
        if not environ["PATH_INFO"].endswith("/token") or not lies.keys() & {"id_token", "unsigned", "stranger"}:
            return self.app(environ, start)
        said: list[Any] = []
        body = b"".join(self.app(environ, lambda status, headers, *_: said.extend((status, headers))))
        answer = json.loads(body)
        if "id_token" in answer:
            claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
            header = jwt.get_unverified_header(answer["id_token"])
            claims |= {k: v for k, v in lies.get("id_token", {}).items() if v is not None}
            claims = {k: v for k, v in claims.items() if lies.get("id_token", {}).get(k, v) is not None}
            key, algorithm = PEM, "RS256"
            if lies.get("unsigned"):
                key, algorithm = "", "none"
            if lies.get("stranger"):
                key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            answer["id_token"] = jwt.encode(claims, key, algorithm, headers={"kid": header["kid"]})
        body = json.dumps(answer).encode()
        headers = [(k, v) for k, v in said[1] if k.lower() != "content-length"]
        start(said[0], [*headers, ("Content-Length", str(len(body)))])
        return [body]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def people() -> None:
    """The people, groups and the one client that the file `people.json` names."""
    given = json.loads((FOLDER / "people.json").read_text())
    for name, person in given["people"].items():
        user = User.objects.create_user(name, password=given["password"], first_name=name.title(), last_name="Doe")
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in person["groups"]])
        EmailAddress.objects.create(user=user, email=person["email"], verified=person["verified"], primary=True)
    client = Client(id="fourfold", name="Fourfold", scopes="openid\nprofile\nemail", skip_consent=True)
    client.redirect_uris, client.grant_types = "\n".join(given["redirects"]), "authorization_code"
    client.set_secret(given["secret"])
    client.save()


if __name__ == "__main__":
    sys.modules["oidc_provider"] = sys.modules[__name__]
    call_command("migrate", verbosity=0)
    people()
    make_server("127.0.0.1", PORT, Liar(WSGIHandler()), Server, Quiet).serve_forever()
