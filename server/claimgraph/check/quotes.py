"""Quotations stand in the copies that they quote, and the copies are the ones that were recorded."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from claimgraph.check.finding import Edit, Finding
from claimgraph.check.names import name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claimgraph.check.corpus import Corpus, Source, Statement
    from claimgraph.dataset import SourceFile
    from claimgraph.dataset.positions import Node, Triple
    from claimgraph.errors import Place

_COPY: Final = name("cg:evidentiaryCopy")
_HASH: Final = name("cg:sha256")
_QUOTED: Final = name("cg:quotedText")
_START: Final = name("cg:startOffset")
_END: Final = name("cg:endOffset")
_DOCUMENT: Final = name("cg:inDocument")
_SHORT: Final = 40


def evidence(corpus: Corpus) -> Iterator[Finding]:
    """Hold every copy against its recorded SHA-256 and every quotation against its copy."""
    copies: dict[Node, str] = {}
    listed = {file.path: file for file in corpus.layout.files()}
    for statement in corpus.with_predicate(_COPY):
        yield from _copy(statement, listed, copies)
    # A subject that is quoted twice in one file is looked at once.
    quoting = {(id(s.source), s.subject): s for s in corpus.with_predicate(_QUOTED)} if copies else {}
    for statement in quoting.values():
        yield from _quotation(statement.source, statement.source.positions.subjects[statement.subject], copies)


def _copy(statement: Statement, listed: Mapping[Path, SourceFile], copies: dict[Node, str]) -> Iterator[Finding]:
    place = statement.at(statement.object_at)
    shown = statement.object.value
    path = statement.source.path.parent / shown
    file = listed.get(Path(os.path.normpath(path)))
    try:
        if not path.resolve().is_relative_to(statement.source.path.parent.resolve()):
            yield Finding(place, "CG503", f"the copy {shown} is not beside this file")
            return
        data = file.read() if file else path.read_bytes()
        copies[statement.subject] = data.decode()
    except (OSError, ValueError) as error:
        reason = "is not UTF-8" if isinstance(error, ValueError) else f"cannot be read: {error.strerror}"
        was_there = file is not None and isinstance(error, OSError)
        yield Finding(place, "CG002" if was_there else "CG503", f"the copy {shown} {reason}")
        return
    digest = file.sha256 if file else sha256(data).hexdigest()
    for triple in statement.source.positions.subjects[statement.subject]:
        if triple[1] == _HASH and triple[2].value.lower() != digest:
            at = statement.at(triple[5])
            yield Finding(at, "CG502", f"the SHA-256 of {shown} is {digest}, not the one recorded")


def _quotation(source: Source, triples: list[Triple], copies: dict[Node, str]) -> Iterator[Finding]:
    parts = {triple[1]: triple for triple in triples}
    quoted = parts[_QUOTED]
    place = source.positions.at(quoted[5])
    document = parts[_DOCUMENT][2] if _DOCUMENT in parts else None
    copy = copies.get(document) if document is not None and not isinstance(document, Literal) else None
    if copy is None or _START not in parts or _END not in parts:
        # What a passage must have is for the shapes to say; without a copy there is nothing to hold it against.
        return
    words = quoted[2].value
    start, end = _number(parts[_START]), _number(parts[_END])
    if start is None or end is None or copy[start:end] == words:
        return
    fix: tuple[Edit, ...] = ()
    if words and copy.count(words) == 1:
        real = copy.index(words)
        ends = ((parts[_START], real), (parts[_END], real + len(words)))
        fix = tuple(Edit(source.positions.at(part[5]), part[2].value, str(offset)) for part, offset in ends)
    yield replace(_misplaced(place, words, copy, start, end), fix=fix)


def _number(triple: Triple) -> int | None:
    value = triple[2].value
    return int(value) if value.isascii() and value.isdigit() else None


def _misplaced(place: Place, words: str, copy: str, start: int, end: int) -> Finding:
    found = [match.start() for match in re.finditer(re.escape(words), copy)] if words else []
    if found:
        nearest = min(found, key=lambda at: abs(at - start))
        hint = f"the words stand at {nearest} to {nearest + len(words)}"
    elif not start < end <= len(copy):
        hint = f"the copy has {len(copy)} characters"
    else:
        there = copy[start:end]
        hint = f'at that place the copy says "{there[:_SHORT]}{"..." if len(there) > _SHORT else ""}"'
    return Finding(place, "CG501", f"the quotation does not stand at {start} to {end}", hint.replace("\n", " "))
