import { DEFAULT_INSTALLATION, KEYED_PARTITIONS } from '@voltbus/contracts';
import { addressOf } from '@voltbus/database';
import { z } from 'zod';
import { apiSettings } from './api-settings';
import { certificateAuthoritySettings } from './certificate-authority-settings';
import { connectionSettings } from './connection-settings';
import { fileSettings } from './file-settings';
import { keySettings } from './key-settings';
import {
  addressRanges,
  certificates,
  commaSeparated,
  daysKept,
  decimal,
  port,
  readableBy,
  redisUrl,
  secret,
  webUrl,
  whole,
} from './setting-forms';
import { stationTlsSettings } from './station-tls-settings';
import { telemetrySettings } from './telemetry-settings';
import { uploadSettings } from './upload-settings';

/**
 * Every setting of every process, by its name without `VOLTBUS_`: one place, so that an unknown name is always caught.
 * A setting works when absent, except secrets, which have no default in the cluster apps.
 */
export const settingsSchema = z.object({
  HOST: z
    .string()
    .optional()
    .describe('Bind address of the OCPP and HTTP ports. Default 127.0.0.1 in standalone, 0.0.0.0 in the cluster apps'),
  OCPP_PORT: port.default(9000).describe('OCPP WebSocket port; 0 takes a free one'),
  OCPP_TRUSTED_PROXIES: addressRanges
    .optional()
    .describe(
      'Proxies before the gateways, comma separated addresses or ranges: their X-Forwarded-For, or their PROXY protocol, gives the address of a station; absent: no proxy is trusted',
    ),
  OCPP_PROXY_PROTOCOL: z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .describe(
      'Every connection to the OCPP ports begins with a header of the PROXY protocol (v1 or v2), from a proxy of VOLTBUS_OCPP_TRUSTED_PROXIES; others are closed. Served by the transport `ws`',
    ),
  ...stationTlsSettings,
  ...certificateAuthoritySettings,
  HTTP_PORT: port.default(8080).describe('HTTP API port; 0 takes a free one'),
  INTERNAL_PORT: port.default(9090).describe('Health and metrics port; never expose it; 0 takes a free one'),
  INTERNAL_HOST: z
    .string()
    .optional()
    .describe(
      'Bind address of the internal port. Default 127.0.0.1 in standalone, whatever VOLTBUS_HOST is; as VOLTBUS_HOST in the cluster apps, where probes and Prometheus ask at the address of the pod',
    ),
  INSTALLATION: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{0,62}$/,
      'must be lower-case letters, digits, dots and hyphens, at most 63, and begin with a letter or digit',
    )
    .default(DEFAULT_INSTALLATION)
    .describe(
      'Name of this installation in the source of its events (`ce_source`), the same for all its processes: give each its own where the events of several meet, and never change it',
    ),
  DATA_DIR: z.string().default('.voltbus').describe('Data folder of standalone and of the local stack'),
  ...keySettings,
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://user:password@host:port/database', abort: true })
    .superRefine(readableBy(addressOf))
    .optional()
    .describe(
      'Postgres; standalone embeds one when absent. Parameters: sslmode (disable, require, verify-ca, verify-full), sslrootcert, sslcert, sslkey',
    ),
  KAFKA_BROKERS: commaSeparated
    .pipe(z.array(z.string().regex(/^.+:\d+$/, 'each must be host:port')).min(1))
    .optional()
    .describe('host:port, comma separated; standalone uses its in-process bus when absent'),
  REDIS_URL: redisUrl
    .optional()
    .describe('Redis (several nodes of a cluster: comma separated hosts); standalone uses its in-process registry when absent'),
  ...connectionSettings,
  ...apiSettings,
  DRAIN_SECONDS: decimal(1, 3600)
    .optional()
    .describe('How long a stop may take, after which it is cut short. Default 5 in standalone, 60 in the cluster apps'),
  STOP_DELAY_SECONDS: decimal(0, 600)
    .optional()
    .describe(
      'How long a stopping gateway or API goes on serving while it is not ready, until load balancers have noticed. Part of VOLTBUS_DRAIN_SECONDS, and less. Default 0 in standalone, 5 in the cluster apps (half the drain where that is under 10)',
    ),
  ...telemetrySettings,
  DATABASE_POOL: whole(1, 100).default(8).describe('Database connections of one service in one process'),
  TOPIC_REPLICATION: whole(1, 9).default(1).describe('Least replication factor the topics must have (and are created with)'),
  TOPIC_PARTITIONS: whole(1, 1_000)
    .default(KEYED_PARTITIONS)
    .describe(
      'Partitions of the topics that are keyed by station, the same in every process: the most pods of a service that share its work. Chosen at the installation (docs/how-to/change-the-number-of-partitions.md)',
    ),
  POD_NAME: z
    .string()
    .regex(/^[a-z0-9.-]{1,200}$/i, 'must be letters, digits, dots and hyphens, at most 200')
    .optional()
    .describe('Name of this process in leases and logs; default the host name'),
  TRANSPORT: z
    .enum(['uws', 'ws'])
    .default('uws')
    .describe('WebSocket implementation; falls back to ws, loudly, where uWebSockets.js does not load'),
  SUBPROTOCOL_MISMATCH: z
    .enum(['refuse', 'accept-and-close'])
    .default('refuse')
    .describe('No common OCPP version: refuse the upgrade with 400, or accept and close'),
  SUBPROTOCOL_MISSING: z
    .enum(['refuse', 'ocpp1.6'])
    .default('refuse')
    .describe('A station that names no OCPP version at all: treated as one without a common version, or taken for one of 1.6'),
  PING_SECONDS: decimal(8, 900)
    .default(45)
    .describe(
      'A station silent for so long is pinged; silent for 2.5 times so long, it is closed (2.5 heartbeats for one that never answers pings)',
    ),
  HEARTBEAT_SECONDS: decimal(5, 86_400).default(300).describe('Heartbeat interval given to stations'),
  CALL_TIMEOUT_SECONDS: decimal(1, 600).default(30).describe('How long a station may take to answer a call'),
  SILENT_SECONDS: decimal(600, 2_592_000)
    .default(43_200)
    .describe(
      'Time without a message about an open transaction after which its station is asked (2.x); then it is taken to have ended with its last message',
    ),
  COST_SECONDS: decimal(10, 86_400)
    .default(60)
    .describe(
      'A 2.x station that has not reported on an open transaction for so long is sent what it costs (CostUpdated), where its tenant shows costs',
    ),
  AUTHORIZATION_URL: webUrl
    .optional()
    .describe(
      'Service that is asked about every token a station presents (docs/reference/authorization-port.md); absent: tokens are kept here',
    ),
  AUTHORIZATION_SECRET: secret.optional().describe('Bearer token for that service, 32 characters or more'),
  AUTHORIZATION_FALLBACK: z
    .enum(['own', 'accept', 'refuse'])
    .default('own')
    .describe(
      'What becomes of a token when that service does not answer, and never did for it: judged by the tokens kept here, accepted, or refused',
    ),
  RECEIPT_URL: webUrl
    .optional()
    .describe(
      'URL at which drivers find receipts that you make, sent to stations of 2.1 that took a payment; `{transaction}` and `{pspRef}` are filled in',
    ),
  VAT_URL: webUrl
    .optional()
    .describe('Service that knows whose VAT numbers are (docs/how-to/take-ad-hoc-payments.md); absent: none is confirmed'),
  CONTRACT_ROOTS: certificates
    .optional()
    .describe(
      'Certificates (PEM) that contract certificates of Plug & Charge must come from: roots, and sub-CAs that are trusted by themselves; absent: none is accepted (docs/how-to/plug-and-charge.md)',
    ),
  OCSP_HOSTS: commaSeparated
    .pipe(z.array(z.string().regex(/^[^\s/@:]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i, 'each must be host or host:port')))
    .optional()
    .describe(
      'OCSP responders that may be asked about certificates of contracts and of stations: host, or host:port, comma separated; absent: none is asked',
    ),
  OCSP_UNAVAILABLE: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe('The decision about a contract certificate whose revocation status no responder knows'),
  CONTRACT_POOL_URL: webUrl
    .optional()
    .describe(
      'Service that gives contract certificates to cars (docs/reference/contract-pool-port.md); absent: no car gets one (M01, M02)',
    ),
  CONTRACT_POOL_SECRET: secret.optional().describe('Bearer token for that service, 32 characters or more'),
  WEBHOOK_ALLOWED_ADDRESSES: addressRanges
    .optional()
    .describe(
      'Addresses that webhooks may go to although they are not public, and without TLS: comma separated addresses or ranges; absent: public addresses and https only. Of the api and the webhooks process alike',
    ),
  WEBHOOK_ALLOWED_PORTS: commaSeparated
    .pipe(
      z
        .array(
          z
            .string()
            .regex(/^\d{1,5}$/, 'each must be a port')
            .transform(Number)
            .pipe(z.int().min(1).max(65_535)),
        )
        .min(1),
    )
    .default([443, 8443])
    .describe('Ports that webhooks may go to, comma separated. Of the api and the webhooks process alike'),
  RETENTION_READINGS_DAYS: daysKept('READINGS'),
  RETENTION_TRANSACTIONS_DAYS: daysKept('TRANSACTIONS'),
  RETENTION_CDRS_DAYS: daysKept('CDRS'),
  RETENTION_PAYMENTS_DAYS: daysKept('PAYMENTS'),
  RETENTION_COMMANDS_DAYS: daysKept('COMMANDS'),
  RETENTION_DEAD_LETTERS_DAYS: daysKept('DEAD_LETTERS'),
  RETENTION_MESSAGES_DAYS: daysKept('MESSAGES'),
  RETENTION_AUDIT_LOG_DAYS: daysKept('AUDIT_LOG'),
  RETENTION_VARIABLE_CHANGES_DAYS: daysKept('VARIABLE_CHANGES'),
  RETENTION_STATUS_HISTORY_DAYS: daysKept('STATUS_HISTORY'),
  RETENTION_DEVICE_EVENTS_DAYS: daysKept('DEVICE_EVENTS'),
  RETENTION_REFUSALS_DAYS: daysKept('REFUSALS'),
  RETENTION_SECURITY_EVENTS_DAYS: daysKept('SECURITY_EVENTS'),
  ...uploadSettings,
  ...fileSettings,
  RETENTION_LOG_FILES_DAYS: daysKept('LOG_FILES'),
  RETENTION_EVENT_STREAMS_DAYS: daysKept('EVENT_STREAMS'),
  RETENTION_CUSTOMER_INFORMATION_DAYS: daysKept('CUSTOMER_INFORMATION'),
  RETENTION_STATION_REQUESTS_DAYS: daysKept('STATION_REQUESTS'),
  RETENTION_WEBHOOK_DELIVERIES_DAYS: daysKept('WEBHOOK_DELIVERIES'),
  MAX_REGISTERED_STATIONS: whole(0, 1_000_000)
    .default(10_000)
    .describe(
      'The most stations of one tenant that are registered because they connected (`unknownStations: register`); beyond, unknown ones are refused, until an operator takes some on (PUT) or deletes some',
    ),
  REPORTS_AT_ONCE: whole(0, 1_000)
    .default(50)
    .describe(
      'The most stations that are asked at once for a full report of their variables because they booted with another firmware; 0: none is asked unless an operator does, nor for its certificates after one was installed or deleted',
    ),
  CONFIGURATIONS_AT_ONCE: whole(0, 1_000)
    .default(50)
    .describe('The most stations whose configuration is checked against its profiles at once; 0: none is checked'),
  CONFIGURATION_HOURS: whole(0, 8_760)
    .default(24)
    .describe('How often the configuration of a station is checked that does not boot meanwhile, +-25 %; 0: only after a boot or a change'),
  ASSERT_SECONDS: decimal(1, 300).default(60).describe('How often a gateway asserts its connections to the registry, +-20 %'),
  RUN_FILE: z
    .string()
    .optional()
    .describe('File to which a process writes its pid and URLs; standalone always writes run.json in its data folder'),
  DEMO: z.stringbool().default(false).describe('Same as --demo'),
});

