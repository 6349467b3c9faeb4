"""What both ways of making a snapshot have in common: the description of what it holds, and the end of it."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import Store

from claimgraph import __version__
from claimgraph.dataset import description_graph
from claimgraph.dataset.program import program
from claimgraph.snapshot.census import take_census
from claimgraph.snapshot.describe import describe_content, describe_graphs
from claimgraph.snapshot.manifest import FileEntry, Manifest, RuleEntry
from claimgraph.snapshot.snapshot import COUNTS, DUMP, INDEX, STORE, sha256_of
from claimgraph.snapshot.texts import TEXTS, write_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import NamedNode, Quad

    from claimgraph.dataset import Layout
    from claimgraph.reason import Rule
    from claimgraph.snapshot.census import Counts
    from claimgraph.snapshot.dump import Dump

    Progress = Callable[[str, int, int], None]
    """Is told the stage, how much of it is done and how much there is."""


@dataclass
class Making:
    """Be a snapshot that is being made: of which dataset, in which folder, and how long its stages take.

    With ``pack`` files to take away may be written on the way. ``after`` is the digest of the snapshot that it is made
    from; where it is made whole although there is one, ``whole_because`` says why.
    """

    layout: Layout
    digest: str
    folder: Path
    progress: Progress
    pack: bool = True
    after: str | None = None
    whole_because: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Tell of a stage, and time it."""
        self.progress(name, 0, 1)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)

    def described(
        self, questions: Iterable[Quad], counts: Counts, triples: Mapping[NamedNode, int], rules: Mapping[Rule, float]
    ) -> Description:
        """Describe what a snapshot holds by its counts: those of a census, and the triples of each graph.

        ``questions`` are the canned queries as :func:`describe_questions` has them; ``rules`` tells how many seconds
        each rule took.
        """
        files = tuple(
            FileEntry(file.relative, file.sha256, file.graph.value, triples.get(file.graph, 0))
            if file.is_graph
            else FileEntry(file.relative, file.sha256)
            for file in self.layout.files()
        )
        derived = tuple(
            RuleEntry(rule.name, rule.graph.value, triples.get(rule.graph, 0), spent) for rule, spent in rules.items()
        )
        census = take_census(counts, (graph.value for graph, count in triples.items() if count))
        found = Store()
        found.extend(questions)
        found.extend(describe_content(self.layout, census))
        found.extend(describe_graphs(self.layout.base, files, derived, rules))
        return Description(files, derived, found, description_graph(self.layout.base))

    def finish(self, dump: Dump, description: Description) -> None:
        """Write what is left of a snapshot, the manifest last.

        Raises:
            OSError: that cannot be written, or a rule or query is no longer as it was listed.
        """
        write_texts(self.folder, self.layout.files())
        for file in self.layout.files():
            if file.path.suffix == ".rq":  # Turtle is held against its hash when it is loaded
                file.read()
        Manifest(
            digest=self.digest,
            version=__version__,
            program=program(),
            commit=commit_of(self.layout.root),
            built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            after=self.after,
            whole_because=self.whole_because,
            triples=sum(dump.triples.values()),
            seconds=self.seconds,
            files=description.files,
            rules=description.rules,
            dump_sha256=dump.sha256,
            index_sha256=sha256_of(self.folder / INDEX),
            parts={path.relative_to(self.folder).as_posix(): path.stat().st_size for path in _lasting(self.folder)},
        ).write(self.folder)


@dataclass(frozen=True)
class Description:
    """Hold what a snapshot says of itself: of its files, of its rules, and all of it as a graph."""

    files: tuple[FileEntry, ...]
    rules: tuple[RuleEntry, ...]
    quads: Store
    graph: NamedNode


def _lasting(folder: Path) -> list[Path]:
    """List the files of a snapshot that never change; the store may write its logs anew when it is opened."""
    found = [*sorted((folder / STORE).glob("*.sst")), folder / STORE / "CURRENT", *sorted((folder / TEXTS).iterdir())]
    return [folder / DUMP, folder / INDEX, folder / COUNTS, *found]


def commit_of(root: Path) -> str | None:
    """Return the git commit of a checkout, marked ``-dirty`` if the dataset has changes; None where there is no git."""
    try:
        run = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"],
            cwd=root, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip() or None
