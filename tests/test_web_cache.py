"""The cache of answers in front of the application."""

from claimgraph.web.cache import Cache


def scope(path="/x", query=b"", method="GET", **headers):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"method": method, "path": path, "query_string": query, "headers": named}


def answer(body=b"body", status=200, etag=b'"e"'):
    headers = [(b"content-length", b"4"), (b"vary", b"Accept")] + ([(b"etag", etag)] if etag else [])
    return [{"status": status, "headers": headers}, {"body": body}]


def cache(size=1 << 20, stamp=lambda: 1):
    return Cache(stamp, size)


def test_gives_back_what_was_kept():
    kept = cache()
    kept.keep(scope(), answer(), 1)
    assert kept.find(scope()) == answer()


def test_tells_requests_apart_by_address_accept_and_host():
    kept = cache()
    kept.keep(scope(accept="a", host="h"), answer(), 1)
    others = [scope("/y", accept="a", host="h"), scope(query=b"q", accept="a", host="h")]
    others += [scope(accept="b", host="h"), scope(accept="a", host="i"), scope(method="HEAD", accept="a", host="h")]
    assert [kept.find(other) for other in others] == [None] * 5


def test_answers_304_to_who_has_the_answer_already():
    kept = cache()
    kept.keep(scope(), answer(), 1)
    start, body = kept.find(scope(if_none_match='"e"'))
    assert (start["status"], body["body"]) == (304, b"")
    assert (b"etag", b'"e"') in start["headers"]


def test_leaves_other_conditions_to_the_application():
    kept = cache()
    kept.keep(scope(), answer(), 1)
    assert kept.find(scope(if_none_match='"f", "e"')) is None


def test_keeps_neither_errors_nor_answers_without_etag_nor_posts():
    kept = cache()
    kept.keep(scope(), answer(status=404), 1)
    kept.keep(scope(), answer(etag=None), 1)
    kept.keep(scope(method="POST"), answer(), 1)
    kept.keep(scope(), answer()[:1], 1)
    assert kept.find(scope()) is None


def test_forgets_everything_when_the_snapshot_changes():
    stamp = [1]
    kept = cache(stamp=lambda: stamp[0])
    kept.keep(scope(), answer(), 1)
    stamp[0] = 2
    assert kept.find(scope()) is None


def test_never_keeps_an_answer_from_the_previous_snapshot():
    kept = cache(stamp=lambda: 2)
    kept.keep(scope(), answer(), 1)
    assert kept.find(scope()) is None


def test_drops_the_least_recently_asked_for_when_it_is_full():
    kept = cache(size=64 * 1024)
    for number in range(100):
        kept.keep(scope(f"/{number}"), answer(b"x" * 1000), 1)
        kept.find(scope("/0"))
    assert kept.find(scope("/0"))
    assert kept.find(scope("/1")) is None
    assert kept.find(scope("/99"))


def test_keeps_no_answer_that_is_large_for_its_size():
    kept = cache(size=64 * 1024)
    kept.keep(scope(), answer(b"x" * 4000), 1)
    assert kept.find(scope()) is None
