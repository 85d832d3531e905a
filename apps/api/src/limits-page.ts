import { OWNER_TTL_MS, PROFILE_TTL_MS, LEASE_TTL_MS } from '@voltbus/connections';
import { TOPICS } from '@voltbus/contracts';
import { OWN_TABLES, REMOVAL_BATCH, RETENTION, RETENTION_INTERVAL_MS, type Keeping, type SchemaDeclaration } from '@voltbus/database';
import { cdr } from '@voltbus/service-cdr';
import { deviceConfig } from '@voltbus/service-device-config';
import { gatewayLimits as gateway } from '@voltbus/service-gateway';
import { EVENT_STREAM_LIMITS as live } from '@voltbus/service-live';
import { router } from '@voltbus/service-router';
import { transactionService } from '@voltbus/service-transaction';
import { webhooksService } from '@voltbus/service-webhooks';
import { UNHANDLED_MESSAGES_ALLOWANCE, MAX_STATIONS_COUNTED, tablesOf } from '@voltbus/service';

/** Every table of every service: whose its rows are, what bounds them, how they go. */
export const SCHEMAS: readonly SchemaDeclaration[] = [transactionService, deviceConfig, cdr, router, webhooksService].map(tablesOf);

const n = (value: number): string => value.toLocaleString('en-US');
const rate = ({ burst, perSecond }: { burst: number; perSecond: number }): string => `${n(burst)} at once, ${n(perSecond)} a second`;
const DAY_MS = 86_400_000;

/** `docs/reference/limits.md`. */
export function limitsPage(): string {
  return `# Limits and retention

<!-- by \`npm run docs:limits\` from the declarations in the code: tables of the blocks and the constants that hold the limits -->

Whatever a stranger, a station or a client can make has a bound, an answer beyond it, and a time after which it goes. No session is refused for it: what is beyond a
bound is answered as the specification has it, and counted. What is removed shows in \`csms_retention_removed_rows_total\`, and whether removal keeps up in
\`csms_retention_oldest_seconds\`, both by schema and table.

${retention()}

${SCHEMAS.map(schema).join('\n\n')}

${ownTables()}

${topics()}

${redis()}

${stations()}

${memory()}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function retention(): string {
  const rows = Object.entries(RETENTION).map(([name, { usual, least, what }]) => [
    `\`VOLTBUS_RETENTION_${name}_DAYS\``,
    String(usual),
    String(least),
    what,
  ]);
  return `## How long things are kept

${table(['setting', 'default', 'least', 'of what'], rows)}

0 keeps for ever. Every service looks once in ${RETENTION_INTERVAL_MS / 1_000} s for what is too old, and removes it in batches (of ${n(REMOVAL_BATCH)} rows) until nothing is; one process at a
time. Days of readings, and hours of copied messages, are dropped as a whole.

A session whose readings and messages are gone is **sealed**: its bill stands. What a station still sends about it is answered, and kept among the notices
(\`csms_transaction_anomalies_total{kind="sealed"}\`); it is never computed anew from what is left. One that is open for so long is ended with its last word first. An id
that a station uses again more than 90 days after a sealed session's end is another session's.`;
}

function schema({ schema: name, tables }: SchemaDeclaration): string {
  const own = new Set(OWN_TABLES.map((one) => one.name));
  const rows = tables
    .filter((one) => !own.has(one.name))
    .map(({ name: of, holds, madeBy, bound, keeping }) => [`\`${of}\``, holds, madeBy, bound, kept(keeping)]);
  return `## Tables of \`${name}\`

${table(['table', 'holds', 'made by the will of', 'bound, and what is beyond it', 'goes'], rows)}`;
}

function ownTables(): string {
  const rows = OWN_TABLES.map(({ name, holds, bound, keeping }) => [`\`${name}\``, holds, bound, kept(keeping)]);
  return `In every schema:

${table(['table', 'holds', 'bound', 'goes'], rows)}`;
}

function kept(keeping: Keeping): string {
  switch (keeping.kind) {
    case 'aged':
      return typeof keeping.days === 'number'
        ? `${keeping.days} days after \`${keeping.column}\``
        : `RETENTION_${keeping.days}_DAYS after \`${keeping.column}\``;
    case 'own':
      return keeping.how;
    case 'with':
      return `with ${keeping.what}`;
    case 'owned':
      return [...(keeping.how === undefined ? [] : [keeping.how]), `with its ${keeping.by}`].join('; ');
    case 'ever':
      return `never: ${keeping.why}`;
  }
}

