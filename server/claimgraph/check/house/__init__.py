"""House rules: what a dataset of claims must keep to beyond syntax, terms and shapes."""
