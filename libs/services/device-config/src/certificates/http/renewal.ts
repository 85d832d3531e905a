import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { CERTIFICATE_KINDS, OF_THE_CONNECTION } from '../domain/certificate-kind';
import { RENEWAL_STATES, type Renewal } from '../domain/renewal';
import { kindSchema, shown } from './certificate';

/** `POST /v1/stations/{station}/certificate-renewal`. */
export const startRenewalSchema = z
  .strictObject({ kind: kindSchema.default(OF_THE_CONNECTION).describe('Which certificate') })
  .meta({ id: 'CertificateRenewalStart', description: 'Which certificate a station shall renew' });

export const renewalSchema = z
  .object({
    station: z.string().describe('Of which station'),
    kind: kindSchema.describe('Which certificate'),
    state: z
      .enum(RENEWAL_STATES)
      .describe(
        '`waiting`: the station is asked when it can be reached. `asked`: it has until `nextAt` to take a new certificate. `done`: it has one. `given-up`: it was asked too often, and somebody has to look at it. `expired`: a campaign could not ask it in time, and comes back to it',
      ),
    tries: z.int().describe('How often it was asked'),
    nextAt: z.iso.datetime().nullable().describe('When there is something to do next, at the earliest; null: not by itself'),
    actor: z
      .string()
      .describe('Id of an API key, `administrator`, `expiry`: its certificate expires soon, or `campaign:` and the id of a campaign'),
    reason: z.string().nullable().describe('Why it is there, for a person; null: as it should be'),
    expiresAt: z.iso.datetime().nullable().describe('When the certificate expires that is renewed; null: not known'),
    command: z.uuid().nullable().describe('The command that asked last; null: none yet'),
    startedAt: z.iso.datetime().describe('When it began'),
    askedAt: z.iso.datetime().nullable().describe('When the station was asked last'),
    endedAt: z.iso.datetime().nullable().describe('When it was done or given up'),
  })
  .meta({ id: 'CertificateRenewal', description: 'The latest renewal of a kind of certificate of a station' });

/** `GET /v1/certificate-renewals`. */
export const renewalList = defineList({
  item: renewalSchema,
  keys: ['station', 'kind'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    kind: oneOf(CERTIFICATE_KINDS).optional().describe('What the certificates are for'),
    state: oneOf(RENEWAL_STATES).optional(),
  },
  sorts: ['startedAt'],
  defaultSort: '-startedAt',
});

export function renewalView(renewal: Renewal): z.output<typeof renewalSchema> {
  const { station, kind, state, tries, nextAt, actor, reason, expiresAt, command, startedAt, askedAt, endedAt } = renewal;
  return {
    ...{ station, kind, state, tries, nextAt: shown(nextAt), actor, reason, expiresAt: shown(expiresAt), command },
    ...{ startedAt: startedAt.toISOString(), askedAt: shown(askedAt), endedAt: shown(endedAt) },
  };
}
