"""Whoever starts at the home page and follows links finds everything, and meets no dead link and no bare IRI."""

import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from claimgraph.web.tables import href_of

BASE = "https://w3id.org/claimgraph/"
SAMPLED = re.compile(r"/data/|/(explain|queries/.*|search|sparql)\?|/graph/snapshot%23|/page/.*view=statements")
"""Addresses of which there are thousands that are all made alike: of these, one in so many is asked."""
ONE_IN = 40
BROWSER = {"Accept": "text/html"}


class Crawl:
    """Follow every link from the home page, each address once."""

    def __init__(self, web):
        self.web, self.pages, self.dead, self.lost, self.outward = web, {}, [], [], set()
        self.seen, self.sampled, wanted = {"/"}, 0, []
        waiting = deque(["/"])
        while waiting:
            here = waiting.popleft()
            text = self.open(here)
            for target in {unescape(one) for one in re.findall(r'(?:href|src)="([^"]*)"', text)}:
                address, fragment = urldefrag(urljoin(here, target))
                if urlsplit(address).scheme:
                    self.outward.add(address)
                    continue
                if fragment:
                    wanted.append((here, address, fragment))
                if address not in self.seen:
                    self.seen.add(address)
                    if self.is_asked(address):
                        waiting.append(address)
        for here, address, fragment in wanted:
            if address in self.pages and f'id="{fragment}"' not in self.pages[address]:
                self.lost.append((here, f"{address}#{fragment}"))

    def is_asked(self, address):
        if not SAMPLED.match(address):
            return True
        self.sampled += 1
        return self.sampled % ONE_IN == 0

    def open(self, address):
        with self.web.get(address, headers=BROWSER) as response:
            if response.status_code not in {200, 303}:
                self.dead.append((address, response.status_code))
            text = response.text if response.mimetype == "text/html" else ""
        self.pages[address] = text
        return text


@pytest.fixture(scope="module")
def crawl(shipped_app):
    return Crawl(shipped_app.test_client())


@pytest.fixture(scope="module")
def iris(shipped):
    """Return every IRI of ours that the snapshot names anywhere."""
    found = set()
    for quad in parse(path=str(shipped.folder / "dataset.nq"), format=RdfFormat.N_QUADS):
        found |= {term.value for term in quad if isinstance(term, NamedNode) and term.value.startswith(BASE)}
    return found


def test_finds_every_iri_of_the_snapshot(crawl, iris):
    missed = sorted(iri for iri in iris if urldefrag(href_of(iri))[0] not in crawl.pages)
    # The parts by which a snapshot describes itself, thousands of counts, are listed nowhere; each has its page.
    assert len(iris) > 1000
    assert [iri for iri in missed if not iri.startswith(BASE + "graph/snapshot#")] == []
    for iri in missed[::50]:
        assert crawl.web.get(href_of(iri), headers=BROWSER).status_code == 200


def test_meets_no_dead_link(crawl):
    assert len(crawl.pages) > 1000
    assert crawl.dead == []
    assert crawl.lost == []


def test_every_page_calls_its_thing_by_a_name(crawl, iris):
    for iri in iris:
        address = href_of(iri)
        if address in crawl.pages and address.startswith(("/page/", "/shape/", "/graph/")):
            [title] = re.findall(r"<h1[^>]*>(.*?)</h1>", crawl.pages[address], re.DOTALL)
            assert not re.match(r"(<a[^>]*>)?(id:|https?:)", title.strip()), (iri, title)


def test_shows_no_link_of_ours_by_its_bare_iri(crawl):
    bare = {
        (address, said)
        for address, text in crawl.pages.items()
        if address.startswith(("/page/", "/graph/", "/shape/", "/ontology"))
        for said in re.findall(r'<a href="/(?:page|graph)/[^"]*"[^>]*>((?:id:|https://w3id)[^<]*)</a>', text)
    }
    assert bare == set()
