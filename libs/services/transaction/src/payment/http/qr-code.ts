import { text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { CODE_VERSION } from '../domain/one-time-code';
import { MOST_EVSE, WHOLE_STATION } from '../domain/qr-address';
import type { QrCode } from '../store/typeorm-qr-codes';

const MAX_TEMPLATE = 500;

const versionSchema = z.literal(CODE_VERSION);
/** The bounds that OCPP gives `WebPaymentsCtrlr`, and of our own where it gives none. */
const terms = {
  validitySeconds: z.int().min(6).max(3_600).describe('ValidityTime: how long the station shows a code'),
  length: z.int().min(6).max(255).describe('Length: characters of a code'),
};

/** The EVSE in a path. */
export const qrEvseSchema = z
  .string()
  .regex(/^(0|[1-9]\d*)$/, `${WHOLE_STATION} for every EVSE without its own, or the number of one`)
  .transform(Number)
  .pipe(z.int().max(MOST_EVSE));

/** `PUT /v1/stations/{station}/qr-codes/{evse}`. */
const putQrCodeSchema = z
  .strictObject({
    urlTemplate: text
      .max(MAX_TEMPLATE)
      .describe('URLTemplate: with {chargingstationid}, {evse} where it is of one, and {totp} and {version} where codes change'),
    totp: z
      .strictObject({
        sharedSecret: text
          .min(8)
          .max(255)
          .optional()
          .describe('Write only: what the station has as its SharedSecret. Left out: stays as it is'),
        version: versionSchema.default(CODE_VERSION).describe('TOTPVersion'),
        ...terms,
      })
      .meta({ id: 'QrCodeTotpPut', description: 'How one-time codes are made' })
      .nullable()
      .default(null)
      .describe('One-time codes; null: the code is always the same, a sticker'),
  })
  .meta({ id: 'QrCodePut', description: 'What a station shows as a QR code' });

export const qrCodeResource: Resource<typeof putQrCodeSchema, QrCode> = {
  noun: 'QR code',
  schema: putQrCodeSchema,
  guarded: ['totp'],
  writtenAs: (stored) => {
    const { urlTemplate, totp } = qrCodeView(stored);
    return { urlTemplate, totp };
  },
  secretOf: ({ totp }) => totp?.closedSecret.toString('base64') ?? '',
};

export const qrCodeSchema = z
  .object({
    station: z.string(),
    evse: z.int().describe('0: every EVSE without its own'),
    urlTemplate: z.string().describe('Address in the code, with its placeholders'),
    totp: z
      .object({ version: versionSchema.describe('TOTPVersion'), ...terms })
      .meta({ id: 'QrCodeTotp', description: 'How one-time codes are made, without their secret' })
      .nullable()
      .describe('One-time codes; null: the code is always the same'),
  })
  .meta({ id: 'QrCode', description: 'The QR code of an EVSE that drivers scan to pay' });
export type QrCodeView = z.output<typeof qrCodeSchema>;

export function qrCodeView({ station, evse, urlTemplate, totp }: QrCode): QrCodeView {
  if (totp === null) return { station, evse, urlTemplate, totp };
  const { validitySeconds, length } = totp;
  return { station, evse, urlTemplate, totp: { version: CODE_VERSION, validitySeconds, length } };
}
