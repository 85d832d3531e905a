import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH, PROTOCOLS, evseIdSchema, placeSchema } from '@voltbus/contracts';
import { text } from '@voltbus/http';
import { z } from 'zod';
import type { Connector, ShownConnector } from '../../availability';
import { descriptionOf } from '../domain/description';
import type { StoredStation } from '../domain/station';
import { descriptionMembers } from './station-description';

/** A station's identity as a path names it: what a gateway takes from a URL. */
export const stationNameSchema = text
  .min(1)
  .max(MAX_STATION_LENGTH)
  .refine((name) => name !== '.' && name !== '..', 'is no identity: no URL can end in it');

const securityProfile = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const registration = z.enum(['accepted', 'pending', 'rejected']);
const statusSchema = z.object({
  status: z.string(),
  errorCode: z
    .string()
    .nullable()
    .describe("1.6: the station's own; 2.x: the code of what is wrong, else the component that has a problem"),
  changedAt: z.iso.datetime(),
  problems: z
    .array(z.object({ component: z.string(), code: z.string().nullable(), info: z.string().nullable(), since: z.iso.datetime() }))
    .describe('2.x: components that report a problem'),
});

export const stationSchema = z.object({
  station: z.string(),
  online: z.boolean(),
  protocol: z.enum(PROTOCOLS).nullable(),
  registration: registration.describe('Registration status that answers its BootNotification'),
  securityProfile: securityProfile.describe(
    'The lowest it may use: its own demand or the tenant\u2019s, whichever is higher; at least 1 when it has a password',
  ),
  blocked: z.boolean(),
  pinnedProtocol: z.enum(PROTOCOLS).nullable().describe('The version agreed on with it wherever it offers it; null: its own order decides'),
  group: z.string().nullable().describe('Group by which its sessions may be priced'),
  name: z.string().nullable().describe('For people; not unique'),
  place: placeSchema.nullable(),
  evseIds: z.array(evseIdSchema).describe('EVSE ids of its EVSEs (ISO 15118)'),
  labels: z.record(z.string(), z.string()),
  lastSeenAt: z.iso.datetime().nullable(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  serialNumber: z.string().nullable(),
  firmwareVersion: z.string().nullable(),
  conflict: z
    .object({
      since: z.iso.datetime(),
      takeOvers: z.int(),
      addresses: z.array(z.object({ address: z.string(), takeOvers: z.int(), lastAt: z.iso.datetime() })).describe('The latest first'),
    })
    .nullable()
    .describe('Connections of its identity keep taking its place from each other: two devices may have it; null: they do not'),
  state: statusSchema.nullable().describe('Of the station as a whole (1.6 connector 0)'),
  evses: z.array(z.object({ evse: z.int(), connectors: z.array(statusSchema.extend({ connector: z.int() })) })),
  reportsNotKept: z.int().describe('Reports about connectors beyond the 128 that are kept of a station; normally 0'),
});

/** `PUT /v1/stations/{station}`: what is left out stays as it was. */
export const putStationSchema = z.strictObject({
  station: z.string().optional().describe('May repeat the path, which counts'),
  password: text
    .min(16)
    .max(64)
    .optional()
    .describe('Write only. Text of 16 characters or more, or the 32 to 40 hexadecimal digits of a 1.6 AuthorizationKey'),
  securityProfile: securityProfile.nullable().optional().describe('Null: the tenant\u2019s demand applies'),
  blocked: z.boolean().optional().describe('Refused whatever its credentials'),
  pinnedProtocol: z
    .enum(PROTOCOLS)
    .nullable()
    .optional()
    .describe('The version agreed on with it wherever it offers it; null: its own order decides. A change makes it reconnect'),
  registration: registration.optional().describe('Registration status that answers its BootNotification; default accepted'),
  group: text
    .min(1)
    .max(MAX_STATION_GROUP_LENGTH)
    .nullable()
    .optional()
    .describe('Group by which its sessions are priced from now on; null: none'),
  ...descriptionMembers,
});

export function stationView(stored: StoredStation): z.output<typeof stationSchema> {
  const { station, online, protocol, registration, demandedProfile, blocked, group, lastSeenAt, connectors, ...rest } = stored;
  const { pinnedProtocol, conflict, vendor, model, serialNumber, firmwareVersion, reportsNotKept } = rest;
  const own = connectors.find(isOwn);
  return {
    station,
    online,
    protocol,
    registration,
    securityProfile: demandedProfile,
    blocked,
    pinnedProtocol,
    group,
    ...descriptionOf(stored),
    lastSeenAt,
    vendor,
    model,
    serialNumber,
    firmwareVersion,
    conflict,
    state: own === undefined ? null : statusOf(own),
    evses: evsesOf(connectors.filter((connector) => !isOwn(connector))),
    reportsNotKept,
  };
}

/** EVSE 0 is the station. */
function isOwn({ evse }: Connector): boolean {
  return evse === 0;
}

function statusOf({ status, errorCode, changedAt, problems }: ShownConnector) {
  return { status, errorCode, changedAt, problems };
}

function evsesOf(connectors: readonly ShownConnector[]) {
  const evses = [...new Set(connectors.map(({ evse }) => evse))];
  return evses.map((evse) => ({
    evse,
    connectors: connectors.filter((one) => one.evse === evse).map((one) => ({ connector: one.connector, ...statusOf(one) })),
  }));
}
