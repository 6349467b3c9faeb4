"""The one table of finding codes: what each means, how grave it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from claimgraph.errors import UnknownName

Severity = Literal["error", "warning"]

_LITE = "https://www.w3.org/TR/owl-ref/#OWLLite"
_DL = "https://www.w3.org/TR/owl-ref/#OWLDL"
_SYNTAX = "https://www.w3.org/TR/owl-semantics/syntax.html"
_MAPPING = "https://www.w3.org/TR/owl-semantics/mapping.html"
_EDTF = "https://www.loc.gov/standards/datetime/"
_RL = "https://www.w3.org/TR/owl2-profiles/#OWL_2_RL"


@dataclass(frozen=True, slots=True)
class Code:
    """Describe one kind of finding."""

    title: str
    advice: str
    severity: Severity = "error"
    source: str = ""
    """The section of a W3C specification that the rule comes from, if it comes from one."""


CODES: Final[dict[str, Code]] = {
    "CG001": Code(
        "A file does not parse", "Correct the file at the place shown.", source="https://www.w3.org/TR/turtle/"
    ),
    "CG002": Code("A file cannot be read", "Save the file as UTF-8, see that it opens; check again if it changed."),
    "CG101": Code("A prefix is used and not declared", "Declare it at the head of the file with @prefix."),
    "CG102": Code(
        "A prefix is bound to another namespace than the project's",
        "Use the namespace of the project's table of prefixes, or another prefix.",
    ),
    "CG103": Code("A term is used and not declared", "Correct its spelling, or declare it in a module of ontology/."),
    "CG104": Code("A term is deprecated", "Use the term that replaces it.", severity="warning"),
    "CG105": Code(
        "A term of the wrong kind", "Use properties between things, classes after 'a', and individuals elsewhere."
    ),
    "CG106": Code("A value of the wrong sort", "Give an object property a thing, and a data property a literal."),
    "CG107": Code("A literal of the wrong datatype", "Write the literal with the datatype that the property takes."),
    "CG108": Code(
        "A thing outside the domain or range of the property",
        "Use another property, or give the thing the class that the property asks for.",
    ),
    "CG109": Code("An IRI that nothing describes", "Correct the IRI, or describe it in a file under data/ttl/."),
    "CG110": Code(
        "An identity is asserted", "Say with an assessed cg:readAs that two names mean one thing; use no owl:sameAs."
    ),
    "CG201": Code("A label is missing", "Give the thing an rdfs:label."),
    "CG202": Code("A licence is missing", "State dcterms:license of the graph's own IRI at the head of the file."),
    "CG203": Code(
        "A term of the ontology is not documented",
        "Give every class and property rdfs:label, skos:definition, skos:example and rdfs:isDefinedBy.",
    ),
    "CG204": Code("An identifier is given twice", "Give each thing an identifier of its own."),
    "CG301": Code("A construct of OWL DL, not of OWL Lite", "Say it in SHACL instead.", source=_LITE),
    "CG302": Code("A construct of OWL 2, not of OWL Lite", "Say it in SHACL or as a rule instead.", source=_LITE),
    "CG303": Code("A name is two kinds of thing", "Use a name of its own for each.", source=_DL),
    "CG304": Code("A property is used and not declared", "Declare it as a property of OWL.", source=_DL),
    "CG305": Code("A class axiom with something else than names and restrictions", "Name the class.", source=_LITE),
    "CG306": Code(
        "A malformed restriction",
        "Write a blank node with one owl:onProperty and one constraint, used once.",
        source=_LITE,
    ),
    "CG307": Code("A cardinality other than 0 or 1", "Count in SHACL instead.", source=_LITE),
    "CG308": Code("A filler that is no name of the right kind", "Name a class or a datatype.", source=_LITE),
    "CG309": Code("A property axiom that does not fit its kind", "Keep to one kind of property.", source=_SYNTAX),
    "CG310": Code("An axiom about an annotation property", "Leave it out.", source=_SYNTAX),
    "CG311": Code("A domain or range that is no name of the right kind", "Name a class or datatype.", source=_LITE),
    "CG312": Code(
        "A malformed intersection", "Name it, and list two or more named classes or restrictions.", source=_LITE
    ),
    "CG313": Code("An individual without a declared class", "Give it a class that is declared.", source=_DL),
    "CG314": Code("A transitive property is counted", "Count in SHACL instead.", source=_DL),
    "CG315": Code("A statement about built-in vocabulary", "Leave it out.", source=_DL),
    "CG316": Code("A fact about something that is no individual", "Use an annotation property.", source=_MAPPING),
    "CG317": Code("A name that OWL does not know the kind of", "Declare it with a type of OWL.", source=_MAPPING),
    "CG318": Code("An import that is not checked", "Declare the borrowed terms instead.", source=_LITE),
    "CG320": Code(
        "The alignments hold more than mappings", "Move the statement to a module of the ontology, or leave it out."
    ),
    "CG351": Code("A construct outside OWL 2 RL", "Say it in SHACL instead.", source=_RL),
    "CG352": Code("A datatype outside OWL 2 RL", "Leave the range open and check it in SHACL.", source=_RL),
    "CG401": Code("A shape is violated", "Do as the message says; the shape stands in ontology/shapes/."),
    "CG402": Code("A shape warns", "Do as the message says; the shape stands in ontology/shapes/.", "warning"),
    "CG403": Code("A shape is broken", "Correct the shape.", source="https://www.w3.org/TR/shacl/"),
    "CG501": Code("A quotation does not stand at its offsets", "Correct the words or the offsets against the copy."),
    "CG502": Code("A copy is not the one that was recorded", "Restore the copy; it is evidence and never edited."),
    "CG503": Code("A copy is missing", "Put the copy beside the Turtle file that names it."),
    "CG601": Code("A query does not parse", "Correct it at the place shown."),
    "CG602": Code("A query has a faulty header", "Write the header as YAML in lines that begin with #+."),
    "CG603": Code("The parameters of header and query differ", "Give every parameter a default, and use each."),
    "CG604": Code("A default is not of its parameter's type", "Write a default of the type in the variable's name."),
    "CG605": Code("The columns of header and query differ", "Describe each projected variable in the header."),
    "CG606": Code(
        "A query no longer answers",
        "Correct the query or its defaults, or write 'empty: true' under x-claimgraph where an empty answer is right.",
        severity="warning",
    ),
    "CG701": Code("A rule does not parse", "Write one SPARQL 1.1 CONSTRUCT."),
    "CG702": Code("A rule has a faulty header", "Give label, derives, why and example in lines that begin with #+."),
    "CG703": Code("The rules cannot be put in order", "Break the cycle through negation."),
    "CG801": Code(
        "A text that is no EDTF", "Write a date of EDTF, such as 2021-02-26, 2021-03 or ../2021-04-12.", source=_EDTF
    ),
    "CG802": Code("EDTF and bounds disagree", "Make cg:notBefore and cg:notAfter the days that the EDTF means."),
    "CG803": Code("A date after the record", "Correct the date, or the day on which the thing was recorded."),
    "CG804": Code("An effect before its cause", "Correct one of the two dates, or what the thing refers to."),
    "CG805": Code("A chain comes back to itself", "Take out the step that closes the loop."),
    "CG806": Code("Reports derive from each other in a circle", "Look whether the sources say so.", "warning"),
    "CG807": Code("A label is given twice", "Make them one thing, or tell the labels apart.", "warning"),
    "CG808": Code(
        "Two actors with nearly the same name",
        "Make them one actor with two names, or give each a label that tells them apart.",
        "warning",
    ),
    "CG809": Code("Nothing leads to a node", "Refer to it from the claim it belongs to, or take it out.", "warning"),
    "CG810": Code("Evidence without custody", "Say in a cg:CustodyEvent who had the item, as far as told.", "warning"),
    "CG811": Code(
        "A reading that nobody answers for", "Name the reading with cg:restsOn, or the assessor with cg:assessedBy."
    ),
    "CG812": Code(
        "A claim that stands in no dossier, or in several",
        "Say cg:inDossier of the graph's own IRI at the head of the file, once.",
    ),
    "CG901": Code("A mapping does not parse", "Write one SPARQL 1.1 CONSTRUCT, and a SELECT that chooses rows."),
    "CG902": Code("A mapping has a faulty header", "Give label, makes, why and rows in lines that begin with #+."),
    "CG903": Code("A column or file that a mapping does not read", "Correct its name, or name the file in the header."),
    "CG904": Code("Data that are not what they should be", "Restore the file as it was published, or correct the row."),
    "CG905": Code("A mapping makes nothing", "Correct its patterns, or the query that chooses its rows.", "warning"),
}

GROUPS: Final[dict[str, tuple[str, str]]] = {
    "CG0": ("Files", "A file that cannot be read says nothing, and what it should have said is missing elsewhere."),
    "CG1": ("Terms", "A misspelt term raises no error in RDF: the statement is kept, and every query passes it by."),
    "CG2": ("Documentation", "People find and trust what has a name, an identifier and a licence."),
    "CG3": ("Profiles", "The ontology keeps to OWL Lite and OWL 2 RL at once, so that any reasoner finishes with it."),
    "CG4": ("Shapes", "What must be there is said in SHACL, since OWL would invent what is missing."),
    "CG5": ("Evidence", "A claim stands on words in a document; they must be there, and the document unchanged."),
    "CG6": ("Queries", "A canned query is what most people see of the data; its header is its only manual."),
    "CG7": ("Rules", "What rules derive is shown as fact; they must run, in one order, and say why."),
    "CG8": ("House rules", "What no schema language says well: time, chains, names and what is left over."),
    "CG9": (
        "Mappings",
        "What a mapping gets wrong, it gets wrong in every row; so it is told once, where it can be mended.",
    ),
}
"""What the codes that begin alike are about, and why they matter."""


def code_named(code: str) -> Code:
    """Return the code of a name, in capitals or not.

    Raises:
        UnknownName: there is none; the message names those that are near.
    """
    found = CODES.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), CODES, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; 'claimgraph explain-code' lists them all"
        message = f"there is no code {code!r}{hint}"
        raise UnknownName(message)
    return found
