"""WebSub as pure functions: discovery, the request, the states, the signature."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import HttpError
from aggregator.feeds import schedule, websub
from aggregator.feeds.parse import parse
from aggregator.feeds.websub import Step, Verdict
from aggregator.model import Feed, FeedState, RawFeed, Response, Subscription, SubscriptionState

S = SubscriptionState
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HUB, TOPIC = "https://hub.example/", "https://post.example/feed.xml"
NEW = Subscription(1, 7, HUB, TOPIC, "token", "secret", next_try_at=NOW)
ASKED = replace(NEW, asked_at=NOW, next_try_at=NOW + websub.VERIFY_WITHIN)
DAY = timedelta(days=1)
LIVE = replace(NEW, state=S.VERIFIED, verified_at=NOW, lease_until=NOW + 9 * DAY, next_try_at=NOW + 6 * DAY)
FEED = Feed(7, TOPIC, "Post", "post", state=FeedState.OK)


def question(mode: str = "subscribe", **changes: str) -> dict[str, str]:
    asked = {"hub.mode": mode, "hub.topic": TOPIC, "hub.challenge": "c9", "hub.lease_seconds": str(9 * 86_400)}
    return asked | {f"hub.{name}": value for name, value in changes.items()}


# --- discovery --------------------------------------------------------------------------------------------------------

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><id>urn:post</id>%s
<entry><id>urn:1</id><title>One</title><link href="https://post.example/1"/></entry></feed>"""
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Post</title>%s
<item><title>One</title><link>https://post.example/1</link></item></channel></rss>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Post", %s "items": []}"""
OTHER = "https://other.example/"

# document, Link header -> hub, topic
OFFERS: dict[str, tuple[str, str | None, str | None, str | None]] = {
    "nothing": (RSS % "", None, None, None),
    "atom": (ATOM % f'<link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/>', None, HUB, TOPIC),
    "atom, relative": (ATOM % '<link rel="hub" href="/hub"/><link rel="self" href="feed.xml"/>', None, "https://post.example/hub", TOPIC),
    "rss": (RSS % f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/>', None, HUB, TOPIC),
    "rss, no self": (RSS % f'<atom:link rel="hub" href="{HUB}"/>', None, HUB, None),
    "rss, self alone": (RSS % f'<atom:link rel="self" href="{TOPIC}"/>', None, None, TOPIC),
    "two hubs, one of them safe": (
        *(RSS % f'<atom:link rel="hub" href="http://a.example/"/><atom:link rel="hub" href="{HUB}"/>', None, HUB, None),
    ),
    "two hubs": (RSS % f'<atom:link rel="hub" href="{OTHER}"/><atom:link rel="hub" href="{HUB}"/>', None, OTHER, None),
    "a hub that is no address": (RSS % '<atom:link rel="hub" href="javascript:alert(1)"/>', None, None, None),
    "json feed": (JSON % f'"feed_url": "{TOPIC}", "hubs": [{{"type": "WebSub", "url": "{HUB}"}}],', None, HUB, TOPIC),
    "json feed, another protocol": (JSON % f'"hubs": [{{"type": "rssCloud", "url": "{HUB}"}}, 5],', None, None, None),
    "link header": (RSS % "", f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', HUB, TOPIC),
    "link header before the document": (RSS % f'<atom:link rel="hub" href="{OTHER}"/>', f"<{HUB}>; rel=hub", HUB, None),
    "link header without a hub": (
        *(RSS % f'<atom:link rel="hub" href="{HUB}"/>', f'<{OTHER}wp-json/>; rel="https://api.w.org/"', HUB, None),
    ),
    "link header on json": (JSON % "", f"<{HUB}>;rel=hub,<{TOPIC}>;rel=self", HUB, TOPIC),
}


@pytest.mark.parametrize("case", OFFERS)
def test_hub_and_topic_of_a_document(case: str) -> None:
    document, header, hub, topic = OFFERS[case]
    headers = {"link": header} if header else {}
    parsed = parse(RawFeed(TOPIC, document.encode(), None, headers), NOW)
    assert (parsed.hub, parsed.topic) == (hub, topic)


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ("", ()),
        ("<a>; rel=hub", (("a", {"hub"}),)),
        ('<a>; title="x, y; rel=z"; REL = "Self hub" , <b>', (("a", {"self", "hub"}), ("b", set()))),
        ('<a,b>; rel="hub"; type="text/xml"', (("a,b", {"hub"}),)),
        ("nonsense; rel=hub", ()),
        ("<a; rel=hub", ()),
    ],
)
def test_link_headers(header: str, links: tuple[tuple[str, set[str]], ...]) -> None:
    assert websub.header_links(header) == tuple((target, frozenset(rels)) for target, rels in links)


