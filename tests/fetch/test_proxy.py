"""The proxy of a rendering against raw requests: what it passes on, what it refuses, and that nothing of it stays."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aggregator.fetch.connection import Limits
from aggregator.fetch.guard import AddressGuard
from aggregator.fetch.proxy import REFUSAL, GuardedProxy, Tolls
from tests.fetch.loopback import CERTIFICATE, Exchange, Loopback, serving

GUARD = AddressGuard((ipaddress.ip_network("127.0.0.1/32"),))
CLIENT_HELLO = b"\x16\x03\x01"


@contextmanager
def proxying(tolls: Tolls | None = None) -> Iterator[GuardedProxy]:
    with GuardedProxy(socket.create_server(("127.0.0.1", 0)), GUARD, tolls or Tolls(), Limits(connect_s=2)) as proxy:
        yield proxy


@pytest.fixture
def proxy() -> Iterator[GuardedProxy]:
    with proxying() as running:
        yield running


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving(
        {"/a": lambda e: e.answer(200, b"<p>Ferries run again.</p>", Content_Type="text/html", Keep_Alive="timeout=5")}
    ) as running:
        yield running


def connected(proxy: GuardedProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), timeout=5)


def everything(sock: socket.socket) -> bytes:
    data = b""
    try:
        while piece := sock.recv(65_536):
            data += piece
    except ConnectionError:
        return data  # cut off in the middle, which is an end as well
    return data


def ask(proxy: GuardedProxy, request: str) -> tuple[int, str, bytes]:
    """Status, head and body of the answer."""
    with connected(proxy) as sock:
        sock.sendall(request.replace("\n", "\r\n").encode())
        head, _, body = everything(sock).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), body


def test_a_page_is_passed_on_with_the_headers_that_are_its_own(proxy: GuardedProxy, server: Loopback) -> None:
    request = f"GET {server.url('/a')} HTTP/1.1\nHost: elsewhere.example\nUser-Agent: Reader\nProxy-Connection: keep-alive\nX-Note: n\n\n"
    status, head, body = ask(proxy, request)
    assert (status, body) == (200, b"<p>Ferries run again.</p>")
    assert "Content-Type: text/html" in head and "Connection: close" in head and "Keep-Alive" not in head
    sent = server.seen[0].headers
    assert (sent["host"], sent["user-agent"], sent["x-note"]) == (f"127.0.0.1:{server.port}", "Reader", "n")
    assert (sent["connection"], "proxy-connection" in sent, "accept-encoding" in sent) == ("close", False, False)
    assert proxy.traffic > len(body)


def test_the_head_of_a_page_comes_without_its_body(proxy: GuardedProxy, server: Loopback) -> None:
    server.routes["/a"] = lambda e: e.send(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
    status, head, body = ask(proxy, f"HEAD {server.url('/a')} HTTP/1.1\n\n")
    assert (status, body, server.seen[0].method) == (200, b"", "HEAD") and "Content-Length: 7" in head


def test_chunks_packings_cookies_and_redirects_arrive_as_they_are(proxy: GuardedProxy, server: Loopback) -> None:
    def chunked(exchange: Exchange) -> None:
        lines = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\n"
        exchange.send(lines.encode() + b"Transfer-Encoding: chunked\r\n\r\n5\r\n\x1f\x8bxyz\r\n0\r\n\r\n")

    server.routes["/c"] = chunked
    status, head, body = ask(proxy, f"GET {server.url('/c')} HTTP/1.1\n\n")
    assert (status, body) == (302, b"\x1f\x8bxyz"), "the browser follows redirects and unpacks: through the proxy again"
    assert head.count("Set-Cookie") == 2 and "Content-Encoding: gzip" in head and "Transfer-Encoding" not in head


def test_a_tunnel_carries_tls(proxy: GuardedProxy) -> None:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    with serving({"/a": lambda e: e.answer(200, b"behind TLS")}, tls=True) as server, connected(proxy) as sock:
        sock.sendall(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert sock.recv(100).startswith(b"HTTP/1.1 200 ")
        with context.wrap_socket(sock, server_hostname="127.0.0.1") as tunnel:
            tunnel.sendall(b"GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert everything(tunnel).endswith(b"behind TLS")


def test_a_tunnel_carries_nothing_else(proxy: GuardedProxy, server: Loopback) -> None:
    with connected(proxy) as sock:
        sock.sendall(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\n".encode())
        assert everything(sock) == b"HTTP/1.1 200 Connection established\r\n\r\n"
    assert server.seen == []


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST http://127.0.0.1:{port}/a HTTP/1.1", 405),
        ("OPTIONS * HTTP/1.1", 405),
        ("GET /a HTTP/1.1", 400),
        ("GET https://127.0.0.1:{port}/a HTTP/1.1", 400),
        ("GET ftp://127.0.0.1:{port}/a HTTP/1.1", 400),
        ("GET file:///etc/hostname HTTP/1.1", 400),
        ("GET http://reader:pass@127.0.0.1:{port}/a HTTP/1.1", 400),
        ("GET http:///a HTTP/1.1 and more", 400),
        ("GET http://[/ HTTP/1.1", 400),
        ("CONNECT 127.0.0.1:{port}/a@elsewhere HTTP/1.0 x", 400),
        ("CONNECT reader@127.0.0.1:{port} HTTP/1.1", 400),
        ("CONNECT 127.0.0.1:port HTTP/1.1", 400),
        ("\x16\x03\x01", 400),
        ("GET http://127.0.0.1:1/a HTTP/1.1", 502),
        ("GET http://no-such-host.invalid/a HTTP/1.1", 502),
    ],
)
def test_everything_else_is_refused_with_a_sentence(proxy: GuardedProxy, server: Loopback, request_line: str, status: int) -> None:
    answered, _, body = ask(proxy, request_line.format(port=server.port) + "\n\n")
    assert answered == status and REFUSAL.encode() in body and body.rstrip().endswith(b".</p>")
    assert server.seen == []


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.2",
            "127.2",
            "127.0.2",
            "2130706434",
            "0x7f000002",
            "0x7f.0.0.2",
            "0177.0.0.2",
            "127.0.0.2.",
            "127%2e0.0.2",
            "0.0.0.0",
            "0",
        ),
        *("[::1]", "[::]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:2]", "[2002:7f00:2::1]"),
        *("169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "100.100.100.200"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "[fe80::1]", "[fd00::1]", "224.0.0.1", "255.255.255.255"),
    ],
)
def test_no_spelling_of_a_private_address_is_connected_to(proxy: GuardedProxy, host: str) -> None:
    with socket.create_server(("127.0.0.2", 0)) as private:
        port = private.getsockname()[1]
        assert ask(proxy, f"GET http://{host}:{port}/ HTTP/1.1\n\n")[0] == 403
        assert ask(proxy, f"CONNECT {host}:{port} HTTP/1.1\n\n")[0] == 403
        private.settimeout(0)
        with pytest.raises(BlockingIOError):
            private.accept()
    assert len(proxy.refused) == 2 and "not an address on the public internet" in proxy.refused[0]


def test_traffic_ends_at_its_cap(server: Loopback) -> None:
    server.routes["/long"] = lambda e: e.answer(200, bytes(3 << 20))
    with proxying(Tolls(traffic=1 << 20)) as proxy:
        _, _, body = ask(proxy, f"GET {server.url('/long')} HTTP/1.1\n\n")
        assert len(body) <= 1 << 20
        assert ask(proxy, f"GET {server.url('/a')} HTTP/1.1\n\n")[0] == 503
    assert server.paths() == ["/long"]


def test_connections_are_counted(server: Loopback) -> None:
    with proxying(Tolls(connections=2)) as proxy:
        assert [ask(proxy, f"GET {server.url('/a')} HTTP/1.1\n\n")[0] for _ in range(3)] == [200, 200, 503]
    with proxying(Tolls(at_once=1)) as proxy, connected(proxy):
        time.sleep(0.05)
        assert ask(proxy, f"GET {server.url('/a')} HTTP/1.1\n\n")[0] == 503


def test_time_ends_what_a_server_does_not(server: Loopback) -> None:
    server.routes["/slow"] = lambda e: time.sleep(2)
    with proxying(Tolls(total_s=0.3)) as proxy, connected(proxy) as sock:
        started = time.monotonic()
        sock.sendall(f"GET {server.url('/slow')} HTTP/1.1\r\n\r\n".encode())
        assert everything(sock) == b"" and time.monotonic() - started < 1.5


def test_nothing_stays_after_its_end() -> None:
    before = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as idle, socket.socket() as tunnel:
        with proxying() as proxy:
            port = int(proxy.url.rpartition(":")[2])
            for sock in (idle, tunnel):
                sock.settimeout(5)
                sock.connect(("127.0.0.1", port))
            tunnel.sendall(f"CONNECT 127.0.0.1:{server.getsockname()[1]} HTTP/1.1\r\n\r\n".encode())
            assert tunnel.recv(100).startswith(b"HTTP/1.1 200")
            tunnel.sendall(CLIENT_HELLO)
            far, _ = server.accept()
            assert far.recv(10) == CLIENT_HELLO
        with far:
            assert everything(far) == everything(tunnel) == everything(idle) == b""
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
