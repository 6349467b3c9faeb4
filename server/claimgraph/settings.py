"""The one table of settings: each can be given as an environment variable ``CLAIMGRAPH_<NAME>``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, SerializationInfo, field_serializer, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from claimgraph import BASE

MEBIBYTE = 1 << 20


class Settings(BaseSettings):
    """Hold every setting of the program with its default; sizes are bytes, times are seconds."""

    model_config = SettingsConfigDict(env_prefix="CLAIMGRAPH_", extra="ignore", frozen=True)

    dataset: Path | None = Field(None, description="folder of ontology, data and queries; default: the shipped one")
    snapshots: Path = Field(default_factory=lambda: Path("snapshots"), description="folder where snapshots are kept")
    sources: Literal["none", "sample", "default", "all"] | None = Field(
        None,
        description="which rows of the data of others are mapped into the dataset: none, a sample, the default grain, "
        "or all; default: the default grain for a build, and a sample for a check and while files are watched",
    )
    keep_snapshots: int = Field(3, ge=1, description="how many snapshots are kept, the current one included")
    base: str = Field(BASE, description="IRI that all names of the dataset start with")
    host: str = Field("127.0.0.1", description="address that the server listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that the server listens on; 0 takes a free one")
    public_url: str | None = Field(
        None, description="address of the service as its users see it, when a proxy stands in front"
    )
    engine: str | None = Field(None, description="URL of a SPARQL endpoint to answer from; default: the own engine")
    engine_update: str | None = Field(None, description="URL at which that engine takes updates, to publish snapshots")
    engine_graph_store: str | None = Field(
        None, description="URL of that engine's Graph Store Protocol, to load graphs by it rather than by updates"
    )
    engine_user: str | None = Field(None, description="name of the account at that engine; default: no account")
    engine_password: SecretStr | None = Field(None, description="password of that account")
    engine_auth: Literal["basic", "digest"] = Field(
        "basic", description="how the account is proved: digest for Virtuoso, basic for others"
    )
    engine_ca: Path | None = Field(
        None, description="file of the certificates (PEM) that vouch for that engine; default: those of the system"
    )
    http_workers: int = Field(
        default_factory=lambda: max(1, (os.cpu_count() or 1)), ge=1, description="processes that answer HTTP requests"
    )
    http_threads: int = Field(32, ge=1, description="requests that one HTTP process works on at once")
    max_connections: int = Field(
        16384, ge=1, description="connections that are held at once, over all HTTP processes; more wait to be accepted"
    )
    query_workers: int = Field(
        default_factory=lambda: max(8, 4 * (os.cpu_count() or 1)),
        ge=1,
        description="queries that are evaluated at once, over all HTTP processes",
    )
    query_timeout: float = Field(
        30.0, gt=0, description="seconds a query may take; a request may lower it, not raise it"
    )
    queue_timeout: float = Field(5.0, ge=0, description="seconds a query may wait for a free worker before a 503")
    queue_length: int = Field(512, ge=0, description="queries that may wait in one HTTP process before a 503")
    queries_per_client: int = Field(
        128, ge=1, description="queries of one client that may run or wait in one HTTP process before a 429"
    )
    trusted_proxies: int = Field(
        0, ge=0, description="proxies in front that are trusted to name the client in X-Forwarded-For"
    )
    memory_limit: int = Field(
        4096 * MEBIBYTE, ge=0, description="a snapshot estimated larger than this in memory is read from disk instead"
    )
    pinned_idle: float = Field(
        300.0, ge=0, description="seconds after its last use that the keeper of a pinned snapshot is ended"
    )
    worker_memory: int = Field(2048 * MEBIBYTE, ge=0, description="memory one query may take beside the dataset")
    max_request_bytes: int = Field(2 * MEBIBYTE, ge=1, description="size of the largest request that is read")
    max_answer_bytes: int = Field(1024 * MEBIBYTE, ge=1, description="size of the largest answer that is sent")
    max_answer_rows: int = Field(10_000_000, ge=1, description="rows, or triples, of the largest answer that is sent")
    max_nesting: int = Field(200, ge=1, description="how deep brackets may be nested in a query")
    hold_back: int = Field(
        4 * MEBIBYTE, ge=0, description="answers up to this size are complete before their status is sent"
    )
    service_allowed: tuple[str, ...] = Field((), description="IRI prefixes that SERVICE may call; default: none")
    watch: bool = Field(default=False, description="check, build and serve the dataset again whenever a file changes")
    cache_bytes: int = Field(64 * MEBIBYTE, ge=0, description="size of the answer cache of one HTTP process")
    log_queries: bool = Field(default=False, description="write the text of queries into the log")

    @field_validator("engine", "engine_update", "engine_graph_store")
    @classmethod
    def _name_an_address_alone(cls, value: str | None) -> str | None:
        """Take an address of HTTP that may be shown in logs."""
        if value is not None:
            address = urlsplit(value)
            if address.scheme not in {"http", "https"} or not address.hostname:
                raise ValueError("it takes an address that begins with http:// or https://")
            if address.username is not None or address.password is not None:
                raise ValueError("name and password belong into engine_user and engine_password, not into an address")
        return value

    @field_serializer("engine_password")
    def _keep_secret(self, value: SecretStr | None, info: SerializationInfo) -> str | None:
        """Write the password for a process that needs it, and leave it out everywhere else."""
        return value.get_secret_value() if value and (info.context or {}).get("with_secrets") else None

    @field_validator("base")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        """Make the base end with a slash, so that names can be appended to it."""
        return value if value.endswith("/") else value + "/"

    @field_validator("public_url")
    @classmethod
    def _end_without_slash(cls, value: str | None) -> str | None:
        """Cut the slash off the public address, so that paths can be appended to it."""
        return value.rstrip("/") if value else None
