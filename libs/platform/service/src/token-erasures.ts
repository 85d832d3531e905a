import { TOKEN_ERASURES } from '@voltbus/contracts';
import { OF_A_TENANT, TypeormTokenTraces, type SchemaDeclaration } from '@voltbus/database';
import { defineBlock, type Block } from './block';
import { onEach } from './on-event';
import { TokenErasureRun } from './token-erasure-run';
import { tokenTracesOf } from './token-traces-port';

/** Time between two looks for tokens to erase. */
const INTERVAL_MS = 30_000;

/**
 * Erases tokens in the tables of a service: everything that is declared to name one, soon after it is asked for, and for 90 days again what has come since
 * (ADR 106). `migration`: the id of its own; `declared`: the tables of the service, looked at when it is opened.
 */
export function tokenErasures(
  schema: string,
  { service, migration, declared }: { service: string; migration: string; declared(): SchemaDeclaration },
): Block<{ run: TokenErasureRun }> {
  return defineBlock({
    name: 'token-erasures',
    migrations: [{ id: migration, sql: tablesIn(schema) }],
    tables: [
      {
        ...OF_A_TENANT,
        name: 'token_erasures',
        holds: 'Tokens that were erased, for as long as messages about them may come',
        madeBy: 'operators',
        bound: "the API's rate of requests",
        keeping: { kind: 'aged', column: 'ends_at', days: 1 },
        tokens: [{ how: 'kept', columns: ['id_token'], why: 'what comes later is found by it; it goes 91 days after the erasure' }],
      },
      {
        ...{
          name: 'token_erasure_runs',
          holds: 'How far the look for erased tokens is',
          madeBy: 'services',
          bound: 'one',
          tenant: null,
          station: null,
        },
        keeping: { kind: 'own', how: 'when it has looked at every table' },
      },
    ],
    build: ({ database, now, logger }) => ({
      run: new TokenErasureRun({ ...{ database, schema, service, now, logger }, traces: new TypeormTokenTraces(database, declared()) }),
    }),
    on: ({ run }) => [onEach(TOKEN_ERASURES.events.requested, ({ data, tenant }) => run.begin(tenant, data))],
    jobs: ({ run }) => [{ name: 'erasure of tokens', everyMs: INTERVAL_MS, run: () => run.work() }],
    stop: ({ run }) => run.stop(),
    provides: (provide) => [provide(tokenTracesOf(service), ({ run }) => run)],
  });
}

function tablesIn(schema: string): string {
  return `
CREATE TABLE ${schema}.token_erasures (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  id_token text NOT NULL,
  pseudonym text NOT NULL,
  requested_at timestamptz NOT NULL,
  -- When a look through all tables left none of its rows.
  erased_at timestamptz,
  changed integer NOT NULL DEFAULT 0,
  -- Rows that the last look could not change yet.
  waiting integer NOT NULL DEFAULT 0,
  -- When it is looked for again.
  next_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX token_erasures_due ON ${schema}.token_erasures (next_at);
CREATE INDEX token_erasures_by_age ON ${schema}.token_erasures (ends_at);
CREATE INDEX token_erasures_of_tenant ON ${schema}.token_erasures (tenant, requested_at);

CREATE TABLE ${schema}.token_erasure_runs (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  erasures uuid[] NOT NULL,
  place jsonb,
  changed jsonb NOT NULL DEFAULT '{}',
  waiting jsonb NOT NULL DEFAULT '{}'
);
`;
}