function topics(): string {
  const rows = TOPICS.map(({ name, writers, retentionMs }) => [`\`${name}\``, writers.join(', '), time(retentionMs)]);
  return `## Topics

A record has at most 1 MB; each topic is bounded by its time alone, so that the disk of the brokers must hold what is written meanwhile.

${table(['topic', 'written by', 'kept'], rows)}`;
}

function redis(): string {
  const rows = [
    ['`csms:c:{tenant/station}`', 'the owner of a connection', 'one for each station that was admitted', time(OWNER_TTL_MS)],
    [
      '`csms:s:{tenant/station}`',
      'what an upgrade needs to know',
      'one for each registered station; of unknown ones nothing is kept',
      time(PROFILE_TTL_MS),
    ],
    ['`csms:gw`', 'leases of gateways', 'one field for each gateway', time(LEASE_TTL_MS)],
  ];
  return `## Redis

${table(['key', 'holds', 'bound', 'goes, unless renewed, after'], rows)}`;
}

function stations(): string {
  const rows = [
    ['messages looked at', rate(gateway.MESSAGE_RATE), 'they wait: the socket is read more slowly'],
    ['the length of messages', `each further ${n(gateway.FRAME_UNIT_BYTES)} bytes count as one more`, 'the same'],
    ['messages that wait', `${gateway.MAX_WAITING_FRAMES}, or ${n(gateway.MAX_WAITING_BYTES)} bytes`, 'closed with 1008'],
    ['calls being answered', String(gateway.MAX_PENDING_CALLS), 'closed with 1008'],
    ['SENDs (2.1) under way', String(gateway.MAX_PENDING_SENDS), 'dropped and counted'],
    ['pings and pongs', rate(gateway.CONTROL_RATE), 'closed with 1008'],
    ['frames in a row that cannot be used', String(gateway.MAX_STRIKES), 'closed with 1002'],
    ['commands that wait in the gateway', String(gateway.MAX_QUEUED_COMMANDS), '`busy`'],
  ];
  return `## One station at its gateway

A station that floods is slowed down by itself: each socket has buckets of its own, and others do not wait for it.

${table(['what', 'bound', 'beyond'], rows)}`;
}

function memory(): string {
  const rows = [
    ['gateway', 'addresses whose refusals are counted', n(gateway.MAX_ADDRESSES), 'the one seen least recently is forgotten'],
    ['gateway', 'stations at an address', n(gateway.MAX_STATIONS_SEEN), 'the same'],
    ['gateway', 'profiles remembered while Redis is away', n(gateway.MAX_REMEMBERED_PROFILES), 'the same'],
    ['gateway', 'profiles being asked for', n(gateway.MAX_PROFILE_REQUESTS), 'the upgrade is answered 503'],
    ['gateway', 'boots that were not answered', n(gateway.MAX_UNANSWERED_BOOTS), 'the least recent is forgotten'],
    ['gateway', 'command ids seen', n(gateway.MAX_SEEN_COMMANDS), 'the oldest is forgotten'],
    [
      'gateway',
      'bytes of settlements the bus has not taken',
      n(gateway.MAX_WAITING_RESULT_BYTES),
      "the oldest is given up; the router's deadline ends that command",
    ],
    [
      'transaction, device-config',
      'stations whose kept messages are counted',
      n(MAX_STATIONS_COUNTED),
      `the one with the oldest message begins anew with ${n(UNHANDLED_MESSAGES_ALLOWANCE.burst)}`,
    ],
    ['api', 'open event streams', `${n(live.streams)}, ${n(live.streamsPerTenant)} of a tenant`, 'refused'],
    [
      'api',
      'events buffered for clients that reconnect',
      `${n(live.bufferedEvents)} of a tenant, ${n(live.bufferedBytes)} bytes in all`,
      '`gap`',
    ],
    ['api', 'changed stations that wait to be read', n(live.changedStations), '`gap`'],
  ];
  return `## In the memory of a process

What a stranger or a station can choose the key of:

${table(['process', 'what', 'bound', 'beyond'], rows)}`;
}

function time(ms: number): string {
  if (ms >= DAY_MS) return `${ms / DAY_MS} days`;
  return ms >= 3_600_000 ? `${ms / 3_600_000} h` : `${ms / 1_000} s`;
}
