"""A mail server on loopback that takes everything (RFC 5321, the least of it)."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(slots=True)
class Mailbox:
    """What arrived, in order, and where to send to."""

    port: int
    taken: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the server, as FRONTWIRE_SMTP_URL has it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, read."""
        found = [message_from_bytes(raw, policy=policy.default) for raw in self.taken]
        return [mail for mail in found if isinstance(mail, EmailMessage)]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mailbox = Mailbox(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.mailbox.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 mail.example\r\n")


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """A running server's mailbox."""
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.mailbox
        running.shutdown()
        thread.join()
