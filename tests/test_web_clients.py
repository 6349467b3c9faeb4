"""Who asks: addresses behind proxies, and networks of IPv6."""

import pytest

from claimgraph.web.clients import client_of


@pytest.mark.parametrize(
    ("seen", "forwarded", "trusted", "client"),
    [
        ("192.0.2.1", [], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 0, "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7"], 1, "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.7"], 1, "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.7"], 2, "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9", "198.51.100.7"], 1, "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7"], 2, "198.51.100.7"),
        ("127.0.0.1", [""], 1, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], 0, "192.0.2.1"),
        ("127.0.0.1", ["not:an:address"], 1, "not:an:address"),
    ],
)
def test_tells_clients_apart(seen, forwarded, trusted, client):
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert client_of({"client": (seen, 1234), "headers": headers}, trusted) == client
