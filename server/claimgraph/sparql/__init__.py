"""SPARQL as text: tokens, parsing, parameters and prefixes. Nothing here evaluates a query."""
