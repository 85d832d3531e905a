import { evseNumber, text } from '@voltbus/http';
import { getAlpha2Codes, getAlpha3Codes } from 'i18n-iso-countries';
import { z } from 'zod';
import { timeZoneName } from '../../stations/time-zone-name';
import { NO_DESCRIPTION, evseIdIdentity } from '../domain/description';

const MAX_NAME_LENGTH = 100;
const MAX_ADDRESS_LINE_LENGTH = 200;
const MAX_POSTAL_CODE_LENGTH = 20;
/** EVSE ids of one station: as many as the connectors that are kept of it. */
const MAX_EVSE_IDS = 128;
/** Labels of one station. */
export const MAX_LABELS = 32;
/** The part of a label's key before the slash. */
const MAX_LABEL_PREFIX = 253;
/** As Kubernetes has it: a name, and before it perhaps a DNS subdomain and a slash. */
const LABEL_KEY =
  /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** Country, operator, `E`, the number of the outlet; the separators are optional (ISO 15118-2, Annex H). */
const EVSE_ID = /^[A-Za-z]{2}\*?[A-Za-z0-9]{3}\*?[Ee][A-Za-z0-9][A-Za-z0-9*]{0,30}$/;
const COUNTRIES = new Set([...Object.keys(getAlpha2Codes()), ...Object.keys(getAlpha3Codes())]);

export const labelKey = z
  .string()
  .regex(LABEL_KEY, 'is no key of a label such as region or example.com/region')
  .refine((key) => key.indexOf('/') <= MAX_LABEL_PREFIX, `has more than ${MAX_LABEL_PREFIX} characters before the slash`);
export const labelValue = z
  .string()
  .regex(LABEL_VALUE, 'is no value of a label: at most 63 of A-Z, a-z, 0-9, -, _ and ., the first and the last a letter or digit');
export const evseId = z.string().max(40).regex(EVSE_ID, 'is no EVSE id such as DE*ABC*E1234 (ISO 15118)');

const line = (length: number) => text.min(1).max(length).nullable().default(null);
const degrees = (most: number) => z.number().min(-most).max(most).nullable().default(null);

const place = z
  .strictObject({
    street: line(MAX_ADDRESS_LINE_LENGTH).describe('Street and number'),
    postalCode: line(MAX_POSTAL_CODE_LENGTH).describe('Postal code'),
    city: line(MAX_ADDRESS_LINE_LENGTH).describe('City'),
    country: z
      .string()
      .refine((code) => COUNTRIES.has(code), 'is no country such as DE or DEU (ISO 3166-1 alpha-2 or alpha-3)')
      .nullable()
      .default(null)
      .describe('ISO 3166-1 alpha-2 or alpha-3'),
    latitude: degrees(90).describe('Degrees, WGS 84; north is positive. With `longitude`, or not at all'),
    longitude: degrees(180).describe('Degrees, WGS 84; east is positive'),
    timeZone: timeZoneName.nullable().default(null).describe('IANA name; the one that its CDRs have'),
  })
  .refine(({ latitude, longitude }) => (latitude === null) === (longitude === null), {
    path: ['longitude'],
    error: 'goes together with latitude',
  })
  .meta({ id: 'PlacePut', description: 'Where a station stands; what is left out is null' });

/** The members of `PUT /v1/stations/{station}` that describe it. */
export const descriptionMembers = {
  name: text
    .min(1)
    .max(MAX_NAME_LENGTH)
    .nullable()
    .default(NO_DESCRIPTION.name)
    .describe('For people; not unique. Null, the default: none'),
  place: place.nullable().default(NO_DESCRIPTION.place).describe('Where it stands. Null, the default: unknown'),
  evseIds: z
    .array(
      z
        .strictObject({ evse: evseNumber, evseId: evseId.describe('EVSE id (ISO 15118)') })
        .meta({ id: 'EvseIdPut', description: 'The EVSE id of an EVSE' }),
    )
    .max(MAX_EVSE_IDS)
    .superRefine(distinct)
    .transform((ids) => [...ids].sort((a, b) => a.evse - b.evse))
    .default([])
    .describe('EVSE ids of its EVSEs (ISO 15118), unique in the tenant without regard to case and separators'),
  labels: z
    .record(labelKey, labelValue)
    .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `has more than ${MAX_LABELS} labels`)
    .default({})
    .describe(`At most ${MAX_LABELS}, by which lists are filtered; keys and values are formed as labels of Kubernetes`),
};

/** One id for each EVSE, and none twice. */
function distinct(ids: readonly { evse: number; evseId: string }[], context: z.RefinementCtx): void {
  ids.forEach(({ evse, evseId: id }, at) => {
    const before = ids.slice(0, at);
    if (before.some((other) => other.evse === evse)) context.addIssue({ code: 'custom', path: [at, 'evse'], message: 'is given twice' });
    if (before.some((other) => evseIdIdentity(other.evseId) === evseIdIdentity(id)))
      context.addIssue({ code: 'custom', path: [at, 'evseId'], message: 'is given twice' });
  });
}
