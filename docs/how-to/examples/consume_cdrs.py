"""Keeps a copy of every CDR and bills from it. Nothing is lost or counted twice, even if this process dies at any moment.

pip install -r requirements.txt
"""

import json
import os
import signal
import sys

import psycopg
from kafka import KafkaConsumer

TABLES = """
CREATE TABLE IF NOT EXISTS cdrs (
  source text NOT NULL, event_id text NOT NULL, -- ce_source and ce_id: what comes again changes nothing
  id uuid NOT NULL, tenant text NOT NULL, transaction uuid NOT NULL, kind text NOT NULL,
  energy_wh bigint NOT NULL, currency text NOT NULL,
  total numeric NOT NULL, total_incl_tax numeric NOT NULL, -- exact: never a float
  cdr jsonb NOT NULL,
  PRIMARY KEY (source, event_id), UNIQUE (source, id)
);
CREATE OR REPLACE VIEW bills AS
  SELECT source, tenant, transaction, currency, sum(energy_wh) AS energy_wh, sum(total) AS total, sum(total_incl_tax) AS total_incl_tax
  FROM cdrs GROUP BY source, tenant, transaction, currency
"""


def keep(database, record):
    headers = {name: value.decode() for name, value in record.headers}
    if headers["ce_type"] not in ("voltbus.cdr.issued", "voltbus.cdr.credited"):
        return  # a type that came later: not ours
    cdr = json.loads(record.value)
    cost = cdr["cost"]
    if cdr["creditOf"] is not None:
        notice_gap(database, headers["ce_source"], cdr)
    database.execute(
        "INSERT INTO cdrs VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [headers["ce_source"], headers["ce_id"], cdr["id"], cdr["tenant"], cdr["transaction"], cdr["kind"]]
        + [cdr["energyWh"], cost["currency"], cost["total"], cost["totalInclTax"], json.dumps(cdr)],
    )


def notice_gap(database, source, cdr):
    """A credit follows its charge in order. If the charge is missing, this program began too late or was stopped for longer than the retention."""
    if database.execute("SELECT 1 FROM cdrs WHERE source = %s AND id = %s", [source, cdr["creditOf"]]).fetchone() is None:
        print(f"gap: fetch GET /v1/cdrs?transaction={cdr['transaction']} of tenant {cdr['tenant']}", file=sys.stderr)


def main():
    group = os.environ.get("GROUP", "billing")
    consumer = KafkaConsumer(
        "csms.cdrs.v1",
        bootstrap_servers=os.environ.get("BROKERS", "localhost:9092").split(","),
        client_id=group,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute(TABLES)
        database.commit()
        while True:
            batches = consumer.poll(timeout_ms=1_000)
            for record in (record for records in batches.values() for record in records):
                keep(database, record)
            if not batches:
                continue
            # The rows are stored first, then the offsets: after a crash in between, the records come again, and their rows exist already.
            database.commit()
            consumer.commit()


main()
