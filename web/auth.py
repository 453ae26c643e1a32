"""Logging in: operators only, argon2 passwords, sessions by flask-login, forms that cannot be forged.

A wrong password costs the same time as a right one, and after FAILURES wrong ones from an address it has to wait.
"""

import time
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from aggregator.numbers import whole
from aggregator.ports import User
from web.product import product

FAILURES = 5  # within WINDOW_S, then the address waits
WINDOW_S = 300.0
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")  # compared with where the name is unknown, so that time tells nothing

blueprint = Blueprint("auth", __name__)


class Failures:
    """Wrong passwords by address, as long as they count."""

    def __init__(self) -> None:
        self._at: dict[str, list[float]] = {}

    def too_many(self, address: str) -> bool:
        """Whether the address has to wait."""
        return len(self._recent(address)) >= FAILURES

    def note(self, address: str) -> None:
        """One more; whoever failed long ago is forgotten."""
        self._at = {known: times for known in list(self._at) if (times := self._recent(known))}
        self._at.setdefault(address, []).append(time.monotonic())

    def _recent(self, address: str) -> list[float]:
        return [at for at in self._at.get(address, ()) if time.monotonic() - at < WINDOW_S]


class Operator(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """A logged-in operator."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.name = user.name


def register(flask: Flask) -> None:
    """Put sessions, the login page and the protection of forms into the application."""
    manager = LoginManager(flask)
    manager.login_view = "auth.login"
    manager.login_message = ""  # the login page says it
    flask.extensions["frontwire-failures"] = Failures()
    manager.user_loader(_load)
    CSRFProtect(flask)
    flask.register_blueprint(blueprint)


def _load(ident: str) -> Operator | None:
    number = whole(ident)
    user = None if number is None else product().store.users.get(number)
    return Operator(user) if user else None


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """The login page; says how the first operator is made where there is none."""
    first = product().store.users.count() == 0
    if request.method == "GET":
        return render_template("login.html", first=first, message="")
    address = request.remote_addr or ""
    failures: Failures = current_app.extensions["frontwire-failures"]
    if failures.too_many(address):
        return render_template("login.html", first=first, message="Too many wrong passwords; try again in five minutes."), 429
    user = product().store.users.by_name(request.form.get("name", "").strip())
    if not _matches(user.password_hash if user else _NOBODY, request.form.get("password", "")) or user is None:
        failures.note(address)
        return render_template("login.html", first=first, message="Name and password do not fit each other."), 401
    login_user(Operator(user))
    return redirect(safe_path(request.args.get("next")) or url_for("operate.desk"))


@blueprint.post("/logout")
def logout() -> Response:
    """End the session."""
    logout_user()
    return redirect(url_for("pages.stream"))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return bool(_HASHER.verify(password_hash, password))
    except VerifyMismatchError:
        return False


def safe_path(target: str | None) -> str | None:
    """A path of ours to go on to, never another host's."""
    if not target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\")) else None
