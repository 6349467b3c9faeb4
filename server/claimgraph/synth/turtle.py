"""How synthetic data is written as Turtle: the way the files of the dossiers are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimgraph.sparql.prefixes import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_VOCABULARIES: Final = ("cg", "rdfs", "dcterms", "xsd")
_FITS: Final = 114
_FOLDERS: Final = ("actor", "weapon", "place", "event", "matter", "dossier")


def block(subject: str, kind: str, *facts: str) -> str:
    """Write one resource: its class, then a line for each fact."""
    return f"{subject} a {kind} ;\n    " + " ;\n    ".join(facts) + " .\n\n"


def several(predicate: str, values: Sequence[str]) -> str:
    """Write a fact with several values, one a line where they do not fit into one."""
    line = f"{predicate} " + " , ".join(values)
    return line if len(line) <= _FITS else f"{predicate}\n        " + " ,\n        ".join(values)


def label(text: str) -> str:
    """Write the fact that says what a resource is called."""
    return f'rdfs:label "{text}"@en'


def head(folder: str, name: str, kind: str, title: str, dossier: str | None = None) -> str:
    """Write the head of a file: prefixes, and the description of the graph that the file is."""
    ids = PREFIXES["id"]
    lines = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in _VOCABULARIES]
    lines.append(f"@prefix : <{ids}{folder}/> .")
    lines += [f"@prefix {prefix}: <{ids}{prefix}/> ." for prefix in _FOLDERS]
    graph = f"<{ids.removesuffix('id/')}graph/{folder}/{name}>"
    facts = [f'dcterms:title "{title}"@en', "dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/>"]
    if dossier:
        facts.insert(1, f"cg:inDossier dossier:{dossier}")
    remark = "# Invented by `claimgraph synth`. Nobody said any of this."
    return "\n".join(lines) + f"\n\n{remark}\n\n" + block(graph, kind, *facts)


def numbered(parts: Iterable[str], size: int) -> Iterator[tuple[int, list[str]]]:
    """Cut a stream into numbered runs of ``size`` members, counting from 1; the last run may be shorter."""
    run: list[str] = []
    number = 1
    for part in parts:
        run.append(part)
        if len(run) == size:
            yield number, run
            run = []
            number += 1
    if run:
        yield number, run
