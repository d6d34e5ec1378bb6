"""The proxy sees commits however the bytes are cut, and breaks the connection on the side that it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from tests.chaos.proxy import KafkaCommits, Lose, Proxy, SqlCommits, proxy_to

pytestmark = pytest.mark.unit


def frame(number: int, body: bytes = b"\0\x1a\0\x1a") -> bytes:
    request = number.to_bytes(2, "big") + body
    return len(request).to_bytes(4, "big") + request


PRODUCE, END, FETCH = frame(0), frame(26), frame(1)
COMMIT = b"Q\0\0\0\x0bCOMMIT\0"


@pytest.mark.parametrize(
    ("commits", "stream", "expected"),
    [
        (KafkaCommits, PRODUCE + END + FETCH, 1),
        (KafkaCommits, PRODUCE + FETCH, 0),
        (SqlCommits, b"Q\0\0\0\x08BEGIN\0" + COMMIT, 1),
        (SqlCommits, b"Q\0\0\0\x0bROLLBACK\0", 0),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_commit_is_seen_wherever_the_stream_is_cut(
    commits: Callable[[], Callable[[bytes], bool]], stream: bytes, expected: int, size: int
) -> None:
    sees = commits()
    assert sum(sees(stream[start : start + size]) for start in range(0, len(stream), size)) == expected


@asynccontextmanager
async def server() -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A proxy before a server that keeps what it is sent and answers each of it with `done`."""
    kept: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1000):
                kept.append(data)
                writer.write(b"done")
        except ConnectionError:
            return
        finally:
            writer.transport.abort()

    async with (
        await asyncio.start_server(answer, "127.0.0.1", 0) as listener,
        proxy_to("127.0.0.1", listener.sockets[0].getsockname()[1], SqlCommits) as proxy,
    ):
        yield proxy, kept


async def told(proxy: Proxy, *messages: bytes) -> bytes:
    """What the client gets to hear after these; nothing where the connection broke."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.mine)
    heard = b""
    try:
        for message in messages:
            writer.write(message)
            heard = await reader.read(1000)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()
    return heard


async def test_unhindered_everything_goes_through() -> None:
    async with server() as (proxy, kept):
        assert await told(proxy, b"one", COMMIT) == b"done"
        assert kept == [b"one", COMMIT]


@pytest.mark.parametrize(("lose", "arrived"), [("request", [b"one"]), ("answer", [b"one", COMMIT])])
async def test_a_commit_is_lost_before_the_server_or_behind_it(lose: Lose, arrived: list[bytes]) -> None:
    async with server() as (proxy, kept):
        proxy.lose.append(lose)
        assert await told(proxy, b"one", COMMIT) == b""
        assert kept == arrived


async def test_half_of_a_message_arrives_and_then_nothing() -> None:
    async with server() as (proxy, kept):
        proxy.halve = 1
        assert await told(proxy, b"halves") == b""
        await asyncio.sleep(0.05)
        assert b"".join(kept) in (b"hal", b"")