@given(st.text())
def test_no_link_header_raises(header: str) -> None:
    websub.offered(header, TOPIC)


@pytest.mark.parametrize(
    ("feed_url", "hub", "worth"),
    [(TOPIC, HUB, True), (TOPIC, "http://hub.example/", False), ("http://post.example/", "http://hub.example/", True)],
)
def test_a_hub_is_as_well_protected_as_its_feed(feed_url: str, hub: str, worth: bool) -> None:
    assert websub.worth_asking(feed_url, hub) is worth


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_what_is_asked_of_the_hub() -> None:
    callback = "https://wire.example/websub/token"
    asked = [("hub.callback", callback), ("hub.mode", "subscribe"), ("hub.topic", TOPIC)]
    form = websub.request_form(NEW, websub.SUBSCRIBE, callback)
    assert list(form) == [*asked, ("hub.lease_seconds", "864000"), ("hub.secret", "secret")]
    assert dict(websub.request_form(NEW, websub.UNSUBSCRIBE, callback)) == dict(asked) | {"hub.mode": "unsubscribe"}
    assert websub.MIN_LEASE <= websub.LEASE <= websub.MAX_LEASE


def test_keys_are_long_and_never_the_same() -> None:
    keys = {websub.new_key() for _ in range(100)}
    assert len(keys) == 100 and all(40 < len(key) < 200 for key in keys)


LATER = NOW + timedelta(minutes=10)
# the subscription when it is due, whether it is wanted -> what is asked, the state, its failures, minutes to the next try
STEPS: dict[str, tuple[Subscription, bool, str | None, S | None, int, float]] = {
    "new": (NEW, True, "subscribe", S.PENDING, 0, 60),
    "never verified": (ASKED, True, None, S.FAILED, 1, 10),
    "never verified, again": (replace(ASKED, failures=3), True, None, S.FAILED, 4, 80),
    "failed": (replace(NEW, state=S.FAILED, failures=2), True, "subscribe", S.PENDING, 2, 60),
    "denied long ago": (replace(NEW, state=S.DENIED, failures=1), True, "subscribe", S.PENDING, 1, 60),
    "to be renewed": (LIVE, True, "subscribe", S.VERIFIED, 0, 60),
    "to be renewed, the lease nearly over": (replace(LIVE, lease_until=LATER), True, "subscribe", S.VERIFIED, 0, 10),
    "renewal never verified": (replace(LIVE, asked_at=NOW), True, None, S.VERIFIED, 1, 10),
    "over": (replace(LIVE, lease_until=NOW), True, "subscribe", S.PENDING, 0, 60),
    "over, renewal never verified": (replace(LIVE, lease_until=NOW, asked_at=NOW), True, None, S.FAILED, 1, 10),
    "was to be ended, is wanted again": (replace(LIVE, state=S.LEAVING, failures=1), True, "subscribe", S.PENDING, 1, 60),
    "to be ended": (LIVE, False, "unsubscribe", S.LEAVING, 1, 10),
    "to be ended while asked for": (replace(ASKED, failures=4), False, "unsubscribe", S.LEAVING, 1, 10),
    "to be ended, the hub silent": (replace(LIVE, state=S.LEAVING, failures=1), False, "unsubscribe", S.LEAVING, 2, 20),
    "to be ended, the hub silent for long": (replace(LIVE, state=S.LEAVING, failures=3), False, None, None, 0, 0),
    "to be ended, never asked for": (NEW, False, None, None, 0, 0),
    "to be ended, denied": (replace(NEW, state=S.DENIED), False, None, None, 0, 0),
}


@pytest.mark.parametrize("case", STEPS)
def test_what_is_done_when_it_is_due(case: str) -> None:
    subscription, wanted, mode, state, failures, minutes = STEPS[case]
    step = websub.next_step(subscription, wanted, NOW)
    assert step.mode == mode
    if state is None:
        assert step == Step(None, None)
        return
    assert step.after is not None
    assert (step.after.state, step.after.failures) == (state, failures)
    assert step.after.next_try_at == NOW + timedelta(minutes=minutes)
    assert step.after.asked_at == (NOW if mode == "subscribe" else None)


