"""A bounded cache of answers in front of the application: what has an ETag, while its snapshot is in service."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Key = tuple[bytes, bytes, bytes, bytes, str | None]

_SHARE = 32  # no answer takes more than this part of the cache
_OVERHEAD = 1024  # bytes, about, that an entry takes beside its body
_OK = 200
_HIT = b'cache;desc="hit"'
_OF_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})


class Cache:
    """Remember whole answers to GET requests by address, Accept, encoding and Host.

    The least recently asked for goes first.
    """

    def __init__(self, stamp: Callable[[], object], size: int) -> None:
        """Take a function whose value changes with the snapshot, and the size in bytes."""
        self.stamp = stamp
        self._seen: object = None
        self._size = size
        self._used = 0
        self._entries: OrderedDict[Key, list[Message]] = OrderedDict()

    def find(self, scope: Message, encoding: str | None = None) -> list[Message] | None:
        """Return the messages of a remembered answer: not modified where the client has it already."""
        self._forget_old()
        key = _key(scope, encoding)
        messages = self._entries.get(key) if key else None
        if key is None or messages is None:
            return None
        self._entries.move_to_end(key)
        wanted = _header(scope["headers"], b"if-none-match")
        if not wanted:
            return messages
        etag = _header(messages[0]["headers"], b"etag")
        if wanted != etag:  # lists, weak ones and stars are for the application
            return None
        kept = [pair for pair in messages[0]["headers"] if pair[0] not in _OF_BODY]
        start = {"type": "http.response.start", "status": 304, "headers": kept}
        return [start, {"type": "http.response.body", "body": b""}]

    def keep(self, scope: Message, messages: list[Message], stamp: object, encoding: str | None = None) -> None:
        """Remember an answer, if it is whole, was asked for by GET, and has an ETag.

        ``stamp`` was taken before the work began: an answer from the previous snapshot is not one of this.
        """
        key = _key(scope, encoding)
        if key is None or len(messages) != 2 or messages[0].get("status") != _OK:  # noqa: PLR2004 - start and body
            return
        cost = len(messages[1]["body"]) + _OVERHEAD
        self._forget_old()
        if stamp != self._seen or cost * _SHARE > self._size or not _header(messages[0]["headers"], b"etag"):
            return
        previous = self._entries.pop(key, None)
        self._used += cost - (len(previous[1]["body"]) + _OVERHEAD if previous else 0)
        self._entries[key] = [_kept(messages[0]), messages[1]]
        while self._used > self._size:
            _, dropped = self._entries.popitem(last=False)
            self._used -= len(dropped[1]["body"]) + _OVERHEAD

    def _forget_old(self) -> None:
        stamp = self.stamp()
        if stamp != self._seen:
            self._seen, self._used = stamp, 0
            self._entries.clear()


def _kept(start: Message) -> Message:
    """Say that an answer comes from the cache, not how long it took."""
    headers = [(name, _HIT if name == b"server-timing" else value) for name, value in start["headers"]]
    return {**start, "headers": headers}


def _key(scope: Message, encoding: str | None) -> Key | None:
    if scope["method"] != "GET":
        return None
    headers = scope["headers"]
    path: bytes = scope["path"].encode("utf-8", "surrogateescape")
    return path, scope["query_string"], _header(headers, b"accept"), _header(headers, b"host"), encoding


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    return b",".join(value for key, value in headers if key == name)
