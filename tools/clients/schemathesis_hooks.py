"""What schemathesis cannot know of the API: rules that a JSON Schema does not say. Loaded by schemathesis.toml."""

import json
import re

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# The operation, and what the problem says, of each refusal of a request that satisfies the schema. Nothing else is let through.
BEYOND_A_SCHEMA = [
    # A list in a query has commas between its values: a generated value may be one, and all together have a greatest length.
    (r"GET /", r'"in":"query".*"message":"(has an empty value|is longer than 1024 characters)"'),
    # A key or a ticket opens the event stream: the tool sends its key always.
    (r"GET /v1/events", r'"path":"/ticket","message":"the request has a key already"'),
    # The keys of labels have a form of two parts, with a value behind it.
    (r"GET /v1/stations", r'"path":"/label"'),
    # A key ends in the future.
    (r"POST /v1/api-keys", r'"path":"/expiresAt","message":"has passed"'),
    # The tenant says how low a security profile may be.
    (r"(PUT|PATCH) /v1/stations/\{station\}", r'"path":"/securityProfile","message":"the tenant demands'),
    # A merge patch makes an object only with all of its members, and leaves at least one of a limit: it depends on what is stored.
    (r"PATCH /", r'"message":"(Invalid input: expected [a-z]+, received undefined|limits nothing|names no place)"'),
    # Cursors are signed: a generated text is none.
    (r"GET /", r'"code":"invalid-cursor"'),
    # A PUT may not lose what is stored there: it depends on what that is.
    (r"PUT /", r'"message":"must be given: it is '),
    # The name of a resource may stand in its body too, and is then that of the path.
    (r"(PUT|PATCH) /", r'"message":"the body names another '),
    # The payload of a command is that of OCPP, by the schema of the action and of the station's version.
    (r"POST /v1/stations/\{station\}/commands", r'"path":"/payload|"path":"/action'),
    # Members of a CSV or of lines of JSON, which is a text for the description.
    (r"POST /v1/imports", r'"code":"(invalid|bad-request)"'),
    # Two instants in their order, and not in the future.
    (r"POST /v1/webhooks/\{webhook\}/replay", r'"message":"must be later than `from`"'),
    # The URL of a driver has to be one of a QR code that is stored.
    (r"POST /v1/web-payments", r'"path":"/url"'),
    # A template has the places of a one-time code where there is one; a merge patch makes a code only with all of its members.
    (r"(PUT|PATCH) /v1/stations/\{station\}/qr-codes/\{evse\}", r'"path":"/(urlTemplate|totp)'),
    # ISO 3166, ISO 4217, ISO 15118 and the names of time zones are lists or forms that no portable schema has.
    (r"(PUT|PATCH) /v1/stations/\{station\}", r'"path":"/(place/country|place/timeZone|evseIds|labels)'),
    (r"(PUT|PATCH) /v1/tenants/\{tenant\}", r'"path":"/currency"'),
    (r"(PUT|PATCH) /v1/tariffs/\{tariff\}", r'"path":"/currency"'),
    # What is referred to has to be there.
    (r"(PUT|PATCH|POST) /", r'"code":"unknown-reference"'),
    # A webhook goes to an address that may be reached.
    (r"(PUT|PATCH) /v1/webhooks/\{webhook\}", r'"path":"/url"'),
]


@schemathesis.check
def acceptance_of_what_is_described(ctx, response, case):
    """positive_data_acceptance, less the refusals above, and preconditions on what is stored that do not hold."""
    if response.status_code == 412:
        return None
    # The tool sends `0` as a precondition where it has no better idea, whose pattern refuses it.
    if response.status_code == 400 and "0" in [(case.headers or {}).get(name) for name in ("If-Match", "If-None-Match")]:
        return None
    if response.status_code in (400, 422):
        problem = json.dumps(response.json(), separators=(",", ":"), ensure_ascii=False)
        for operation, refusal in BEYOND_A_SCHEMA:
            if re.match(f"{operation}", case.operation.label) and re.search(refusal, problem):
                return None
    return positive_data_acceptance(ctx, response, case)