def test_a_hub_that_fails_is_asked_ever_less_often() -> None:
    waits, subscription = [], NEW
    for _ in range(12):
        subscription = websub.failed(subscription, "It answers with 503.", NOW)
        assert subscription.next_try_at is not None
        waits.append((subscription.next_try_at - NOW).total_seconds() / 60)
    assert waits[:8] == [10, 20, 40, 80, 160, 320, 640, 1280] and set(waits[8:]) == {1440}
    assert (subscription.state, subscription.reason) == (S.FAILED, "It answers with 503.")
    assert websub.failed(NEW, "", NOW, retry_after_s=3600).next_try_at == NOW + timedelta(hours=1)
    assert websub.failed(NEW, "", NOW, retry_after_s=1e9).next_try_at == NOW + websub.DENIED_FOR


def test_a_verified_subscription_outlives_a_failing_renewal_until_its_lease_ends() -> None:
    soon = replace(LIVE, lease_until=NOW + timedelta(minutes=3))
    failed = websub.failed(soon, "It answers with 503.", NOW)
    assert (failed.state, failed.next_try_at) == (S.VERIFIED, soon.lease_until)
    assert websub.expired(failed, NOW + timedelta(minutes=3)).state is S.EXPIRED
    assert websub.failed(failed, "", NOW + timedelta(minutes=3)).state is S.FAILED


# --- what the hub says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.PENDING, S.VERIFIED, S.EXPIRED, S.FAILED])
def test_what_was_asked_for_is_confirmed(state: S) -> None:
    verdict = websub.verify(replace(ASKED, state=state, failures=4, reason="Busy."), True, question(), NOW)
    assert verdict is not None and verdict.body == "c9"
    assert verdict.after == replace(
        ASKED, state=S.VERIFIED, verified_at=NOW, lease_until=NOW + 9 * DAY, asked_at=None, failures=0, next_try_at=NOW + 6 * DAY
    )


