"""``create_app(app)``: the Flask application over the product. Nothing is global; nothing is read at import."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, abort, current_app, make_response, render_template, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.security import safe_join

from aggregator.app import App
from aggregator.errors import (
    BrokerError,
    FeedError,
    FrontwireError,
    GazetteerError,
    NotFoundError,
    ScopeError,
    StorageError,
    TakenDownError,
    TokenError,
    TooManyError,
    UsageError,
)
from aggregator.numbers import whole
from web import api, auth, documents, dossiers, feeds, hub, operate, opml, pages, product, sync, websub
from web.present import FILTERS

STATIC = Path(__file__).parent / "static"
LONGEST_NAME = 200  # of a static file with its folders; no file system takes names of any length
# Everything comes from this server; no script or style stands in a page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # forms are checked for where they come from; others learn nothing
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PUBLIC = (  # blueprints
    *("feeds", "dossiers", "opml", "suggestions", "trend_data", "api", "map"),
    *("websub", "hub", "greader", "miniflux", "fever"),
)
PRIVATE = ("/operate", "/login", "/logout")
STATUS = {  # the first that fits
    TakenDownError: 410,
    **{NotFoundError: 404, UsageError: 400, FeedError: 400, BrokerError: 503, StorageError: 503, GazetteerError: 503},
    **{TokenError: 401, ScopeError: 403, TooManyError: 429},
}


class Id(IntegerConverter):
    """A number in an address, up to the largest that an id can be: what is larger names nothing, and no database takes it."""

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError, which becomes a 404, where it is too large."""
        number = whole(value)
        if number is None:
            raise ValidationError
        return number


class Sessions(SecureCookieSessionInterface):
    """No session, and so no Vary: Cookie, where the answer is the same for everybody: caches on the way may keep it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; an empty one without, as programs ask, for which no signature need be checked."""
        return super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the session in its cookie, but for answers to programs."""
        if request.blueprint not in PUBLIC:
            super().save_session(app, session, response)


def create_app(app: App) -> Flask:
    """Return the Flask application for this product."""
    flask = Flask("web", static_folder=None)
    flask.url_map.converters["int"] = Id
    flask.config.update(
        SECRET_KEY=app.settings.secret(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.settings.base.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a desk that stood open over lunch still works
        MAX_CONTENT_LENGTH=4 << 20,
        MAX_FORM_MEMORY_SIZE=4 << 20,  # pasted pages
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip", "deflate"],
        COMPRESS_MIMETYPES=[
            *("text/html", "text/css", "text/plain", "text/csv", "text/javascript", "application/json", "application/feed+json"),
            *("application/rss+xml", "application/atom+xml", "application/geo+json", "application/problem+json", "image/svg+xml"),
            "application/x-ndjson",
        ],
    )
    flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=1, x_proto=1, x_host=1) if app.settings.base_url else flask.wsgi_app  # type: ignore[method-assign]
    product.register(flask, app)
    flask.jinja_env.filters.update(FILTERS)
    flask.jinja_env.trim_blocks = flask.jinja_env.lstrip_blocks = True
    flask.jinja_env.globals["static"] = _static_url
    flask.jinja_env.globals["source_name"] = lambda ident: found.name if (found := app.registry.by_id.get(ident)) else None
    flask.session_interface = Sessions()
    Compress(flask)
    auth.register(flask)
    for blueprint in (*pages.BLUEPRINTS, *operate.BLUEPRINTS):
        flask.register_blueprint(blueprint)
    api.register(flask, app.settings)
    documents.register(flask)
    flask.register_blueprint(feeds.blueprint)
    flask.register_blueprint(dossiers.blueprint)
    flask.register_blueprint(opml.blueprint)
    pages.map.register(flask)
    websub.register(flask)
    hub.register(flask)
    sync.register(flask)
    flask.add_url_rule("/static/<version>/<path:name>", "static", _serve_static)
    flask.register_error_handler(FrontwireError, _on_our_error)
    flask.register_error_handler(HTTPException, _on_http_error)
    flask.after_request(_add_headers)
    return flask


def _add_headers(response: Response) -> Response:
    there = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in there])
    if request.path.startswith(PRIVATE):
        response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def _static_url(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for ever."""
    return url_for("static", version=_version(name), name=name)


def _serve_static(version: str, name: str) -> Response:
    path = safe_join(str(STATIC), name)
    if path is None or len(name) > LONGEST_NAME or not Path(path).is_file():
        abort(404)
    response = Response(Path(path).read_bytes(), mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _on_our_error(error: FrontwireError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:
        current_app.logger.error("%s: %s", request.path, error)
    response = make_response(_error_page(status, error.message), status)
    if isinstance(error, TokenError):  # RFC 6750, section 3
        response.headers["WWW-Authenticate"] = 'Bearer realm="frontwire"' + (', error="invalid_token"' if error.invalid else "")
    elif isinstance(error, ScopeError):
        response.headers["WWW-Authenticate"] = f'Bearer realm="frontwire", error="insufficient_scope", scope="{error.scope}"'
    elif isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _on_http_error(error: HTTPException) -> Response:
    response = make_response(_error_page(error.code or 500, error.description or error.name), error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _error_page(status: int, message: str) -> str | Response:
    if request.path.startswith("/api/"):
        return api.problem(status, message)
    return render_template("error.html", status=status, message=message)
