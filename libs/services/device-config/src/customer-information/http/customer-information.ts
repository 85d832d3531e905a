import { anyOf, defineList, idTokenText, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { missingParts } from '../../device-model';
import { requestFilters, requestMembers, requestOptions, requestView, type StationRequest } from '../../station-requests';
import { bodyOf, parts, type Customer } from '../domain/customer-request';
import { MAX_IDENTIFIER, USUAL_RUN_HOURS } from '../limits';
import type { StoredPart } from '../store/typeorm-customer-information';

const TYPES = ['report', 'clear', 'report-and-clear'] as const;
const HASHES = ['SHA256', 'SHA384', 'SHA512'] as const;

const tokenSchema = z
  .strictObject({
    idToken: idTokenText.describe('Id of the token'),
    type: text.min(1).max(20).default('ISO14443').describe('As OCPP 2.x names it'),
  })
  .meta({ id: 'CustomerToken', description: 'A token, by which a station knows a customer' });

const certificateSchema = z
  .strictObject({
    hashAlgorithm: z.enum(HASHES).describe('Of the two hashes'),
    issuerNameHash: text.min(1).max(128).describe('Hash of the name of its issuer, hexadecimal'),
    issuerKeyHash: text.min(1).max(128).describe('Hash of the public key of its issuer, hexadecimal'),
    serialNumber: text.min(1).max(40).describe('Its serial number, hexadecimal'),
  })
  .meta({ id: 'CustomerCertificate', description: 'A certificate, by which a station knows a customer' });

/** `POST /v1/stations/{station}/customer-information`. */
export const askCustomerSchema = z
  .strictObject({
    report: z.boolean().default(true).describe('The station shall report what it knows'),
    clear: z.boolean().default(false).describe('The station shall forget it, but for its local list, which is sent anew (N10.FR.02)'),
    idToken: tokenSchema.nullable().default(null).describe('The customer, by a token'),
    customerIdentifier: text.min(1).max(MAX_IDENTIFIER).nullable().default(null).describe('By an identifier that the vendor knows'),
    customerCertificate: certificateSchema.nullable().default(null).describe('By a certificate'),
    runHours: requestOptions.runHours.default(USUAL_RUN_HOURS).describe('Hours that the station may take from its acceptance'),
    waitHours: requestOptions.waitHours,
  })
  .refine(({ report, clear }) => report || clear, 'asks for nothing: give report or clear')
  .refine((wanted) => customersIn(wanted) === 1, 'names one customer: give one of idToken, customerIdentifier and customerCertificate')
  .meta({ id: 'CustomerInformationStart', description: 'What a station is asked about a customer' });

const rangeSchema = z.object({ from: z.int().describe('Number of the first'), to: z.int().describe('Number of the last') });

export const customerInformationSchema = z
  .object({
    ...requestMembers,
    type: z.enum(TYPES).describe('What is asked'),
    idToken: z.string().nullable().describe('The customer, by a token; null: not by one'),
    customerIdentifier: z.string().nullable().describe('By an identifier; null: not by one'),
    customerCertificate: certificateSchema.nullable().describe('By a certificate; null: not by one'),
    parts: z.int().describe('Parts of the report that have come'),
    missing: z.array(rangeSchema).max(1_001).describe('Parts that have not, before the last one that is known of'),
    notKept: z.int().describe('Parts beyond what is kept of one report'),
    removed: z.boolean().describe('Whether somebody has removed the report'),
  })
  .meta({ id: 'CustomerInformation', description: 'What a station was asked about a customer, and how far it is' });

export const reportSchema = z
  .object({
    id: z.guid().describe('Id of the request'),
    text: z.string().describe('The parts that are kept, in their order, as the vendor writes them'),
    parts: z.int().describe('Parts in it'),
  })
  .meta({ id: 'CustomerInformationReport', description: 'What a station reported of a customer' });

/** `GET /v1/customer-information`. */
export const customerInformationList = defineList({
  item: customerInformationSchema,
  keys: ['id'],
  filters: {
    ...requestFilters,
    type: oneOf(TYPES).optional().describe('What was asked'),
    requestedBy: anyOf(text.max(100)).optional().describe('Id of an API key, or `erasure:` and the id of an erasure'),
  },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

function customersIn({ idToken, customerIdentifier, customerCertificate }: Customer): number {
  return [idToken, customerIdentifier, customerCertificate].filter((one) => one !== null).length;
}

export function informationView(request: StationRequest): z.output<typeof customerInformationSchema> {
  const { idToken, customerIdentifier, customerCertificate, received, lastPart, notKept, removed } = bodyOf(request);
  return {
    ...requestView(request),
    type: z.enum(TYPES).parse(request.subject),
    ...{ idToken: idToken?.idToken ?? null, customerIdentifier },
    customerCertificate: customerCertificate === null ? null : certificateSchema.parse(customerCertificate),
    ...{ parts: parts(request), missing: missingParts(received, lastPart).map(([from, to]) => ({ from, to })), notKept, removed },
  };
}

export function reportView({ id }: StationRequest, kept: readonly StoredPart[]): z.output<typeof reportSchema> {
  return { id, text: kept.map(({ data }) => data).join(''), parts: kept.length };
}
