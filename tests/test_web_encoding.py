"""Content encodings: what a client is given, and that every one of them says the same."""

import gzip

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.web.encoding import Encoder, choose, plain_etags

DECODE = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
BODY = b"who said what about which weapon\n" * 100


def start(status=200, content_type=b"text/csv", **headers):
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return {"status": status, "headers": [(b"content-type", content_type), (b"vary", b"Accept"), *named]}


def header(message, name):
    return b",".join(value for key, value in message["headers"] if key == name)


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        (b"", None),
        (b"identity", None),
        (b"gzip", "gzip"),
        (b"GZIP", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip, deflate, br", "br"),
        (b"br;q=0.5, gzip;q=0.9", "gzip"),
        (b"gzip;q=0", None),
        (b"*", "zstd"),
        (b"*;q=0.1, gzip", "gzip"),
        (b"zstd;q=0, *", "br"),
        (b"identity;q=1, gzip;q=0.5", None),
        (b"gzip;q=nonsense", None),
        (b"deflate, compress", None),
    ],
)
def test_chooses_what_the_client_likes_best(wish, chosen):
    assert choose(wish) == chosen


@pytest.mark.parametrize("name", DECODE)
def test_encodes_a_whole_body(name):
    first, body = Encoder(name).whole(start(content_length=b"3300", etag=b'"e"'), BODY)
    assert DECODE[name](body["body"]) == BODY
    assert header(first, b"content-length") == str(len(body["body"])).encode()
    assert header(first, b"content-encoding") == name.encode()


@pytest.mark.parametrize("name", DECODE)
@given(pieces=st.lists(st.binary(max_size=300), max_size=5))
def test_encodes_pieces_to_the_same_as_the_whole(name, pieces):
    encoder = Encoder(name)
    encoder.begin(start())
    sent = b"".join(encoder.piece(piece) for piece in pieces) + encoder.end()
    assert DECODE[name](sent) == b"".join(pieces)


def test_gives_other_bytes_another_name():
    first, _ = Encoder("br").whole(start(etag=b'"e"'), BODY)
    assert header(first, b"etag") == b'"e-br"'
    assert plain_etags(b'"e-br", "f"') == b'"e", "f"'


def test_names_an_answer_that_the_client_has_as_the_client_names_it():
    first, _ = Encoder("br", b'"e-br"').whole(start(304, etag=b'"e"'), b"")
    assert header(first, b"etag") == b'"e-br"'
    first, _ = Encoder("br", b'"e"').whole(start(304, etag=b'"e"'), b"")
    assert header(first, b"etag") == b'"e"'


@pytest.mark.parametrize("body", [b"", b"short", BODY])
def test_says_that_the_answer_depends_on_the_encodings_taken(body):
    first, _ = Encoder(None).whole(start(), body)
    assert header(first, b"vary") == b"Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("first", "body"),
    [
        (start(), b"short"),
        (start(content_type=b"image/png"), BODY),
        (start(content_encoding=b"gzip"), BODY),
        (start(404), BODY),
    ],
)
def test_leaves_alone_what_is_small_packed_already_or_no_answer(first, body):
    assert Encoder("gzip").whole(first, body)[1]["body"] == body
