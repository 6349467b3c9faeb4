"""The canned queries over HTTP: from our service, and from peers that have the asserted data and no rules."""

from __future__ import annotations

import contextlib
import hashlib
import math
import shutil
import time
import urllib.error
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from claimgraph.bench.asserted import as_asked_of_asserted, split
from claimgraph.bench.load import Asking, load
from claimgraph.bench.measuring import timed
from claimgraph.bench.peers import DEADLINE, wanted
from claimgraph.bench.processes import get, post
from claimgraph.bench.serving import HEAVY, LARGE, SECONDS, SMALL, served
from claimgraph.catalog import Catalog
from claimgraph.snapshot import open_current

if TYPE_CHECKING:
    from pathlib import Path

    from claimgraph.bench.measuring import Task
    from claimgraph.bench.peers import Peer
    from claimgraph.bench.processes import Endpoint

_RUNS: Final = 20 if SECONDS > 1 else 5
_PEER_RUNS: Final = 5 if SECONDS > 1 else 1
_WARM: Final = 8
_ENOUGH: Final = min(3.0, SECONDS)  # seconds after which a query has been asked often enough
_AT_EASE: Final = 100_000
"""Claims above which peers load only what is asserted, and have little patience spent on them: each load takes long."""
_CSV: Final = "text/csv"
_CONNECTIONS: Final = 16
_TOO_MANY_LATE: Final = "not asked: too many before had not ended in time"


@dataclass(frozen=True, slots=True)
class Question:
    """Be a canned query with its default parameters, as we are asked it and as peers are.

    ``asserted`` is None where it needs the rules; peers that can load what they derive are then asked the same text.
    """

    name: str
    text: str
    asserted: str | None


def measure(task: Task) -> dict[str, Any]:
    """Return milliseconds of every canned query and page, and of the peers that are installed, and what is missing."""
    snapshot = open_current(task.snapshots)
    asserted = task.work / f"asserted-{task.claims}.nq"
    derived = split(snapshot, asserted)
    questions = [
        Question(query.name, text := query.bind({}, lambda _name: None), as_asked_of_asserted(text, derived))
        for query in Catalog.load(task.layout().queries)
    ]
    with served(task) as url:
        ours = {question.name: _ours(url, question) for question in questions}
    answers = {name: taken["answer"] for name, taken in ours.items()}
    peers = {
        peer.name: _peer(
            peer.hurried() if task.claims > _AT_EASE else peer,
            task.work / f"{peer.program}-{task.claims}",
            (asserted, snapshot.dump if task.claims <= _AT_EASE else None),
            questions,
            answers,
        )
        for peer in wanted()
        if peer.find() and task.claims <= peer.most
    }
    missing = {peer.name: peer.install for peer in wanted() if not peer.find()}
    return {"ours": ours, "peers": peers, "missing": missing, "deadline": DEADLINE}


def _ours(url: str, question: Question) -> dict[str, Any]:
    """Ask our service: texts never asked before, then one again and again, then the page."""
    first, _ = timed(lambda: get(url, f"{question.text}\n# first", accept=_CSV))  # what it needs may be on disk alone
    body, seconds = _repeated(lambda number: get(url, f"{question.text}\n# {number}", accept=_CSV), _RUNS)
    for _ in range(_WARM):  # each HTTP process has a cache of its own
        get(url, question.text, accept=_CSV)
    _, cached = _repeated(lambda _number: get(url, question.text, accept=_CSV), _RUNS)
    page = f"{url.removesuffix('/sparql')}/queries/{question.name}"
    _, pages = _repeated(lambda number: get(page, "", accept=f"text/html;note={number}"), _PEER_RUNS)
    times = {"uncached": seconds, "cached": cached, "page": pages}
    return {
        "answer": _summed(body),
        "first_ms": 1000 * first,
        **{name: _milliseconds(taken) for name, taken in times.items()},
    }


