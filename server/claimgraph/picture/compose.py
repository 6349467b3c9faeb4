"""Turn the rows of an answer into the picture that the query's header names."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from claimgraph.picture.model import Bar, Counts, Edge, Graph, Month, Node, Picture, Timeline
from claimgraph.sparql.prefixes import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from claimgraph.catalog.table import Select, Table
    from claimgraph.picture.model import Tone

    Row = dict[str, str]
    Composer = Callable[[str, Table, Select, Mapping[str, str]], Picture]

_LANES = ("dispute", "proposition", "predicate", "position", "kind")
_CLAIMS = f"""SELECT ?claim ?id ?holder ?sign ?first ?last WHERE {{
  VALUES ?%(key)s {{ %(values)s }}
  ?claim <{expand("dcterms:identifier")}> ?id ; <{expand("cg:polarity")}> ?sign .
  OPTIONAL {{ ?claim <{expand("cg:holder")}>/<{expand("rdfs:label")}> ?holder FILTER(LANG(?holder) IN ("", "en")) }}
  OPTIONAL {{ ?claim <{expand("cg:saidNotBefore")}> ?first }}
  OPTIONAL {{ ?claim <{expand("cg:saidNotAfter")}> ?last }}
}}"""
_MOST_MONTHS = 600
_TONES: dict[str, Tone] = {expand("cg:positive"): "for", expand("cg:negative"): "against"}


def can_compose(kind: str) -> bool:
    """Tell whether there is a picture of a kind."""
    return kind in _COMPOSERS


def compose(kind: str, title: str, table: Table, select: Select, values: Mapping[str, str]) -> Picture | None:
    """Compose the picture of a kind from an answer; None where there is no such kind, or nothing to show.

    ``select`` answers small questions to the snapshot; ``values`` are the parameters that the answer was asked with.
    """
    composer = _COMPOSERS.get(kind)
    return composer(title, table, select, values) if composer and table.rows else None


def _rows(table: Table) -> Iterator[tuple[Row, Row]]:
    """Yield each row as texts, and as what people read; unbound cells are left out."""
    for row in table.rows:
        bound = [(name, term) for name, term in zip(table.columns, row, strict=True) if term is not None]
        yield (
            {name: str(term.value) for name, term in bound},
            {name: table.label(term) or term.value for name, term in bound},
        )


def _timeline(title: str, table: Table, select: Select, values: Mapping[str, str]) -> Picture:
    key = "claim" if "claim" in table.columns else "id"
    asked = [name for name in table.columns if name == "claim" or (key == "id" and name.startswith("id"))]
    wanted = {row[name] for row, _ in _rows(table) for name in asked if name in row}
    known: dict[str, Row] = {}
    for row in _claims(key, wanted, select):
        known.setdefault(row[key], row)
    bars: dict[tuple[str, str], Bar] = {}
    for row, read in _rows(table):
        lane = next((read[name] for name in _LANES if name in read), "")
        for name in asked:
            if row.get(name) in known:
                claim = known[row[name]]
                bars.setdefault((lane, claim["claim"]), _bar(claim, read, lane))
    ordered = sorted(bars.values(), key=lambda bar: (bar.lane, bar.first or bar.last or "9", bar.label))
    return Timeline(title, tuple(ordered), values.get("as_of") or None)


def _claims(key: str, wanted: Iterable[str], select: Select) -> Iterator[Row]:
    terms = [str(NamedNode(one) if key == "claim" else Literal(one)) for one in sorted(wanted)]
    for solution in select(_CLAIMS % {"key": key, "values": " ".join(terms)}):
        row: Row = {}
        for name in ("claim", "id", "holder", "sign", "first", "last"):
            try:
                term = solution[name]
            except KeyError:
                continue
            if term is not None:
                row[name] = term.value
        yield row


def _bar(claim: Row, read: Row, lane: str) -> Bar:
    said = {name: text for name, text in read.items() if name not in {"claim", *_LANES} and not name.startswith("id")}
    return Bar(
        label=f"{claim['id']} {claim.get('holder', '')}".strip(),
        note="; ".join(f"{name.replace('_', ' ')}: {text}" for name, text in said.items()),
        lane=lane,
        first=claim.get("first"),
        last=claim.get("last"),
        tone=_TONES.get(claim["sign"], "open"),
        iri=claim["claim"],
    )


def _chain(title: str, table: Table, _select: Select, _values: Mapping[str, str]) -> Picture:
    steps: dict[int, list[Node]] = {}
    for row, read in _rows(table):
        step = int(row["step"])
        hidden = row["identified"] == "unidentified"
        name = f"{step} {row['source']}"
        steps.setdefault(step, []).append(Node(name, read["source"], row["role"], 0, hidden, row["source"]))
    columns = [steps[step] for step in sorted(steps)]
    nodes = [
        Node(node.name, node.label, node.note, column, node.hidden, node.iri)
        for column, inner in enumerate(columns)
        for node in inner
    ]
    edges = [
        Edge(one.name, other.name, weak=one.hidden or other.hidden)
        for left, right in pairwise(columns)
        for one in left
        for other in right
    ]
    headings = tuple(f"step {step}" for step in sorted(steps))
    return Graph(title, headings, tuple(nodes), tuple(edges))


def _pairs(title: str, table: Table, _select: Select, _values: Mapping[str, str]) -> Picture:
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for row, read in _rows(table):
        ends = []
        for column, side in enumerate("ab"):
            name = f"{side} {row[f'claim_{side}']}"
            label = f"{row[f'id_{side}']} {read[f'holder_{side}']}"
            note = "affirms" if side == "a" else "denies"
            nodes.setdefault(name, Node(name, label, note, column, iri=row[f"claim_{side}"]))
            ends.append(name)
        pair = (ends[0], ends[1])
        edge = Edge(*pair, f"{row['kind']}: {row['ground']}", weak=row["kind"] != "strict")
        if pair not in edges or edges[pair].weak:
            edges[pair] = edge
    return Graph(title, ("affirms", "denies"), tuple(nodes.values()), tuple(edges.values()))


def _origins(title: str, table: Table, _select: Select, _values: Mapping[str, str]) -> Picture:
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for row, read in _rows(table):
        claim = f"claim {row['claim']}"
        nodes[claim] = Node(claim, f"{row['id']} {read['holder']}", row.get("support", ""), 1, iri=row["claim"])
        for column in ("origin", "unknown_link"):
            if column in row:
                hidden = column == "unknown_link"
                name = f"{column} {row[column]}"
                nodes[name] = Node(name, read[column], column.replace("_", " "), 0, hidden, row[column])
                edges[name, claim] = Edge(name, claim, weak=hidden)
    verdict = next((row["verdict"] for row, _ in _rows(table) if "verdict" in row), "")
    return Graph(f"{title} {verdict}".strip(), ("origins", "claims"), tuple(nodes.values()), tuple(edges.values()))


def _counts(title: str, table: Table, _select: Select, _values: Mapping[str, str]) -> Picture:
    """Show what was counted: a month without a row has nothing of it."""
    counts = _totals(title, table, _select, _values)
    found = {month.month: month for month in counts.months}
    months = list(_months(min(found), max(found)))
    return replace(counts, months=tuple(found.get(month, Month(month, 0, 0)) for month in months[:_MOST_MONTHS]))


def _totals(title: str, table: Table, _select: Select, _values: Mapping[str, str]) -> Counts:
    """Take the first three columns, the month and two numbers; of a month without a row nothing is known."""
    key, sure, more = table.columns[:3]
    rows = sorted((row for row, _ in _rows(table)), key=lambda row: row[key])
    months = tuple(Month(row[key], _whole(row[sure]), _whole(row[more])) for row in rows)
    return Counts(title, (sure.replace("_", " "), more.replace("_", " ")), months[:_MOST_MONTHS])


def _whole(number: str) -> int:
    return int(float(number))


def _months(first: str, last: str) -> Iterator[str]:
    """Yield every month between two, those without a claim too."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    for number in range(start, end + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


_COMPOSERS: dict[str, Composer] = {
    "timeline": _timeline,
    "chain": _chain,
    "pairs": _pairs,
    "origins": _origins,
    "counts": _counts,
    "totals": _totals,
}