type Raw = z.output<typeof settingsSchema>;

/** The checked environment, with what depends on the shape of the process filled in. A secret that this process has no use for may be empty. */
export interface Settings extends Raw {
  HOST: string;
  INTERNAL_HOST: string;
  POD_NAME: string;
  DRAIN_SECONDS: number;
  STOP_DELAY_SECONDS: number;
  ADMIN_KEY: string;
  KEY_PEPPER: string;
  DATABASE_URL: string;
  /** Everything is in one process. */
  STANDALONE: boolean;
  /** Standalone brought its own Postgres. */
  DATABASE_EMBEDDED: boolean;
}

/** Settings whose value may also be in a file, named by `..._FILE`. */
export const SECRETS = [
  'ADMIN_KEY',
  'ADMIN_KEY_PREVIOUS',
  'KEY_PEPPER',
  'KEY_PEPPER_PREVIOUS',
  'KEY_PEPPER_NEXT',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'ENCRYPTION_KEY_NEXT',
  'DATABASE_URL',
  'REDIS_URL',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'AUTHORIZATION_SECRET',
  'CA_SECRET',
  'CONTRACT_POOL_SECRET',
  'OTLP_HEADERS',
  'CONTRACT_ROOTS',
  'OIDC_ISSUERS',
  'OIDC_CLIENT_SECRET',
  'FILES_S3_ACCESS_KEY',
  'FILES_S3_SECRET_KEY',
] as const satisfies readonly (keyof Raw)[];
