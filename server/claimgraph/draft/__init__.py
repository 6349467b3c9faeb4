"""Draft what a maintainer would otherwise type: passages with offsets, claims, actors, documents, dossiers, queries."""
