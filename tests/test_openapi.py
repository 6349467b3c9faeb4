"""The description of the interface: valid, complete, and true when a program tries what it says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="session")
def described(shipped_app):
    return shipped_app.test_client().get("/openapi.json").get_json()


def test_is_valid_openapi(described):
    validate(described, cls=OpenAPIV31SpecValidator)


def test_has_an_operation_for_every_question(described, shipped):
    assert {f"/queries/{query.name}" for query in shipped.catalog} <= set(described["paths"])


def test_describes_every_parameter_with_its_default(described, shipped):
    for query in shipped.catalog:
        listed = {
            one["name"]: one["schema"] for one in described["paths"][f"/queries/{query.name}"]["get"]["parameters"]
        }
        for parameter in query.parameters.values():
            assert listed[parameter.name].get("default") == parameter.default
            assert tuple(listed[parameter.name].get("enum", ())) == parameter.choices


def test_shows_the_interface_on_a_page_without_outside_hosts(web, described):
    page = web.get("/api", headers=BROWSER).text
    assert all(path in page for path in described["paths"])
    assert "src=" not in page
    assert 'href="http' not in page


def test_confirms_an_unchanged_description_by_its_etag(web):
    etag = web.get("/openapi.json").headers["ETag"]
    assert web.get("/openapi.json", headers={"If-None-Match": etag}).status_code == 304


@pytest.fixture(scope="session")
def schema(shipped_app):
    return schemathesis.openapi.from_wsgi("/openapi.json", shipped_app)


CHECKS = (status_code_conformance, content_type_conformance, response_schema_conformance)


def test_answers_as_described_whatever_a_program_sends(schema):
    tried = 0
    for found in schema.get_all_operations():

        @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def try_it(case):
            answered = case.call_and_validate(checks=CHECKS)
            assert answered.status_code not in {500, 502}  # a deadline that is asked for is no fault

        try_it()
        tried += 1
    assert tried > 40
