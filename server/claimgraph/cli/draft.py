"""The commands that draft what a maintainer would otherwise type: ``claimgraph new`` and ``claimgraph quote``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pyoxigraph import Literal

from claimgraph.cli.options import dataset_option, layout_of, settings_from
from claimgraph.draft import (
    Desk,
    Statement,
    find_passages,
    new_actor,
    new_claim,
    new_document,
    new_dossier,
    new_query,
)
from claimgraph.errors import UsageError
from claimgraph.sparql.prefixes import shorten

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from claimgraph.dataset import Layout

_AROUND = 30


@click.group()
def new() -> None:
    r"""Draft a claim, an actor, a document, a dossier or a query; what is needed and not given is asked for.

    The Turtle is written into the file where it belongs, laid out, under a fresh IRI.

    \b
      claimgraph new dossier port-explosion --title "The explosion in the port"
      claimgraph new document port-explosion --title "First report" --copy report.txt --published 2021-02-26
      claimgraph new claim port-explosion --document :first-report --holder :voice-of-first-report
    """


def _layout(dataset: Path | None) -> Layout:
    return layout_of(settings_from(dataset=dataset))


def _tell(path: Path, thing: NamedNode | None = None) -> None:
    click.echo(f"{shorten(thing.value)} in {path}" if thing else str(path))


@new.command()
@click.argument("name")
@click.option("--title", prompt="What is the dossier about?", help="What it is about, in one line.")
@dataset_option
def dossier(name: str, title: str, dataset: Path | None) -> None:
    """Begin the dossier NAME: a folder with the file that says what it is about."""
    _tell(new_dossier(Desk(_layout(dataset)), name, title))


@new.command()
@click.argument("label")
@click.option("--class", "class_", default="Person", show_default=True, metavar="CLASS", help="A class of actors.")
@click.option("--dossier", metavar="NAME", help="The dossier it belongs to. [default: shared by all]")
@dataset_option
def actor(label: str, class_: str, dossier: str | None, dataset: Path | None) -> None:
    """Describe the actor that is called LABEL."""
    thing, path = new_actor(Desk(_layout(dataset)), label, class_.removeprefix("cg:"), dossier)
    _tell(path, thing)


@new.command()
@click.argument("dossier")
@click.option("--title", prompt="What is the document called?", help="Its title, or what it is.")
@click.option("--copy", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Its text, in UTF-8.")
@click.option("--published", metavar="EDTF", help="When it was published.")
@dataset_option
def document(dossier: str, title: str, copy: Path | None, published: str | None, dataset: Path | None) -> None:
    """Describe a document of the DOSSIER, and keep a copy of its text as evidence."""
    thing, path = new_document(Desk(_layout(dataset)), dossier, title, copy, published)
    _tell(path, thing)


@new.command()
@click.argument("dossier")
@click.option("--document", prompt="Which document says so?", help="The document that says so.")
@click.option("--holder", prompt="Who holds the claim?", help="Who holds it: an actor.")
@click.option("--text", prompt="What is claimed, as one sentence?", help="What is claimed, as one sentence.")
@click.option("--words", help="The exact words of the document, which must be in its copy.")
@click.option("--occurrence", default=1, show_default=True, help="Which one, where the words stand several times.")
@click.option("--note", help="A note in place of the words, where no copy is kept.")
@click.option("--proposition", help="A proposition that is there, if others claim or deny the same.")
@click.option("--predicate", help="The predicate of a new proposition, as use.")
@click.option("--about", multiple=True, help="What a new proposition is about; can be given several times.")
@click.option("--polarity", default="positive", show_default=True, help="positive, negative or open.")
@click.option("--modality", default="asserted", show_default=True, help="asserted, presupposed, demanded ...")
@click.option("--kind", default="said", show_default=True, help="The kind of statement.")
@dataset_option
def claim(dataset: Path | None, words: str | None, note: str | None, **given: Any) -> None:  # noqa: ANN401
    """Write a claim of the DOSSIER with its passage and its proposition."""
    desk = Desk(_layout(dataset))
    if words is None and note is None:
        words = click.prompt("Which words of the document?")
    if given["proposition"] is None and given["predicate"] is None:
        given["predicate"] = click.prompt("Which predicate has the proposition?")
    thing, path = new_claim(desk, Statement(words=words, note=note, **given))
    _tell(path, thing)


@new.command()
@click.argument("name")
@click.option("--summary", prompt="Which question does it answer?", help="The question that it answers.")
@dataset_option
def query(name: str, summary: str, dataset: Path | None) -> None:
    """Write the draft of the canned query NAME."""
    _tell(new_query(_layout(dataset), name, summary))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("words")
def quote(file: Path, words: str) -> None:
    r"""Say where WORDS stand in the text FILE, as Turtle for a cg:Passage.

    White space, quotation marks and dashes may differ; what is written is what the file says. Offsets count characters
    from 0.

    \b
      claimgraph quote data/ttl/iskander-shusha/article.txt "did not explode"
    """
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} cannot be read: it is not UTF-8 (byte {error.start + 1})") from error
    for passage in find_passages(text, words):
        around = text[max(0, passage.start - _AROUND) : passage.end + _AROUND]
        click.echo(f"# paragraph {passage.paragraph}: ...{' '.join(around.split())}...")
        click.echo(f"    cg:paragraph {passage.paragraph} ;")
        click.echo(f"    cg:startOffset {passage.start} ;")
        click.echo(f"    cg:endOffset {passage.end} ;")
        click.echo(f"    cg:quotedText {Literal(passage.words)} .")
