import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, reason, text } from '@voltbus/http';
import { z } from 'zod';
import { CERTIFICATE_STATES, stateOf, type StationCertificate } from '../domain/certificate';
import { CERTIFICATE_KINDS } from '../domain/certificate-kind';
import { REQUEST_STATES, type CertificateRequest } from '../domain/certificate-request';

export const kindSchema = z.enum(CERTIFICATE_KINDS).meta({
  id: 'CertificateKind',
  description:
    'What it is for: `ChargingStationCertificate` proves the station to the CSMS; `V2GCertificate` and `V2G20Certificate` prove it to vehicles (ISO 15118-2, ISO 15118-20)',
});
const station = anyOf(text.max(MAX_STATION_LENGTH)).optional();

const certificateStateSchema = z.enum(CERTIFICATE_STATES).meta({
  id: 'CertificateState',
  description:
    '`issued`: the station has not taken it yet. `accepted`: taken, and not yet seen in a connection. `in-use`: the station has connected by it. `expired`, `revoked`: it proves the station no more',
});

export const certificateSchema = z
  .object({
    id: z.uuid().describe('Its id'),
    station: z.string().describe('Whose it is'),
    kind: kindSchema.describe('What it is for'),
    state: certificateStateSchema.describe('What becomes of it'),
    fingerprint: z.string().describe('SHA-256 of the certificate, in hexadecimal'),
    serialNumber: z.string().describe('In hexadecimal'),
    issuer: z.string().describe('Name (DN) of the CA'),
    notBefore: z.iso.datetime().describe('Valid from then on'),
    expiresAt: z.iso.datetime().describe('Valid until then'),
    chain: z
      .string()
      .nullable()
      .describe('The certificate and those above it, in PEM; null: it was issued elsewhere, and the station connected by it'),
    addedAt: z.iso.datetime().describe('When it was issued, or first seen'),
    acceptedAt: z.iso.datetime().nullable().describe('When the station took it; null: not that anybody knows'),
    firstUsedAt: z.iso.datetime().nullable().describe('When the station first connected by it; null: never'),
    lastUsedAt: z.iso.datetime().nullable().describe('When the station last connected by it; null: never'),
    revokedAt: z.iso.datetime().nullable().describe('Null: it was not revoked'),
    revokedBy: z.string().nullable().describe('Id of an API key, or `administrator`'),
    revocationReason: z.string().nullable().describe('For people'),
  })
  .meta({ id: 'StationCertificate', description: 'A certificate of a station' });

/** `GET /v1/certificates`. */
export const certificateList = defineList({
  item: certificateSchema,
  keys: ['id'],
  filters: {
    station,
    kind: oneOf(CERTIFICATE_KINDS).optional().describe('What they are for'),
    expiresBefore: instant.optional().describe('That expire before'),
    expiresAfter: instant.optional().describe('That expire then or later'),
  },
  sorts: ['expiresAt'],
  defaultSort: 'expiresAt',
});

/** `POST /v1/certificates/{id}/revoke`. */
export const revocationSchema = z
  .strictObject({ reason: reason.describe('For people') })
  .meta({ id: 'CertificateRevocation', description: 'Why a certificate shall prove its station no more' });

export const requestSchema = z
  .object({
    id: z.uuid().describe('Its id'),
    station: z.string().describe('Whose it is'),
    kind: kindSchema.describe('What the certificate is for'),
    state: z
      .enum(REQUEST_STATES)
      .describe(
        '`received`: the certificate is not issued yet. `issued`: it is sent when the station can be reached. `sent`: not answered yet. `accepted`, `rejected`: the answer of the station. `in-use`: the station has connected by it. `failed`: given up. `superseded`: the station has asked for another one',
      ),
    reason: z.string().nullable().describe('Why it is there, for a person; null: as it should be'),
    requestId: z.int().nullable().describe('Number of the station (2.1); null: none'),
    digest: z.string().describe('SHA-256 of the request (DER), in hexadecimal'),
    tries: z.int().describe('Attempts at the present step that failed'),
    nextAt: z.iso.datetime().nullable().describe('When there is something to do next, at the earliest; null: not by itself'),
    certificate: z.uuid().nullable().describe('The certificate that was issued for it; null: none yet'),
    command: z.uuid().nullable().describe('The command that brought it to the station last; null: none yet'),
    receivedAt: z.iso.datetime().describe('When the station asked'),
    issuedAt: z.iso.datetime().nullable().describe('When the certificate was issued'),
    sentAt: z.iso.datetime().nullable().describe('When it was last sent'),
    endedAt: z.iso.datetime().nullable().describe('When the station answered, or it was given up'),
    usedAt: z.iso.datetime().nullable().describe('When the station first connected by it'),
  })
  .meta({ id: 'CertificateRequest', description: 'A request of a station for a certificate, and what came of it' });

/** `GET /v1/certificate-requests`. */
export const requestList = defineList({
  item: requestSchema,
  keys: ['id'],
  filters: { station, kind: oneOf(CERTIFICATE_KINDS).optional().describe('What they are for'), state: oneOf(REQUEST_STATES).optional() },
  sorts: ['receivedAt'],
  defaultSort: '-receivedAt',
});

export function certificateView(certificate: StationCertificate, now: Date): z.output<typeof certificateSchema> {
  const { id, station: of, kind, fingerprint, serial, issuer, chain, revokedBy, revocationReason } = certificate;
  const { notBefore, notAfter, addedAt, acceptedAt, firstUsedAt, lastUsedAt, revokedAt } = certificate;
  return {
    ...{ id, station: of, kind, state: stateOf(certificate, now), fingerprint, serialNumber: serial, issuer },
    ...{ notBefore: notBefore.toISOString(), expiresAt: notAfter.toISOString(), chain, addedAt: addedAt.toISOString() },
    ...{ acceptedAt: shown(acceptedAt), firstUsedAt: shown(firstUsedAt), lastUsedAt: shown(lastUsedAt) },
    ...{ revokedAt: shown(revokedAt), revokedBy, revocationReason },
  };
}

export function requestView(request: CertificateRequest): z.output<typeof requestSchema> {
  const { id, station: of, kind, state, reason: why, requestId, digest, tries, certificate, command } = request;
  const { nextAt, receivedAt, issuedAt, sentAt, endedAt, usedAt } = request;
  return {
    ...{ id, station: of, kind, state, reason: why, requestId, digest, tries, nextAt: shown(nextAt), certificate, command },
    ...{ receivedAt: receivedAt.toISOString(), issuedAt: shown(issuedAt), sentAt: shown(sentAt) },
    ...{ endedAt: shown(endedAt), usedAt: shown(usedAt) },
  };
}

export function shown(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