def _peer(
    peer: Peer, folder: Path, dumps: tuple[Path, Path | None], questions: list[Question], answers: dict[str, Any]
) -> dict[str, Any]:
    """Load what is asserted and ask all that can be asked of it; then, for the rest, what is derived as well.

    Without a dump of what is derived the rest is left out.
    """
    asserted, whole = dumps
    try:
        taken = _session(peer, folder / "asserted", asserted, [(q.name, q.asserted) for q in questions if q.asserted])
        rest = [(question.name, question.text) for question in questions if question.asserted is None]
        more = _session(peer, folder / "derived", whole, rest)["questions"] if rest and whole else {}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, found in more.items():
        found["derived"] = True
        taken["questions"][name] = found
    for name, found in taken["questions"].items():
        found["same"] = found.pop("answer", None) == answers[name]
    return taken


def _session(peer: Peer, folder: Path, dump: Path, texts: list[tuple[str, str]]) -> dict[str, Any]:
    """Load a dump into a peer and put queries to it; it is started anew where it is still busy with one."""
    taken: dict[str, Any] = {"questions": {}}
    left = list(texts)
    while left or "loading_seconds" not in taken:
        with contextlib.ExitStack() as stack:
            seconds, endpoint = timed(lambda: stack.enter_context(peer.serve(dump, folder)))
            if "loading_seconds" not in taken:
                taken |= {"loading_seconds": seconds, **_figures(endpoint)}
            while left:
                name, text = left.pop(0)
                taken["questions"][name] = found = _asked(endpoint, text)
                taken["peak_bytes"] = max(taken.get("peak_bytes", 0), endpoint.peak_bytes())
                if "failed" in found:
                    break
        if sum(one.get("late", False) for one in taken["questions"].values()) >= peer.patience:
            taken["questions"] |= {name: {"failed": _TOO_MANY_LATE, "skipped": True} for name, _ in left}
            left.clear()
    return taken


def _figures(endpoint: Endpoint) -> dict[str, Any]:
    """Put the small, the heavy and the large query to a peer."""
    claims = 1000  # that there are at every size
    found: dict[str, Any] = {"small": asdict(load(Asking(endpoint.url, SMALL, claims), SECONDS, _CONNECTIONS))}
    for name, query in (("heavy", HEAVY), ("large", LARGE + " # %d")):
        with contextlib.suppress(OSError):
            found[name] = min(_repeated(lambda number: get(endpoint.url, query % (1000 + number)), 3)[1])  # noqa: B023
    return found


def _asked(endpoint: Endpoint, text: str) -> dict[str, Any]:
    """Put one query to a peer, always the same text, which lets it plan once."""
    start = time.monotonic()
    try:
        body, seconds = _repeated(
            lambda _number: post(endpoint.url, text, patience=DEADLINE + 1, accept=_CSV), _PEER_RUNS
        )
    except urllib.error.HTTPError as error:
        said = error.read(300).decode("utf-8", "replace")
        failed = f"{error.code} {' '.join(said.split())[:160]}"
    except OSError as error:
        failed = str(error) or "no answer"
    else:
        if seconds[0] < DEADLINE:
            return {"answer": _summed(body), **_milliseconds(seconds)}
        failed = "it ended at its deadline"  # some say 200 then, and send what they have
    return {"failed": failed, "late": time.monotonic() - start >= DEADLINE}


def _repeated(action: Any, runs: int) -> tuple[bytes, list[float]]:  # noqa: ANN401 - takes a number, returns bytes
    """Do something several times, slow things fewer times; return what it gave last, and the seconds."""
    seconds: list[float] = []
    body = b""
    while len(seconds) < runs and sum(seconds) < _ENOUGH:
        taken, body = timed(lambda: action(len(seconds)))
        seconds.append(taken)
    return body, seconds


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    late = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {"median_ms": 1000 * ordered[len(ordered) // 2], "p95_ms": 1000 * late}


def _summed(body: bytes) -> list[object]:
    """Sum an answer in CSV up, whatever the order of its rows: how many different ones, and a hash of them."""
    rows = sorted({line.replace(b'"', b"").strip() for line in body.splitlines()[1:]})
    return [len(rows), hashlib.sha256(b"\n".join(rows)).hexdigest()[:16]]
