"""The profiles of OWL that the ontology keeps to: OWL Lite (OWL 1) and OWL 2 RL."""
