"""Mail, sent by the server that the settings name: the one thing besides HTTP that leaves this service."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from aggregator.errors import NetworkError

TIMEOUT_S = 30.0
PORTS = {"smtp": 25, "smtps": 465}


def send_mail(url: str, mail: EmailMessage) -> None:
    """Send by ``smtps://user:password@host:port``, or by ``smtp://`` with TLS where the server offers it; with a password only over TLS.

    Raises NetworkError that says what the server said."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    where = f"{host}:{port}"
    try:
        with _opened(parts.scheme, host, port) as server:
            secure = parts.scheme == "smtps"
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                secure = True
            if parts.username:
                if not secure:
                    raise NetworkError(f"The mail server {where} offers no TLS, over which alone a password is sent.", where)
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise NetworkError(f"The mail server {where} did not take the message: {error}", where) from error


def _opened(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=TIMEOUT_S)
