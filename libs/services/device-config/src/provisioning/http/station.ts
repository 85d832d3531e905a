import { MAX_STATION_GROUP_LENGTH, MAX_STATION_LENGTH, PROTOCOLS, evseIdSchema, placeSchema } from '@voltbus/contracts';
import { text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import type { Connector, ShownConnector } from '../../availability';
import { descriptionOf } from '../domain/description';
import { NEW_STATION, type AdmittedStation, type StoredStation } from '../domain/station';
import { securityProfile } from './security-profile';
import { descriptionMembers } from './station-description';

/** A station's identity as a path names it: what a gateway takes from a URL. */
export const stationNameSchema = text
  .min(1)
  .max(MAX_STATION_LENGTH)
  .refine((name) => name !== '.' && name !== '..', 'is no identity: no URL can end in it');

const registration = z
  .enum(['accepted', 'pending', 'rejected'])
  .meta({ id: 'Registration', description: 'Registration status that answers a BootNotification' });
const protocol = z.enum(PROTOCOLS).meta({ id: 'Protocol', description: 'Version of OCPP, as the WebSocket subprotocol names it' });
const problemSchema = z
  .object({
    component: z.string().describe('Component of the device model'),
    code: z.string().nullable().describe('As the station or its vendor names it; null: without'),
    info: z.string().nullable().describe('For a person; null: without'),
    since: z.iso.datetime().describe('Since when'),
  })
  .meta({ id: 'StationProblem', description: 'A component that reports a problem' });
const statusSchema = z
  .object({
    status: z.string(),
    errorCode: z
      .string()
      .nullable()
      .describe("1.6: the station's own; 2.x: the code of what is wrong, else the component that has a problem"),
    changedAt: z.iso.datetime().describe('Since when, by the clock of the station'),
    problems: z.array(problemSchema).describe('2.x: components that report a problem'),
  })
  .meta({ id: 'StationState', description: 'The state of a station or a connector' });

const connectorSchema = statusSchema.extend({ connector: z.int() }).meta({ id: 'Connector', description: 'The state of a connector' });
const evseSchema = z
  .object({ evse: z.int(), connectors: z.array(connectorSchema).describe('Its connectors') })
  .meta({ id: 'Evse', description: 'An EVSE and its connectors' });
const conflictingAddressSchema = z
  .object({
    address: z.string().describe('IP address'),
    takeOvers: z.int().describe('How often a connection from there took the place of another'),
    lastAt: z.iso.datetime().describe('When last'),
  })
  .meta({ id: 'ConflictingAddress', description: 'One of the places from which an identity is used' });
const conflictSchema = z
  .object({
    since: z.iso.datetime().describe('Since when'),
    takeOvers: z.int().describe('How often since then'),
    addresses: z.array(conflictingAddressSchema).describe('The latest first'),
  })
  .meta({ id: 'StationConflict', description: 'Connections of one identity that keep taking its place from each other' });

export const stationSchema = z
  .object({
    station: z.string(),
    online: z.boolean().describe('Whether a gateway holds its connection'),
    protocol: protocol.nullable().describe('The version it last spoke; null: it never connected'),
    registration: registration.describe('Registration status that answers its BootNotification'),
    securityProfile: securityProfile.describe(
      'The lowest it may use: its own demand, the tenant\u2019s, or the one it has reached, whichever is highest; at least 1 when it has a password',
    ),
    usedSecurityProfile: securityProfile.nullable().describe('Of its latest connection; null: unknown, or it never connected'),
    reachedSecurityProfile: securityProfile
      .nullable()
      .describe('The highest of 2 and 3 that it has used, below which it may not fall again (A05); null: neither'),
    blocked: z.boolean(),
    pinnedProtocol: protocol.nullable().describe('The version agreed on with it wherever it offers it; null: its own order decides'),
    group: z.string().nullable().describe('Group by which its sessions may be priced'),
    name: z.string().nullable().describe('For people; not unique'),
    place: placeSchema.nullable().describe('Where it stands; null: unknown'),
    evseIds: z.array(evseIdSchema).describe('EVSE ids of its EVSEs (ISO 15118)'),
    labels: z.record(z.string(), z.string()).describe('By which lists are filtered'),
    lastSeenAt: z.iso.datetime().nullable().describe('When it last sent something, to about a minute; null: never'),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    serialNumber: z.string().nullable(),
    firmwareVersion: z.string().nullable(),
    conflict: conflictSchema
      .nullable()
      .describe('Connections of its identity keep taking its place from each other: two devices may have it; null: they do not'),
    state: statusSchema.nullable().describe('Of the station as a whole (1.6 connector 0)'),
    evses: z.array(evseSchema).describe('Its EVSEs, as far as it has reported them'),
    reportsNotKept: z.int().describe('Reports about connectors beyond the 128 that are kept of a station; normally 0'),
  })
  .meta({ id: 'Station', description: 'A charging station' });

/** `PUT /v1/stations/{station}`. */
const putStationSchema = z
  .strictObject({
    station: z.string().optional().describe('May repeat the path, which counts'),
    password: text
      .min(16)
      .max(64)
      .nullable()
      .optional()
      .describe(
        'Write only. Text of 16 characters or more, or the 32 to 40 hexadecimal digits of a 1.6 AuthorizationKey. Left out: stays as it is. Null: none',
      ),
    securityProfile: securityProfile
      .nullable()
      .default(NEW_STATION.securityProfile)
      .describe('Null, the default: the tenant\u2019s demand applies'),
    reachedSecurityProfile: securityProfile
      .nullable()
      .optional()
      .describe(
        'Only to let a station use a lower profile again, one that was reset for instance: null, or the lower one. Left out: stays as it is',
      ),
    blocked: z.boolean().default(NEW_STATION.blocked).describe('Refused whatever its credentials. Default: false'),
    pinnedProtocol: protocol
      .nullable()
      .default(NEW_STATION.pinnedProtocol)
      .describe(
        'The version agreed on with it wherever it offers it; null, the default: its own order decides. A change makes it reconnect',
      ),
    registration: registration
      .default(NEW_STATION.registration)
      .describe('Registration status that answers its BootNotification. Default: accepted'),
    group: text
      .min(1)
      .max(MAX_STATION_GROUP_LENGTH)
      .nullable()
      .default(NEW_STATION.group)
      .describe('Group by which its sessions are priced from now on; null, the default: none'),
    ...descriptionMembers,
  })
  .meta({ id: 'StationPut', description: 'A charging station, as an operator sets it up' });

export const stationResource: Resource<typeof putStationSchema, AdmittedStation> = {
  noun: 'station',
  schema: putStationSchema,
  guarded: ['securityProfile', 'blocked', 'registration', 'group'],
  identity: { member: 'station' },
  writtenAs: ({ securityProfile, reachedSecurityProfile, blocked, pinnedProtocol, registration, group, name, place, evseIds, labels }) => ({
    ...{ securityProfile, reachedSecurityProfile, blocked, pinnedProtocol, registration, group, name, place, evseIds, labels },
  }),
  secretOf: ({ keyHashes }) => keyHashes.join(' '),
};

export function stationView(stored: StoredStation): z.output<typeof stationSchema> {
  const {
    station,
    online,
    protocol,
    registration,
    demandedProfile,
    usedSecurityProfile,
    reachedSecurityProfile,
    blocked,
    group,
    lastSeenAt,
    connectors,
    ...rest
  } = stored;
  const { pinnedProtocol, conflict, vendor, model, serialNumber, firmwareVersion, reportsNotKept } = rest;
  const own = connectors.find(isOwn);
  return {
    station,
    online,
    protocol,
    registration,
    securityProfile: demandedProfile,
    usedSecurityProfile,
    reachedSecurityProfile,
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
