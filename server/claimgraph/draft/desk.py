"""What a draft is written against: the names that the dataset has already, and the files that take what is new."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.dataset import Layout, load_into
from claimgraph.dataset.positions import positions
from claimgraph.dataset.tidy import tidy
from claimgraph.errors import UnknownName, UsageError
from claimgraph.sparql.prefixes import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RESOURCES: Final = PREFIXES["id"]
_LONGEST: Final = 60
_PLAIN: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_-])?\Z")
_SHARED: Final = ("actor", "office", "weapon", "place", "event", "dossier")
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


class Desk:
    """Answer which names are taken, and write blocks of Turtle into the files of a dataset."""

    def __init__(self, layout: Layout) -> None:
        """Read the dataset."""
        self.layout = layout
        self.store = Store()
        for file in layout.graphs():
            load_into(self.store, file)

    def resolve(self, name: str, dossier: str) -> NamedNode:
        """Return the resource that a name stands for.

        It may be an IRI, a CURIE, ``:x`` for a resource of the dossier, ``actor:x`` for a shared one, or an identifier.

        Raises:
            UnknownName: nothing has that name.
        """
        prefix, colon, local = name.partition(":")
        if not colon:
            found = self._identified(name)
            if found is not None:
                return found
        elif name.startswith(("http://", "https://")):
            return self._known(NamedNode(name), name)
        elif not prefix:
            return self._known(self.name(dossier, local), name)
        elif prefix in PREFIXES:
            return self._known(NamedNode(expand(name)), name)
        elif prefix in _SHARED:
            return self._known(self.name(prefix, local), name)
        message = f"nothing is named {name!r}; write an IRI, id:..., actor:..., :name-in-the-dossier or ST14"
        raise UnknownName(message)

    def _identified(self, identifier: str) -> NamedNode | None:
        quads = self.store.quads_for_pattern(None, NamedNode(expand("dcterms:identifier")), Literal(identifier))
        return next((quad.subject for quad in quads if isinstance(quad.subject, NamedNode)), None)

    def _known(self, thing: NamedNode, name: str) -> NamedNode:
        if next(self.store.quads_for_pattern(thing, None, None), None) is None:
            message = f"nothing describes {name}"
            raise UnknownName(message)
        return thing

    def name(self, folder: str, local: str) -> NamedNode:
        """Return the IRI of a resource in a folder of names, such as a dossier's."""
        return NamedNode(f"{_RESOURCES}{folder}/{local}")

    def fresh(self, folder: str, words: str) -> NamedNode:
        """Make an IRI from some words that no resource has yet."""
        stem, number = slug(words), 1
        candidate = self.name(folder, stem)
        while next(self.store.quads_for_pattern(candidate, None, None), None) is not None:
            number += 1
            candidate = self.name(folder, f"{stem}-{number}")
        return candidate

    def is_a(self, thing: NamedNode, class_: str) -> bool:
        """Tell whether a resource is of a class of ours, or of one below it."""
        return self._leads(self._next(thing, "rdf:type"), class_)

    def is_below(self, class_: str, above: str) -> bool:
        """Tell whether a class of ours is another one or below it."""
        return self._leads({NamedNode(expand(f"cg:{class_}"))}, above)

    def _leads(self, found: set[NamedNode], class_: str) -> bool:
        waiting = list(found)
        while waiting:
            new = self._next(waiting.pop(), "rdfs:subClassOf") - found
            found |= new
            waiting.extend(new)
        return NamedNode(expand(f"cg:{class_}")) in found

    def _next(self, thing: NamedNode, curie: str) -> set[NamedNode]:
        quads = self.store.quads_for_pattern(thing, NamedNode(expand(curie)), None)
        return {quad.object for quad in quads if isinstance(quad.object, NamedNode)}

    def value(self, subject: NamedNode, curie: str) -> str | None:
        """Return the value of a property of a resource, or None if it has none."""
        quads = self.store.quads_for_pattern(subject, NamedNode(expand(curie)), None)
        return next((quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)), None)

    def folder(self, dossier: str) -> Path:
        """Return the folder of a dossier.

        Raises:
            UnknownName: there is no such dossier.
        """
        path = self.layout.data / "ttl" / dossier
        if not path.is_dir():
            raise UnknownName(f"there is no dossier {dossier!r}; 'claimgraph new dossier {dossier}' makes it")
        return path

    def describing(self, thing: NamedNode) -> Path | None:
        """Return the file that describes a resource."""
        quad = next(self.store.quads_for_pattern(thing, NamedNode(expand("rdf:type")), None), None)
        graphs = {file.graph: file.path for file in self.layout.graphs()}
        return graphs.get(quad.graph_name) if quad and isinstance(quad.graph_name, NamedNode) else None

    def add(self, path: Path, block: str, *, title: str, dossier: str) -> Path:
        """Append a block of Turtle to a file, which is begun with a head if it is not there yet.

        The block uses ``cg:``, ``dcterms:``, ``rdfs:``, ``xsd:`` and full IRIs; these become prefixed names where the
        file declares a prefix for them.
        """
        text = path.read_bytes().decode() if path.exists() else self._head(path, title, dossier)
        declared = {d.name: d.namespace for d in positions(path).prefixes} if path.exists() else _prefixes(dossier)
        for prefix in ("cg", "dcterms", "rdfs", "xsd"):
            if f"{prefix}:" in block and prefix not in declared:
                text = f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n{text}"
        whole = tidy(f"{text.rstrip()}\n\n{_shortened(block, declared)}\n", str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(whole.encode())
        beside.replace(path)
        return path

    def _head(self, path: Path, title: str, dossier: str) -> str:
        graph = self.layout.graph_name(path.relative_to(self.layout.root).as_posix())
        prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _prefixes(dossier).items())
        about = f"<{graph.value}> a cg:SourceGraph ;\n    dcterms:title {Literal(title, language='en')} ;"
        return f"{prefixes}\n# {title}\n\n{about} cg:inDossier dossier:{dossier} ;\n dcterms:license <{_LICENCE}> .\n"


def _prefixes(dossier: str) -> dict[str, str]:
    shared = {prefix: f"{_RESOURCES}{prefix}/" for prefix in ("actor", "dossier")}
    standard = {prefix: PREFIXES[prefix] for prefix in ("rdfs", "dcterms", "xsd")}
    return {"cg": PREFIXES["cg"], "": f"{_RESOURCES}{dossier}/", **shared, **standard}


def _shortened(block: str, declared: Mapping[str, str]) -> str:
    def short(match: re.Match[str]) -> str:
        for prefix, namespace in declared.items():
            local = match[1].removeprefix(namespace)
            if local != match[1] and _PLAIN.match(local):
                return f"{prefix}:{local}"
        return match[0]

    # Strings are matched first, so that an IRI inside one stays as it is.
    return re.sub(r'"(?:[^"\\]|\\.)*"|<(https?://[^<>\s]+)>', lambda m: short(m) if m[1] else m[0], block)


def slug(words: str) -> str:
    """Make a name for an IRI or a file: small letters of ASCII, digits and hyphens, at most 60.

    Raises:
        UsageError: nothing is left of the words.
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    if not made:
        raise UsageError(f"no name can be made from {words!r}; give one in Latin letters with --name")
    return made
