import { defineList, oneOf } from '@voltbus/http';
import { z } from 'zod';
import { ALGORITHMS, KINDS, ROOT_KINDS, STATES, type HashData, type InstalledCertificate } from '../domain/installed-certificate';
import { MAX_PEM } from '../limits';
import type { CertificateReport } from '../store/typeorm-installed-unit';

const kindSchema = z.enum(KINDS).meta({
  id: 'InstalledCertificateKind',
  description:
    'What it is for: `CSMSRootCertificate` (1.6: CentralSystemRootCertificate) to know this CSMS, `ManufacturerRootCertificate` to know firmware, `V2GRootCertificate`, `MORootCertificate` and `OEMRootCertificate` (2.1) for ISO 15118; `V2GCertificateChain` is the station\u2019s own for ISO 15118, and only reported',
});

const stateSchema = z.enum(STATES).meta({
  id: 'InstalledCertificateState',
  description:
    '`installing`: the station has not answered; `installed`; `refused`: it did not take it; `deleting`: it was asked to remove it; `deleted`; `missing`: it was installed, and is not on the list of the station; `foreign`: the station has it, and it was not installed here',
});

/** `POST /v1/stations/{station}/installed-certificates`. */
export const installSchema = z
  .strictObject({
    kind: z.enum(ROOT_KINDS).describe('What it is for. Stations of 1.6 have the first two, and those of 2.0.1 no `OEMRootCertificate`'),
    pem: z
      .string()
      .trim()
      .min(1)
      .max(MAX_PEM['ocpp2.1'])
      .describe('One CA certificate in PEM. Stations of 1.6 and 2.0.1 take 5500 characters'),
    replaces: z
      .uuid()
      .nullable()
      .default(null)
      .describe('A certificate of that kind which is removed once the station was seen under this one; null: both stay'),
  })
  .meta({ id: 'InstallCertificate', description: 'A CA certificate that a station shall have' });

/** `DELETE /v1/stations/{station}/installed-certificates/{id}`. */
export const removalQuery = z.strictObject({
  unproven: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      '`true`: you know that the station connects by another root, which nobody here can tell, as behind a proxy that ends its TLS',
    ),
});

const hashDataSchema = z
  .object({
    hashAlgorithm: z.enum(ALGORITHMS).describe('How the hashes are made'),
    issuerNameHash: z.string().describe('Of the name of the CA that issued it'),
    issuerKeyHash: z.string().describe('Of the public key of that CA'),
    serialNumber: z.string().describe('Hexadecimal'),
  })
  .meta({ id: 'CertificateHashData', description: 'How a station names a certificate (OCPP CertificateHashDataType)' });

export const installedCertificateSchema = z
  .object({
    station: z.string(),
    id: z.uuid().describe('Ours'),
    kind: kindSchema.describe('What it is for'),
    state: stateSchema,
    pem: z.string().nullable().describe('The certificate; null: the station has it by itself, and tells no more than `reported`'),
    fingerprint: z.string().nullable().describe('SHA-256 of it, in lower-case hexadecimal; null: not known'),
    subject: z.string().nullable().describe('Its name (DN); null: not known'),
    issuer: z.string().nullable().describe('Name (DN) of the CA that issued it; null: not known'),
    notBefore: z.iso.datetime().nullable().describe('Valid from then on; null: not known'),
    notAfter: z.iso.datetime().nullable().describe('Valid until then; null: not known'),
    reported: hashDataSchema.nullable().describe('As the station last reported it, by which it is removed; null: it has not'),
    children: z.array(hashDataSchema).describe('Of a `V2GCertificateChain`, the certificates below, as reported'),
    reportedAt: z.iso.datetime().nullable().describe('When the station last reported it; null: it has not'),
    replaces: z.uuid().nullable().describe('The certificate that is removed once the station was seen under this one; null: none'),
    answer: z.string().nullable().describe('The last answer of the station, or how the command ended instead'),
    installedAt: z.iso.datetime().nullable().describe('When the station took it; null: it has not, or by itself'),
    changedAt: z.iso.datetime().describe('When `state` last changed'),
  })
  .meta({ id: 'InstalledCertificate', description: 'A CA certificate of a station: what was asked for, and what the station says' });
export type ShownCertificate = z.output<typeof installedCertificateSchema>;

/** `GET /v1/stations/{station}/installed-certificates`. */
export const installedCertificateList = defineList({
  item: installedCertificateSchema,
  keys: ['id'],
  filters: {
    kind: oneOf(KINDS).optional().describe('What it is for'),
    state: oneOf(STATES).optional().describe('How it stands with the station'),
  },
  sorts: ['changedAt'],
  defaultSort: '-changedAt',
});

export const certificateReportSchema = z
  .object({
    station: z.string(),
    askedAt: z.iso.datetime().nullable().describe('When the station was last asked for all of its certificates; null: never'),
    outcomes: z
      .array(z.string().nullable())
      .describe('Its answers (`Accepted`; `NotFound`: it has none), or how the commands ended; null: not yet. Stations of 1.6 have two'),
    completedAt: z.iso.datetime().nullable().describe('When the last answer came; null: not yet'),
    notKept: z.int().describe('Certificates on the list that were too many to be kept'),
  })
  .meta({ id: 'CertificateReport', description: 'The last list of certificates that a station was asked for' });

export function installedCertificateView(station: string, certificate: InstalledCertificate): ShownCertificate {
  const { id, kind, state, pem, facts, reported, children, reportedAt, replaces, answer, installedAt, changedAt } = certificate;
  const known = facts ?? { fingerprint: null, subject: null, issuer: null, notBefore: null, notAfter: null };
  const { fingerprint, subject, issuer, notBefore, notAfter } = known;
  return {
    ...{ station, id, kind, state, pem, fingerprint, subject, issuer, notBefore, notAfter },
    ...{ reported: reported === null ? null : shownHash(reported), children: children.map(shownHash) },
    ...{ reportedAt: reportedAt?.toISOString() ?? null, replaces, answer },
    ...{ installedAt: installedAt?.toISOString() ?? null, changedAt: changedAt.toISOString() },
  };
}

export function certificateReportView(station: string, report: CertificateReport): z.output<typeof certificateReportSchema> {
  const { askedAt, commands, completedAt, notKept } = report;
  return {
    ...{ station, askedAt: askedAt?.toISOString() ?? null, outcomes: commands.map(({ outcome }) => outcome) },
    ...{ completedAt: completedAt?.toISOString() ?? null, notKept },
  };
}

function shownHash({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: HashData) {
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber };
}
