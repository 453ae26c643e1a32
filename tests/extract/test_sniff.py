"""What is no web page is told by its bytes, and none of it becomes text; galleries are told from articles."""

import gzip
import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract.body import extract
from aggregator.extract.outcome import count_words
from aggregator.extract.sniff import MAGIC, TYPES, refusal
from aggregator.model import Outcome, RawPage

URL = "https://dispatch.example/files/7"
NOISE = random.Random(7).randbytes(20_000)
HTML = b"<!DOCTYPE html><html><body><p>The mayor said that the bridge was closed on Friday, and that it would stay so.</p></body></html>"


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("report.txt", "The bridge was closed.")
    return out.getvalue()


FILES = [
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + NOISE, None, "PDF"),
    (b"\n\n%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj <p>", "text/html", "PDF"),
    (archive(), "application/octet-stream", "ZIP"),
    (gzip.compress(HTML), "text/html", "gzip"),
    (b"\x89PNG\r\n\x1a\n" + NOISE, "text/html", "PNG"),
    (b"\xff\xd8\xff\xe0" + NOISE, None, "JPEG"),
    (b"RIFF\x10\0\0\0WEBPVP8 " + NOISE, None, "WebP"),
    (b"\0\0\0\x20ftypisom" + NOISE, None, "MP4"),
    (b"\0\0\0\x20ftypavif" + NOISE, None, "AVIF"),
    (NOISE, None, "binary"),
    (NOISE, "text/html; charset=utf-8", "binary"),
    (b"<html><body>" + NOISE, "text/html", "binary"),
    (b"\0" * 5000, "text/html", "binary"),
    (b'{"title": "Bridge closed"}', "application/json", "JSON"),
    (b'[{"title": "Bridge <b>closed"}]', None, "JSON"),
    (b'<?xml version="1.0"?><rss version="2.0"><channel><title>Dispatch</title></channel></rss>', "text/xml", "feed"),
    (b'<?xml version="1.0"?><!-- made daily --><feed xmlns="http://www.w3.org/2005/Atom"></feed>', None, "feed"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"><text>Bridge</text></svg>', None, "SVG"),
    (b"name,dead,hurt\nbridge,0,2\n", "text/csv", "CSV"),
]


@pytest.mark.parametrize(("body", "content_type", "named"), FILES)
def test_a_file_is_no_article_and_the_draft_says_what_it_is(body: bytes, content_type: str | None, named: str) -> None:
    draft = extract(RawPage(URL, body, content_type))
    assert draft.outcome is Outcome.NOT_ARTICLE
    assert named in draft.because
    assert draft.body == "" and draft.title is None


WEB_PAGES = [
    (HTML, "application/octet-stream"),
    (HTML, "application/pdf"),
    (HTML.replace(b"Friday", b"Fri\x01day\x00"), "text/html"),
    ("﻿".encode() + HTML, "text/html"),
    (HTML.decode().encode("utf-16"), "text/html"),
    (HTML.decode().encode("utf-16-le"), "text/html"),
    (HTML.decode().encode("utf-16-be"), None),
    (b"<?xml version='1.0' encoding='utf-8'?>" + HTML, "application/xhtml+xml"),
]


@pytest.mark.parametrize(("body", "content_type"), WEB_PAGES)
def test_a_web_page_is_one_whatever_it_is_sent_as(body: bytes, content_type: str | None) -> None:
    assert refusal(RawPage(URL, body, content_type)) is None
    assert "the bridge was closed" in extract(RawPage(URL, body, content_type)).body


def test_every_signature_and_type_names_something() -> None:
    for start, name in MAGIC:
        assert refusal(RawPage(URL, start + b"\x00" * 20)) == name
    for kind, _ in TYPES:
        assert refusal(RawPage(URL, b"bytes", kind + "x"))


@given(st.binary(max_size=300), st.sampled_from([None, "text/html", "image/png", "application/pdf", "x"]))
def test_any_bytes_are_told(body: bytes, content_type: str | None) -> None:
    found = refusal(RawPage(URL, body, content_type))
    assert found is None or found


def gallery(
    count: int, *, item: str = "<li><img src='/i/{n}.jpg'><span>{n} / {count}</span></li>", text: str = "", head: str = ""
) -> bytes:
    items = "".join(item.format(n=n, count=count) for n in range(1, count + 1))
    return f"<html><head><title>In pictures</title>{head}</head><body><h1>In pictures</h1>{text}<ul>{items}</ul></body></html>".encode()


SENTENCE = "<p>Families came back to the outskirts of Aleppo on Friday to see what was left of their streets.</p>"
STORY = "".join(f"<p>The {n}th of the streets that were hit on Friday has water again, said the mayor of the town.</p>" for n in range(9))
GALLERIES = [
    (gallery(24), Outcome.NOT_ARTICLE),
    (gallery(24, head='<meta property="og:type" content="website">'), Outcome.NOT_ARTICLE),
    (gallery(12, item="<figure><img src='/i/{n}.jpg'></figure>"), Outcome.NOT_ARTICLE),
    (gallery(12, item="<figure><img src='/i/{n}.jpg'><figcaption>View {n} of the street</figcaption></figure>"), Outcome.NOT_ARTICLE),
    (gallery(2, head='<script type="application/ld+json">{"@type":"ImageGallery","name":"x"}</script>'), Outcome.NOT_ARTICLE),
    (gallery(24, text=SENTENCE), Outcome.PARTIAL),
    (gallery(24, text=STORY), Outcome.FULL),
    (gallery(3, text=SENTENCE, item="<figure><img src='/i/{n}.jpg'></figure>"), Outcome.FULL),
]


@pytest.mark.parametrize(("body", "outcome"), GALLERIES)
def test_a_gallery_is_told_from_an_article(body: bytes, outcome: Outcome) -> None:
    draft = extract(RawPage("https://dispatch.example/g/7", body))
    assert draft.outcome is outcome, draft
    assert draft.because
    assert "/ 24" not in draft.body


@pytest.mark.parametrize(
    ("text", "words"),
    [("1 / 24 2 / 24", 0), ("two 2 words", 2), ("", 0), ("— …", 0), ("F-16 over Kyiv", 3), ("无人机袭击了车站" * 20, 80)],
)
def test_words_have_letters(text: str, words: int) -> None:
    assert count_words(text) == words
