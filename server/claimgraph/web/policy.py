"""What browsers may do with our pages (Content Security Policy): load nothing from elsewhere, and who frames them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask import Response

NAME: Final = "Content-Security-Policy"
_SOURCES: Final = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
POLICY: Final = f"{_SOURCES}; frame-ancestors 'none'"


def allow_frames(response: Response) -> Response:
    """Let any site show a page of ours within its own, as clients do with previews."""
    response.headers[NAME] = f"{_SOURCES}; frame-ancestors *"
    return response


def keep_frames(response: Response, headers: dict[str, str]) -> None:
    """Add headers to a response, less those that would forbid what it allows."""
    own = response.headers.get(NAME)
    response.headers.update(headers)
    if own:
        response.headers[NAME] = own
        del response.headers["X-Frame-Options"]
