import type { Migration } from '@voltbus/database';

/** Deliveries, and the queues in which they wait: one for each station and webhook. */
export const deliveriesMigration: Migration = {
  id: '0020-deliveries',
  sql: `
CREATE TABLE webhooks.deliveries (
  webhook_id uuid NOT NULL REFERENCES webhooks.webhooks (id),
  -- Derived from the webhook and the event: a record that is read again makes no second delivery. It is the webhook-id of every attempt.
  id uuid NOT NULL,
  tenant text NOT NULL,
  -- The order within a queue.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  -- Empty: a test, which has a queue of its own.
  station text NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  event_time timestamptz NOT NULL,
  -- As it is posted; null where it was too large.
  body text,
  bytes integer NOT NULL,
  state text NOT NULL,
  reason text,
  tries integer NOT NULL DEFAULT 0,
  attempts jsonb NOT NULL DEFAULT '[]',
  replays integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  give_up_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (webhook_id, id)
);
CREATE INDEX deliveries_waiting ON webhooks.deliveries (webhook_id, station, seq) INCLUDE (bytes) WHERE state = 'pending';
CREATE INDEX deliveries_oldest ON webhooks.deliveries (created_at) WHERE state = 'pending';
CREATE INDEX deliveries_listed ON webhooks.deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX deliveries_dead ON webhooks.deliveries (webhook_id, created_at DESC, id DESC) WHERE state = 'dead';
CREATE INDEX deliveries_ended ON webhooks.deliveries (ended_at);

-- One row while something waits. Whoever makes it due later, under a lease, has the first delivery of the queue in hand.
CREATE TABLE webhooks.queues (
  webhook_id uuid NOT NULL REFERENCES webhooks.webhooks (id) ON DELETE CASCADE,
  station text NOT NULL,
  tenant text NOT NULL,
  due_at timestamptz NOT NULL,
  lease uuid,
  PRIMARY KEY (webhook_id, station)
);
CREATE INDEX queues_due ON webhooks.queues (webhook_id, due_at);
`,
};
