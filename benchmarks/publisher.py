"""A publisher on loopback: feeds of twenty entries on many hosts, with ETags, and a latency where one is asked for.

Its pages keep everybody waiting, so that what is measured meanwhile is the polling of feeds alone.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

ENTRIES = 20
SENTENCE = "The district administration said that engineers had looked at the bridge over the river and found nothing to complain of. "
NEWEST = datetime.now(UTC).replace(microsecond=0)
PAGE_DELAY_S = 25.0  # less than the caps of those who ask, longer than a round
CRAWL_DELAY = b"User-agent: *\nCrawl-delay: 30\n"


def address(host: int) -> str:
    """The loopback address of a host by its number, 0 … 62,499."""
    return f"127.0.{8 + host // 250}.{1 + host % 250}"


def feed(number: int, edition: int, link: str) -> bytes:
    """An RSS document of 14.5 KB; each edition has one entry that the one before it has not."""
    text = f"&lt;p&gt;{SENTENCE * 2}&lt;/p&gt;&lt;p&gt;&lt;a href='{link}/more'&gt;More&lt;/a&gt;&lt;/p&gt;"
    items = "".join(
        f"<item><title>Bridge {number} inspected for the {edition + n}th time, as the district says</title>"
        f'<guid isPermaLink="false">report-{number}-{edition + n}</guid><link>{link}/report-{number}-{edition + n}?utm_source=rss</link>'
        f"<pubDate>{NEWEST - timedelta(hours=ENTRIES - n):%a, %d %b %Y %H:%M:%S} +0000</pubDate><category>Bridges</category>"
        f"<description>{text}</description></item>\n"
        for n in range(ENTRIES)
    )
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Bridges {number}</title><link>{link}/</link>'
    return f"{head}<description>News of bridges</description><language>en</language>{items}</channel></rss>".encode()


class Publisher:
    """Answers ``/feed/NUMBER`` (``/edition/N`` makes it the Nth edition), ``/robots.txt``, and everything else late."""

    def __init__(self, page_link: str, latency_s: float) -> None:
        self.page_link, self.latency_s, self.edition = page_link, latency_s, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as many requests as the client likes."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode("latin-1")
                status, headers, body = await self.answer(path, head)
                lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                writer.write(f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client has gone
        finally:
            writer.close()

    async def answer(self, path: str, head: bytes) -> tuple[str, dict[str, str], bytes]:
        """Status, headers and body."""
        kind, _, rest = path.strip("/").partition("/")
        if kind == "edition":
            self.edition = int(rest)
            return "200 OK", {}, b""
        if kind == "robots.txt":
            return "200 OK", {"Content-Type": "text/plain"}, CRAWL_DELAY
        if kind != "feed":
            await asyncio.sleep(PAGE_DELAY_S)
            return "503 Service Unavailable", {}, b""
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        etag = f'"{self.edition}"'
        if f"if-none-match: {etag}".encode() in head.lower():
            return "304 Not Modified", {"ETag": etag}, b""
        return "200 OK", {"ETag": etag, "Content-Type": "application/rss+xml"}, feed(int(rest), self.edition, self.page_link)


async def main() -> None:
    """``python -m benchmarks.publisher PORT HOSTS LATENCY_S``: serve until ended; says when it is ready."""
    port, hosts, latency_s = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    publisher = Publisher(f"http://{address(hosts)}:{port}", latency_s)
    server = await asyncio.start_server(publisher.serve, [address(host) for host in range(hosts + 1)], port, backlog=256)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
