"""The command that explains a triple."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from claimgraph.cli.options import both_folders, layout_of, settings_from
from claimgraph.explain import Explainer, as_json, as_prov, as_text
from claimgraph.snapshot import open_current

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json", "ttl")),
    default="text",
    show_default=True,
    help="How to write the explanation: a tree of sentences, JSON, or Turtle in PROV-O.",
)
@both_folders
def explain(  # noqa: PLR0913, PLR0917 - click passes each option by name
    subject: str, predicate: str, object_: str, format_: str, dataset: Path | None, snapshots: Path | None
) -> None:
    r"""Say why the current snapshot holds the triple SUBJECT PREDICATE OBJECT.

    An asserted triple is explained by its line and the commit that wrote it, a derived one by its rule and premises,
    each of which is explained in turn. A term is an IRI, a CURIE (cg:entails, weapon:iskander), an identifier (ST14),
    the word 'a', or a literal as Turtle writes it.

    \b
      claimgraph explain ST34 cg:contradicts ST49
      claimgraph explain ST38 cg:saidNotBefore '"2021-02-01"^^xsd:date'
      claimgraph explain ST14 a cg:Claim --format json
    """
    settings = settings_from(dataset=dataset, snapshots=snapshots)
    explainer = Explainer(open_current(settings.snapshots), layout_of(settings))
    proof = explainer.read(subject, predicate, object_)
    if format_ == "json":
        click.echo(as_json(proof, explainer.words), nl=False)
    elif format_ == "ttl":
        click.echo(as_prov(proof, explainer.words, settings.base).decode(), nl=False)
    else:
        click.echo(as_text(proof, explainer.words), nl=False)
