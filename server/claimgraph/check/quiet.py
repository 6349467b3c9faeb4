"""Keep rdflib from writing on the terminal what is reported as a finding with its place."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet_rdflib() -> Iterator[None]:
    """Hold back what rdflib logs and warns about literals that are not of their datatype (CG107 reports them)."""
    logger = logging.getLogger("rdflib.term")
    was = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = was
