"""What answers of a reconciliation service look like, as JSON schemas written from the text of the specification.

They are stricter than the text where our service promises more: no field is there that the text does not name.
Source: https://reconciliation-api.github.io/specs/0.2/, sections 3 to 7.
"""

TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^https?://"}


def members(required, optional=()):
    optional = dict(optional)
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def array(items):
    return {"type": "array", "items": items}


NAMED = members({"id": TEXT, "name": TEXT})
TEMPLATE = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
SUGGEST = members(
    {"service_url": ADDRESS, "service_path": TEXT},
    {"flyout_service_url": ADDRESS, "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"}},
)
NUMBER_SETTING = members(
    {"type": {"const": "number"}, "label": TEXT, "name": TEXT}, {"default": {"type": "number"}, "help_text": TEXT}
)
MANIFEST = members(
    {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": ADDRESS,
        "schemaSpace": ADDRESS,
    },
    {
        "documentation": ADDRESS,
        "logo": ADDRESS,
        "serviceVersion": TEXT,
        "defaultTypes": {**array(NAMED), "uniqueItems": True},
        "batchSize": {"type": "integer", "minimum": 1},
        "view": members({"url": TEMPLATE}),
        "feature_view": members({"url": TEMPLATE}),
        "preview": members({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
        "suggest": members({}, {"entity": SUGGEST, "type": SUGGEST, "property": SUGGEST}),
        "extend": members(
            {},
            {
                "propose_properties": members({"service_url": ADDRESS, "service_path": TEXT}),
                "property_settings": array(NUMBER_SETTING),
            },
        ),
    },
)
FEATURE = members({"id": TEXT, "value": {"type": ["boolean", "number"]}})
CANDIDATE = members(
    {
        "id": TEXT,
        "name": TEXT,
        "type": array(NAMED),
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
    },
    {"description": TEXT, "features": array(FEATURE)},
)
RESULT = members({"result": array(CANDIDATE)})
RESULTS = {"type": "object", "additionalProperties": RESULT}
ENTITIES = members(
    {"result": array(members({"id": TEXT, "name": TEXT}, {"description": TEXT, "notable": array(NAMED)}))}
)
TYPES = members({"result": array(members({"id": TEXT, "name": TEXT}, {"description": TEXT, "broader": array(NAMED)}))})
PROPERTIES = members({"result": array(members({"id": TEXT, "name": TEXT}, {"description": TEXT}))})
FLYOUT = members({"id": TEXT, "html": TEXT})
PROPOSALS = members({"properties": array(NAMED), "type": {"type": "string"}}, {"limit": {"type": "integer"}})
DATE = {"type": "string", "pattern": r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"}
CELL = {
    "oneOf": [
        members({"id": TEXT, "name": TEXT}),
        members({"str": {"type": "string"}}),
        members({"int": {"type": "integer"}}),
        members({"float": {"type": "number"}}),
        members({"date": DATE}),
    ]
}
EXTENDED = members(
    {
        "meta": array(members({"id": TEXT, "name": TEXT})),
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": array(CELL)},
        },
    }
)
