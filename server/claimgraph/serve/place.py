"""Where the supervisor and the HTTP processes find what they tell each other: names in the folder that they share."""

IN_SERVICE = "in-service.json"
"""Which snapshot is in service, where its keeper listens, and where the canned queries are."""
CONTROL = "control"
"""The socket at which the supervisor starts a keeper for a snapshot that is asked for by its digest."""
METRICS = "metrics"
"""The folder of counters."""
