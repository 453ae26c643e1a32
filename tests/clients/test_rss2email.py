"""``rss2email`` run as people run it: a feed becomes mails, each item once; one that is edited by the reader's own choice of policy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.conftest import COURIER_FEED, Service
from tests.mailbox import Mailbox, receiving

FORMS = ("rss", "atom")  # what it reads
TEXT = "The harbour bridge was shut for an hour on Monday evening, the harbour office said. Nobody was hurt."


@dataclass(frozen=True, slots=True)
class Program:
    """The command ``r2e`` with its own folder, which sends to a mailbox."""

    folder: Path
    mailbox: Mailbox

    def configure(self, **options: str) -> None:
        values = {
            "from": "news@reader.example",
            "to": "marta@reader.example",
            "email-protocol": "smtp",
            "smtp-server": "127.0.0.1",
            "smtp-port": str(self.mailbox.port),
            "html-mail": "False",
            **options,
        }
        lines = [f"{name.replace('_', '-')} = {value}" for name, value in values.items()]
        (self.folder / "r2e.cfg").write_text("\n".join(["[DEFAULT]", *lines, ""]))

    def run(self, *words: str) -> None:
        own = ("-c", str(self.folder / "r2e.cfg"), "-d", str(self.folder / "r2e.json"))
        command = [str(Path(sys.executable).with_name("r2e")), *own, *words]
        done = subprocess.run(command, env=os.environ | {"XDG_RUNTIME_DIR": str(self.folder)}, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr and "ERROR" not in done.stderr, done.stderr


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with receiving() as mailbox:
        yield Program(tmp_path, mailbox)


@pytest.mark.parametrize("form", FORMS)
def test_each_item_is_mailed_once(service: Service, program: Program, form: str) -> None:
    program.configure()
    program.run("add", "courier", service.base + COURIER_FEED.format(form))
    program.run("run")
    assert len(program.mailbox.mails) == 2 and service.answers() == [200]
    mail = next(each for each in program.mailbox.mails if "eleven" in each["Subject"])
    assert mail["Subject"] == "Heating returns to eleven Kharkiv schools" and "Ada Quill" in mail["From"]
    assert mail["X-RSS-URL"] == "https://tidewater-courier.example/heating" and mail["X-RSS-ID"].startswith("tag:127.0.0.1,2026:article/")
    assert "Heating returned to eleven schools" in mail.get_content() and "Who says what in it" in mail.get_content()

    program.run("run")
    assert len(program.mailbox.mails) == 2 and service.answers() == [304]

    article = service.publish("bridge", "Bridge shut for an hour", TEXT)
    program.run("run")
    assert [each["Subject"] for each in program.mailbox.mails[2:]] == ["Bridge shut for an hour"]
    service.revise(article, "Bridge shut for two hours", TEXT.replace("an hour", "two hours"))
    program.run("run")
    assert len(program.mailbox.mails) == 3 and service.answers() == [200, 200]


def test_who_wants_to_know_of_edits_gets_one_answer_to_the_first_mail(service: Service, program: Program) -> None:
    program.configure(reply_changes="True")
    article = service.publish("bridge", "Bridge shut for an hour", TEXT)
    program.run("add", "courier", service.base + COURIER_FEED.format("atom"))
    program.run("run")
    first = next(each for each in program.mailbox.mails if each["Subject"].startswith("Bridge"))
    service.revise(article, "Bridge shut for two hours", TEXT.replace("an hour", "two hours"))
    program.run("run")
    program.run("run")
    (reply,) = program.mailbox.mails[3:]
    assert reply["Subject"] == "Bridge shut for two hours" and reply["In-Reply-To"] == first["Message-ID"]
    assert service.answers() == [200, 200, 304]


def test_every_kind_of_letter_arrives(service: Service, program: Program) -> None:
    program.configure()
    program.run("add", "all", f"{service.base}/stream.rss?items=articles&limit=6")
    program.run("run")
    subjects = {each["Subject"] for each in program.mailbox.mails}
    assert "До дев'яти шкіл Харкова повернули тепло" in subjects
    assert any("<script>" in subject for subject in subjects)  # as text: it is what the outlet wrote
    assert len(program.mailbox.mails) == 6
