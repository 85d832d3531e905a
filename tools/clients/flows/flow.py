"""What a program does with the client that openapi-python-client makes. See ../README.md."""

import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from voltbus import AuthenticatedClient
from voltbus.api.api_keys import create_api_key
from voltbus.api.cdrs import list_cdrs
from voltbus.api.commands import get_command
from voltbus.api.remote_starts import get_remote_start
from voltbus.api.stations import get_station, list_stations, put_station, remote_start
from voltbus.api.tariffs import put_tariff
from voltbus.api.tenants import get_tenant, put_tenant
from voltbus.api.tokens import get_token, list_tokens, put_token
from voltbus.api.transactions import get_transaction
from voltbus.models import (
    ApiKeyPost,
    BilledTransaction,
    BilledTransactionState,
    Cdr,
    CdrPage,
    Command,
    CreatedApiKey,
    ListTokensStatusItem,
    Problem,
    RemoteStart,
    RemoteStartPost,
    Scope,
    SecurityProfile,
    Station,
    StationPut,
    Tariff,
    TariffPut,
    Tenant,
    TenantPut,
    Token,
    TokenPage,
    TokenPut,
    TokenStatus,
)
from voltbus.types import UNSET

T = TypeVar("T")
API, ADMIN_KEY, TENANT = (os.environ[name] for name in ("API", "ADMIN_KEY", "TENANT"))
STATION, PASSWORD, TOKEN, TARIFF = "CS 1/å", "a password of its own", "CARD-1", "day"


def of(kind: type[T], answer: object) -> T:
    if not isinstance(answer, kind):
        raise SystemExit(f"expected {kind.__name__}, got {answer}")
    return answer


def until(read: Callable[[], T | None]) -> T:
    for _ in range(240):
        found = read()
        if found is not None:
            return found
        time.sleep(0.25)
    raise SystemExit("it did not happen within a minute")


def problem(code: str, answer: object) -> None:
    found = of(Problem, answer)
    assert (found.code, found.status >= 400, bool(found.detail)) == (code, True, True), found


admin = AuthenticatedClient(base_url=API, token=ADMIN_KEY)


def tenant_put(default_tariff: str | None) -> TenantPut:
    return TenantPut(
        name="Made by Python", currency="EUR", default_tariff=default_tariff, min_security_profile=SecurityProfile.VALUE_1,
        master_pass_group=None, review_above=None,
    )


of(Tenant, put_tenant.sync(TENANT, client=admin, body=tenant_put(None)))
scopes = [Scope.READ, Scope.OPERATE, Scope.ADMIN]
key = of(CreatedApiKey, create_api_key.sync(client=admin, voltbus_tenant=TENANT, body=ApiKeyPost(name="flow", scopes=scopes)))
client = AuthenticatedClient(base_url=API, token=key.key)
of(Station, put_station.sync(STATION, client=client, body=StationPut(password=PASSWORD)))
token = TokenPut(status=TokenStatus.ACCEPTED, group_id=None, expires_at=None, allowed_at=[], limit=None, prepaid=None)
of(Token, put_token.sync(TOKEN, client=client, body=token))
either = [ListTokensStatusItem.ACCEPTED, ListTokensStatusItem.BLOCKED]
assert [one.id_token for one in of(TokenPage, list_tokens.sync(client=client, status=either)).items] == [TOKEN]
prices = TariffPut(currency="EUR", per_kwh="0.49", per_minute="0", per_idle_minute="0", idle_grace_minutes=0, fixed="1", tax_percent="19")
assert of(Tariff, put_tariff.sync(TARIFF, client=client, body=prices)).per_kwh == "0.49"
assert of(Tenant, put_tenant.sync(TENANT, client=admin, body=tenant_put(TARIFF))).default_tariff == TARIFF

print(f"connect {STATION}\t{PASSWORD}", flush=True)
until(lambda: True if of(Station, get_station.sync(STATION, client=client)).online else None)
command = of(Command, remote_start.sync(STATION, client=client, body=RemoteStartPost(id_token=TOKEN, evse=1)))
started = until(lambda: of(RemoteStart, get_remote_start.sync(command.id, client=client)).transaction)
assert of(Command, get_command.sync(command.id, client=client)).error is None


def ended() -> BilledTransaction | None:
    transaction = of(BilledTransaction, get_transaction.sync(started, client=client))
    return transaction if transaction.state == BilledTransactionState.ENDED else None


transaction = until(ended)


def cdrs() -> list[Cdr]:
    found: list[Cdr] = []
    cursor: str | None = None
    while True:
        page = of(CdrPage, list_cdrs.sync(client=client, limit=1, cursor=cursor if cursor is not None else UNSET))
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


(cdr,) = until(lambda: cdrs() or None)
assert (cdr.energy_wh, cdr.cost.fixed, cdr.id_token) == (transaction.energy_wh, "1.00", TOKEN), cdr

problem("unauthorized", get_station.sync(STATION, client=AuthenticatedClient(base_url=API, token="wrong" * 8)))
problem("forbidden", get_tenant.sync(TENANT, client=client))
problem("not-found", get_token.sync("nobody", client=client))
problem("invalid", put_tariff.sync(TARIFF, client=client, body=TariffPut(currency="XXX", per_kwh="0.49")))
problem("invalid-cursor", list_stations.sync(client=client, cursor="nonsense"))
problem("unknown-reference", put_tenant.sync(TENANT, client=admin, body=tenant_put("no-such-tariff")))
print("done", file=sys.stdout)
