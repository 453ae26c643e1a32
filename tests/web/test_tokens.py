"""Access tokens: made and revoked at the desk, shown once, and what a request with one is."""

import pytest
from flask import Flask

from aggregator.access import Scope, digest, new_secret
from aggregator.app import build
from aggregator.errors import ScopeError, TokenError
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing
from tests.web.markup import faults
from web.factory import create_app
from web.tokens import NOTED_EVERY, full_text_allowed, request_token, require


def made(desk: Browsing, *scopes: Scope) -> str:
    """A token of the operator with these scopes."""
    secret = new_secret()
    user = desk.app.store.users.by_name(newsroom.NAME)
    assert user is not None
    desk.app.store.tokens.add(user.id, "laptop", {Scope.READ, *scopes}, digest(secret), newsroom.NOW)
    return secret


def test_a_token_is_shown_once_and_revoked_with_undo(desk: Browsing) -> None:
    page = desk.get("/operate/tokens")
    assert "None yet." in page.text
    shown = desk.send(page, "/operate/tokens", name=" news  room ", scope="full-text")
    assert shown.status == 200 and faults(shown.response.get_data(as_text=True)) == []
    assert shown.response.headers["Cache-Control"] == "no-store"
    secret = shown.find("//input[@id='secret']")[0].get("value") or ""
    (token,) = desk.app.store.tokens.all()
    assert desk.app.store.tokens.by_digest(digest(secret)) == token
    assert token.name == "news room" and token.scopes == {Scope.READ, Scope.FULL_TEXT}
    listed = desk.get("/operate/tokens")
    assert secret not in listed.response.get_data(as_text=True) and "news room" in listed.text and "read, full-text" in listed.text
    gone = desk.send(listed, f"/operate/token/{token.id}/revoke")
    assert "news room is revoked" in gone.text and "1 token revoked" in gone.text and "None yet." in gone.text
    back = desk.send(gone, f"/operate/token/{token.id}/undo")
    assert "news room holds again" in back.text and not desk.app.store.tokens.get(token.id).revoked


@pytest.mark.parametrize(("name", "scope", "says"), [(" ", "sync", "needs a name"), ("a", "all", "no scope 'all'")])
def test_a_token_that_cannot_be_is_refused(desk: Browsing, name: str, scope: str, says: str) -> None:
    page = desk.get("/operate/tokens")
    refused = desk.send(page, "/operate/tokens", name=name, scope=scope)
    assert refused.status == 400 and says in refused.text and desk.app.store.tokens.all() == ()


def test_strangers_see_and_make_no_tokens(reader: Browsing) -> None:
    assert reader.open("/operate/tokens").status_code == 302
    form = reader.get("/login").find("//input[@name='csrf_token']")[0].get("value")
    for path in ("/operate/tokens", "/operate/token/1/revoke", "/operate/token/1/undo"):
        response = reader.open(path, "POST", data={"csrf_token": form}, headers={"Referer": HOST + "/login"})
        assert response.status_code == 302 and response.headers["Location"].startswith("/login")


def test_a_request_is_known_by_its_token(desk: Browsing) -> None:
    flask, secret = desk.client.application, made(desk)
    store = desk.app.store.tokens
    with flask.test_request_context("/api/v1/search"):
        assert request_token() is None
    with flask.test_request_context("/stream.rss?token=" + secret):
        assert request_token() is None  # not from an address, but for feeds
    with flask.test_request_context("/stream.rss?token=" + secret):
        found = request_token(in_address=True)
        assert found is not None and found.id == store.all()[0].id
    used = store.all()[0].last_used_at
    assert used is not None
    with flask.test_request_context(headers={"Authorization": f"bearer {secret}"}):
        assert require(Scope.READ).name == "laptop"
        assert store.all()[0].last_used_at == used, "written no more often than every " + str(NOTED_EVERY)
        with pytest.raises(ScopeError, match="has the scopes read; this asks for operate"):
            require(Scope.OPERATE)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Basic bWFydGE6eA==", "is not right"),
        ("Bearer ", "is not right"),
        ("Bearer fw_nothing", "unknown here"),
        ("Bearer \udcff", "unknown here"),
    ],
)
def test_a_token_that_does_not_hold_is_told_so(flask: Flask, header: str, says: str) -> None:
    with flask.test_request_context(environ_overrides={"HTTP_AUTHORIZATION": header}), pytest.raises(TokenError, match=says):
        request_token()


def test_a_revoked_token_is_told_so(desk: Browsing) -> None:
    secret = made(desk)
    desk.app.store.tokens.revoke(desk.app.store.tokens.all()[0].id, True)
    with desk.client.application.test_request_context(headers={"Authorization": f"Bearer {secret}"}):
        with pytest.raises(TokenError, match="'laptop' was revoked"):
            request_token()
        with pytest.raises(TokenError):
            full_text_allowed()


@pytest.mark.parametrize(
    ("setting", "scope", "allowed"),
    [
        ("never", Scope.FULL_TEXT, False),
        ("token", None, False),
        ("token", Scope.OPERATE, False),
        ("token", Scope.FULL_TEXT, True),
        ("open", None, True),
    ],
)
def test_who_gets_whole_texts(desk: Browsing, setting: str, scope: Scope | None, allowed: bool) -> None:
    headers = {"Authorization": f"Bearer {made(desk, scope)}"} if scope else {}
    other = newsroom.open_app(desk.app.settings.data_dir, full_text=setting)
    with create_app(other).test_request_context(headers=headers):
        assert full_text_allowed() is allowed
    other.close()
    assert build(other.settings).settings.full_text == setting
