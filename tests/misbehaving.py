"""A small HTTP server that does what it is told to each request, over TLS too."""

import contextlib
import socket
import ssl
import subprocess
import threading
import time

JSON = "application/sparql-results+json"
YES = '{"head":{},"boolean":true}'


def reply(body=YES, status="200 OK", kind=JSON, length=None, headers=""):
    """Be the bytes of a response."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{headers}\r\n"
    return (head + body).encode()


class Misbehaving:
    """Answer each connection by the next of the deeds that are left, and then by the last of them, again and again.

    A deed is the bytes of a response, or a function of the connection, which is called when the request has come.
    """

    def __init__(self, *deeds, context=None):
        self.deeds = list(deeds)
        self.asked = 0
        self.heads = []
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}/sparql"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            wrapped = self._context.wrap_socket(connection, server_side=True) if self._context else connection
            with wrapped:
                self.heads.append(read_request(wrapped))
                self.asked += 1
                deed = self.deeds.pop(0) if len(self.deeds) > 1 else self.deeds[0]
                if callable(deed):
                    deed(wrapped)
                else:
                    wrapped.sendall(deed)


def read_request(connection):
    """Read a request with its body."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += (more := connection.recv(65536))
        if not more:
            raise ConnectionError
    head, _, body = text.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head


def reset(connection):
    """End the connection by a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hang(connection):
    """Say nothing until the other side goes away."""
    connection.settimeout(30)
    connection.recv(1)


def drip(connection):
    """Send a header that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def certificate(folder):
    """Make a certificate for this machine that vouches for itself; return the context of a server, and its file."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, "-keyout", str(key), "-out", str(file), *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file