REFUSED: dict[str, tuple[Subscription, bool, dict[str, str]]] = {
    "another topic": (ASKED, True, question(topic="https://post.example/other.xml")),
    "no topic": (ASKED, True, {"hub.mode": "subscribe", "hub.challenge": "c9"}),
    "no challenge": (ASKED, True, question(challenge="")),
    "a book for a challenge": (ASKED, True, question(challenge="c" * 5000)),
    "another mode": (ASKED, True, question("publish")),
    "no mode": (ASKED, True, {"hub.topic": TOPIC, "hub.challenge": "c9"}),
    "to end what is wanted": (LIVE, True, question("unsubscribe")),
    "to subscribe for a feed that is paused": (LIVE, False, question()),
    "to subscribe while leaving": (replace(LIVE, state=S.LEAVING), True, question()),
    "to subscribe what was denied": (replace(NEW, state=S.DENIED), True, question()),
    "to deny another topic": (LIVE, True, question("denied", topic="https://post.example/other.xml")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_never_asked_for_is_refused(case: str) -> None:
    assert websub.verify(*REFUSED[case], NOW) is None


def test_an_end_that_was_asked_for_is_confirmed_and_forgotten() -> None:
    assert websub.verify(replace(LIVE, state=S.LEAVING), False, question("unsubscribe"), NOW) == Verdict("c9", None)


@pytest.mark.parametrize("subscription", [ASKED, LIVE])
def test_a_denial_holds_for_a_week(subscription: Subscription) -> None:
    verdict = websub.verify(subscription, True, question("denied", reason="  not \n for you "), NOW)
    assert verdict is not None and verdict.after is not None and verdict.body == ""
    after = verdict.after
    assert (after.state, after.lease_until, after.asked_at, after.next_try_at) == (S.DENIED, None, None, NOW + 7 * DAY)
    assert after.reason == "The hub denies the subscription: not for you."
    bare = {"hub.mode": "denied", "hub.topic": TOPIC}
    assert websub.verify(subscription, False, bare, NOW) == Verdict("", None)


@pytest.mark.parametrize(
    ("text", "lease", "renewed_after"),
    [
        (None, 10 * DAY, 160),
        ("", 10 * DAY, 160),
        ("soon", 10 * DAY, 160),
        ("0", 10 * DAY, 160),
        ("-5", 10 * DAY, 160),
        ("٣", 10 * DAY, 160),
        ("9" * 40, 10 * DAY, 160),
        ("864000", 10 * DAY, 160),
        ("99999999999", 14 * DAY, 224),
        ("86400", DAY, 16),
        ("7200", DAY / 12, 4 / 3),
        ("60", timedelta(seconds=60), 1),
    ],
)
def test_leases(text: str | None, lease: timedelta, renewed_after: float) -> None:
    assert websub.granted(text) == lease
    verdict = websub.verify(ASKED, True, question(lease_seconds=text or ""), NOW)
    assert verdict is not None and verdict.after is not None and verdict.after.next_try_at is not None
    assert verdict.after.lease_until == NOW + lease
    assert (verdict.after.next_try_at - NOW).total_seconds() == pytest.approx(renewed_after * 3600)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    body = "<rss>Київ</rss>".encode()
    right = hmac.new(b"secret", body, method).hexdigest()
    assert websub.signed("secret", f"{method}={right}", body)
    assert websub.signed("secret", f" {method.upper()} = {right.upper()} ", body)
    for wrong in (right, f"{method}=", f"{method}={right[:-1]}", f"{method}=ї{right[1:]}", f"md5={right}", f"sha3_256={right}", "", None):
        assert not websub.signed("secret", wrong, body)
    assert not websub.signed("other", f"{method}={right}", body)
    assert not websub.signed("secret", f"{method}={right}", body + b" ")


def test_an_algorithm_that_hashlib_knows_is_not_one_of_the_recommendation() -> None:
    assert not websub.signed("secret", "md5=" + hmac.new(b"secret", b"x", hashlib.md5).hexdigest(), b"x")


@given(st.text(max_size=200), st.binary(max_size=200))
def test_nothing_passes_by_chance(header: str, body: bytes) -> None:
    assert not websub.signed("secret", header, body)


# --- the safety net ---------------------------------------------------------------------------------------------------

MINUTE = timedelta(minutes=1)
PUSHED = replace(LIVE, last_push_at=NOW - 5 * MINUTE)
DELIVERS: dict[str, tuple[Subscription | None, datetime | None, bool]] = {
    "no subscription": (None, None, False),
    "never pushed": (LIVE, None, False),
    "pushed, nothing new since": (PUSHED, NOW - 5 * MINUTE, True),
    "pushed, nothing ever found by polling": (PUSHED, None, True),
    "a poll found what was not pushed": (PUSHED, NOW - MINUTE, False),
    "the lease is over": (replace(PUSHED, lease_until=NOW), None, False),
    "asked for": (replace(PUSHED, state=S.PENDING), None, False),
    "denied": (replace(PUSHED, state=S.DENIED), None, False),
}


@pytest.mark.parametrize("case", DELIVERS)
def test_whether_a_hub_delivers(case: str) -> None:
    subscription, last_new_at, delivers = DELIVERS[case]
    assert websub.delivers(subscription, replace(FEED, last_new_at=last_new_at), NOW) is delivers


def polled(pushed: bool, times: list[datetime], **fields: Any) -> tuple[timedelta, str]:
    after = schedule.after_not_modified(replace(FEED, **fields), Response(TOPIC, 304), times, NOW, 0.1, pushed=pushed)
    assert after.next_poll_at is not None
    return after.next_poll_at - NOW, after.state_text


def test_polling_goes_on_hourly_while_a_hub_delivers() -> None:
    busy = [NOW - n * 9 * MINUTE for n in range(20)]
    wait, text = polled(False, busy)
    assert wait == 3.3 * MINUTE and "hub" not in text
    wait, text = polled(True, busy)
    assert wait == 66 * MINUTE
    assert text == "A new entry about every 9 minutes; asked every hour. Its hub pushes what is new in between."


def test_what_is_polled_less_often_anyway_stays_so_and_an_operator_s_word_stands() -> None:
    slow = [NOW - n * 12 * 60 * MINUTE for n in range(20)]
    assert polled(True, slow)[0] == polled(False, slow)[0] == 264 * MINUTE
    assert polled(True, slow, interval_s=300)[0] == 5.5 * MINUTE


def test_a_failing_feed_backs_off_as_before() -> None:
    error = HttpError("It answers with 503.", TOPIC, status=503)
    assert schedule.after_error(FEED, error, NOW, 0.0).next_poll_at == NOW + 5 * MINUTE
