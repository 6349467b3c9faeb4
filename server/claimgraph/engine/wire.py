"""What keeper, workers and the HTTP side say to each other: whole messages over a unix SEQPACKET socket.

The first byte of a message is its kind. A message arrives whole or not at all, so what a worker was writing when it
was ended is never half read, and the keeper's last word about it (``GONE``) is never mixed into it.
"""

from __future__ import annotations

import json
import socket
from typing import Any

PART = b"q"  # a part of a request; more follow
REQUEST = b"Q"  # the last part of a request: JSON
HELLO = b"H"  # the worker is ready: its process id and its walls
DATA = b"D"  # a piece of an answer
END = b"E"  # the last piece of an answer, which is whole now: length of the JSON that follows, JSON, piece
ERROR = b"X"  # the answer failed: JSON with kind and message
GONE = b"G"  # from the keeper: the worker ended; its wait status

PIECE = 1 << 16
LARGEST = PIECE + 1024


def connect(path: str, *, is_blocking: bool = True) -> socket.socket:
    """Connect to a keeper; raises OSError when there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.setblocking(is_blocking)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def listen(path: str) -> socket.socket:
    """Listen at a path that does not exist yet."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen(1024)
    return listener


def request(content: dict[str, Any]) -> list[bytes]:
    """Write a request as the messages that it takes."""
    body = json.dumps(content).encode()
    last = (len(body) - 1) // PIECE * PIECE
    return [*(PART + body[start : start + PIECE] for start in range(0, last, PIECE)), REQUEST + body[last:]]


def end(times: dict[str, float], piece: bytes) -> bytes:
    """Write the end of an answer: how long it took, and its last piece."""
    told = json.dumps(times).encode()
    return END + len(told).to_bytes(2, "big") + told + piece


def read_end(message: bytes) -> tuple[dict[str, float], bytes]:
    """Read the end of an answer."""
    start = 3 + int.from_bytes(message[1:3], "big")
    return json.loads(message[3:start]), message[start:]


def receive_request(connection: socket.socket) -> dict[str, Any] | None:
    """Receive a request, or None when the other side has closed."""
    parts: list[bytes] = []
    while message := connection.recv(LARGEST):
        parts.append(message[1:])
        if message[:1] == REQUEST:
            request: dict[str, Any] = json.loads(b"".join(parts))
            return request
    return None


def send_json(connection: socket.socket, kind: bytes, content: object) -> None:
    """Send a short message of a kind with JSON content."""
    connection.send(kind + json.dumps(content).encode()[:PIECE])
