"""The one place of content encoding (RFC 9110, sections 8.4 and 12.5.3): zstd, brotli and gzip."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import brotli
import zstandard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Headers = list[tuple[bytes, bytes]]
    Send = Callable[[Message], Awaitable[None]]

ENCODINGS = ("zstd", "br", "gzip")
"""What is on offer, the preferred one first: zstd costs the least time for its size."""
_SMALLEST = 1024  # bytes; below, a response fits into one packet either way
_PACKED = ("image/png", "image/jpeg", "image/webp", "font/", "application/zip", "application/gzip", "application/zstd")
_ENCODED_STATUS = 200
_NOT_MODIFIED = 304


class _Compressor(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    """Give brotli's compressor the methods that the others have."""

    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._compressor.process(data)) + bytes(self._compressor.flush())

    def flush(self) -> bytes:
        return bytes(self._compressor.finish())


@lru_cache(maxsize=256)
def choose(accept_encoding: bytes) -> str | None:
    """Choose the encoding that a client likes best; our own order decides between equals; None is no encoding."""
    wanted: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            wanted[name.strip()] = float(parameter.partition("=")[2]) if parameter.strip() else 1.0
        except ValueError:
            wanted[name.strip()] = 0.0
    rest = wanted.get("*", 0.0)
    best = max(ENCODINGS, key=lambda name: wanted.get(name, rest))
    quality = wanted.get(best, rest)
    return best if quality > 0 and quality >= wanted.get("identity", 0.0) else None


def plain_etags(if_none_match: bytes) -> bytes:
    """Name answers as they are named before they are encoded."""
    for name in ENCODINGS:
        if_none_match = if_none_match.replace(f'-{name}"'.encode(), b'"')
    return if_none_match


class Encoder:
    """Encode one response, whole or piece by piece, and say so in its headers."""

    def __init__(self, encoding: str | None, if_none_match: bytes = b"") -> None:
        """Take the encoding and the names of answers that the client has."""
        self._encoding = encoding
        self._known = if_none_match
        self._compressor: _Compressor | None = None

    @property
    def is_at_work(self) -> bool:
        """Tell whether pieces are changed."""
        return self._compressor is not None

    def whole(self, start: Message, body: bytes) -> list[Message]:
        """Encode a response that is there as a whole."""
        if len(body) >= _SMALLEST:
            start = self.begin(start)
            if self._compressor:
                body = self._compressor.compress(body) + self._compressor.flush()
                length = (b"content-length", str(len(body)).encode())
                start["headers"] = [*start["headers"], length]
        else:
            start = self._vary(start)
        return [start, {"type": "http.response.body", "body": body}]

    def begin(self, start: Message) -> Message:
        """Encode what comes from now on, if it is worth it; returns the start of the response."""
        start = self._vary(start)
        headers: Headers = start["headers"]
        names = {name for name, _ in headers}
        kind = next((value for name, value in headers if name == b"content-type"), b"").decode("latin-1")
        is_plain = b"content-encoding" not in names and not kind.startswith(_PACKED)
        if self._encoding and start["status"] == _ENCODED_STATUS and is_plain:
            self._compressor = _compressor(self._encoding)
            changed = [(name, self._named(value) if name == b"etag" else value) for name, value in headers]
            changed = [pair for pair in changed if pair[0] != b"content-length"]
            start["headers"] = [*changed, (b"content-encoding", self._encoding.encode())]
        return start

    def piece(self, data: bytes) -> bytes:
        """Encode a piece; what comes out may be empty."""
        return self._compressor.compress(data) if self._compressor else data

    def end(self) -> bytes:
        """Return what is left."""
        return self._compressor.flush() if self._compressor else b""

    def _vary(self, start: Message) -> Message:
        """Say that the response depends on what the client takes; a name that it has is said as it has it."""
        headers = []
        for name, value in start["headers"]:
            if name == b"vary":
                headers.append((name, value + b", Accept-Encoding"))
            elif name == b"etag" and start["status"] == _NOT_MODIFIED and self._named(value) in self._known:
                headers.append((name, self._named(value)))
            else:
                headers.append((name, value))
        return {**start, "headers": headers}

    def _named(self, etag: bytes) -> bytes:
        """Name an answer in an encoding: other bytes, another name."""
        return etag[:-1] + f'-{self._encoding}"'.encode() if self._encoding and etag.endswith(b'"') else etag


def _compressor(encoding: str) -> _Compressor:
    if encoding == "gzip":
        return zlib.compressobj(level=5, wbits=31)
    if encoding == "br":
        return _Brotli()
    return zstandard.ZstdCompressor(level=3).compressobj()
