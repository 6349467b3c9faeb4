"""Which other files a file is judged by: those that describe what it mentions, mention it, or share a name with it.

What each file describes, mentions and names is kept as numbers (hashes) in a small database beside the dataset, so that
one file among hundreds is checked without reading the others. Two words with one number only bring in a file too many.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from claimgraph import __version__
from claimgraph.check.house.likeness import ACTORS, name_keys
from claimgraph.check.names import LABEL, RDF_TYPE, name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from claimgraph.check.corpus import Source
    from claimgraph.dataset import SourceFile
    from claimgraph.dataset.positions import Node, Term, Triple

FOLDER: Final = ".claimgraph-cache"
_TABLE: Final = "CREATE TABLE IF NOT EXISTS file (path PRIMARY KEY, sha256, subjects, objects, names)"
_LABELS: Final = frozenset((LABEL, name("skos:altLabel")))
_IDENTIFIER: Final = name("dcterms:identifier")
SMALLEST: Final = 100_000
"""Triples from which on summaries are kept; a smaller dataset is checked as a whole in a moment."""


@dataclass(frozen=True)
class Summary:
    """Be what one file describes, mentions and names, each word as a number of 64 bits."""

    sha256: str
    subjects: frozenset[int]
    objects: frozenset[int]
    names: frozenset[int]


def summary(source: Source, sha256: str) -> Summary:
    """Sum a parsed file up."""
    subjects = {s.value for s in source.positions.subjects}
    objects = {o.value for _, _, o in source.positions if isinstance(o, NamedNode)}
    named = {word for _, word in _names(source)}
    return Summary(sha256, *(frozenset(map(_number, words)) for words in (subjects, objects, named)))


def _names(source: Source) -> Iterator[tuple[Node, str]]:
    """Give each subject with what it must not share: an identifier, a label in a folder of names, keys of actors."""
    types: defaultdict[Term, set[Term]] = defaultdict(set)
    for s, p, o in source.positions:
        if p == RDF_TYPE:
            types[s].add(o)
    for s, p, o in source.positions:
        if p == _IDENTIFIER:
            yield s, f"identifier {o.value}"
        elif p in _LABELS:
            yield s, f"{s.value.rpartition('/')[0]} {o.value}"
            # What has no class here may have one elsewhere.
            if not types[s] or not types[s].isdisjoint(ACTORS):
                yield from ((s, " ".join(key)) for key in name_keys(o.value))


def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def recall(root: Path) -> dict[str, Summary]:
    """Read the summaries that were kept of a dataset; none where there are none, or where they cannot be read."""
    path = _database(root)
    if not path.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT path, sha256, subjects, objects, names FROM file").fetchall()
    except sqlite3.Error:
        return {}
    return {path: Summary(sha256, *(frozenset(array("Q", blob)) for blob in blobs)) for path, sha256, *blobs in rows}


def keep(root: Path, files: Iterable[SourceFile], sources: Mapping[Path, Source], known: Mapping[str, Summary]) -> None:
    """Keep the summaries of all files; where the dataset cannot be written to, they are not kept."""
    present = {file.relative: file for file in files}
    new = {
        relative: summary(sources[file.path], file.sha256)
        for relative, file in present.items()
        if file.path in sources and (relative not in known or known[relative].sha256 != file.sha256)
    }
    gone = known.keys() - present.keys()
    if not new and not gone:
        return
    path = _database(root)
    try:
        path.parent.mkdir(exist_ok=True)
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(_TABLE)
            database.executemany("DELETE FROM file WHERE path = ?", [(relative,) for relative in gone])
            database.executemany("REPLACE INTO file VALUES (?, ?, ?, ?, ?)", _rows(new))
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)  # damaged, or of no use: the next check writes it anew
    except OSError:
        return


def _rows(summaries: Mapping[str, Summary]) -> Iterator[tuple[str | bytes, ...]]:
    for relative, told in summaries.items():
        blobs = (array("Q", sorted(numbers)).tobytes() for numbers in (told.subjects, told.objects, told.names))
        yield relative, told.sha256, *blobs


def _database(root: Path) -> Path:
    return root / FOLDER / f"check-{__version__}.db"


def neighbours(wanted: Iterable[str], known: Mapping[str, Summary]) -> set[str]:
    """Find the files by which some files are judged, these included.

    Beside what mentions them and what shares a name with them, it is whatever describes something that is mentioned,
    and so on from there: chains and times lead over several steps, always from what mentions to what describes.
    """
    own = [known[file] for file in wanted]
    subjects = frozenset().union(*(told.subjects for told in own))
    names = frozenset().union(*(told.names for told in own))
    found = {
        file
        for file, told in known.items()
        if not subjects.isdisjoint(told.objects) or not names.isdisjoint(told.names)
    }
    found |= set(wanted)
    new = set(found)
    while new:
        mentioned = frozenset().union(*(known[file].objects | known[file].subjects for file in new))
        new = {file for file, told in known.items() if file not in found and not mentioned.isdisjoint(told.subjects)}
        found |= new
    return found


def pruned(sources: Sequence[Source], wanted: Collection[str], known: Mapping[str, Summary]) -> list[Source]:
    """Leave out of the files around those wanted what does not bear on them: a shared file describes thousands."""
    own = [source for source in sources if source.positions.file in wanted]
    around = [source for source in sources if source.positions.file not in wanted]
    subjects = {s for source in own for s in source.positions.subjects}
    names = frozenset().union(*(known[source.positions.file].names for source in own))
    bearing: set[Term] = {*subjects, *(o for source in own for _, _, o in source.positions)}
    described: defaultdict[Term, list[Triple]] = defaultdict(list)
    for source in around:
        for triple in source.positions.triples:
            described[triple[0]].append(triple)
            if triple[2] in subjects:
                bearing.add(triple[0])
        if not names.isdisjoint(known[source.positions.file].names):
            bearing.update(s for s, word in _names(source) if _number(word) in names)
    new = bearing
    while new:
        new = {triple[2] for term in new for triple in described.get(term, ())} - bearing
        bearing |= new
    kept = {source.positions.file: source.positions.only(bearing) for source in around}
    return [replace(source, positions=kept.get(source.positions.file, source.positions)) for source in sources]
