import { defineList, anyOf, text, type Resource } from '@voltbus/http';
import { REDACTED } from '@voltbus/ocpp';
import { z } from 'zod';
import type { FirmwareFile, FirmwareImage } from '../domain/firmware-image';
import { MAX_CERTIFICATE_LENGTH, MAX_SIGNATURE_LENGTH, MAX_URL_LENGTH } from '../limits';

const MAX_TEXT = 100;
const SHA256 = /^[0-9a-fA-F]{64}$/;
const NO_SHA256 = 'is no SHA-256: 64 hexadecimal digits';
const optionalText = (most: number) => text.trim().min(1).max(most).nullable().default(null);

const urlSchema = z
  .url({ protocol: /^(https?|ftps?|sftp)$/, error: 'must be http, https, ftp, ftps or sftp', abort: true })
  .refine((url) => url.replaceAll(REDACTED, '').length <= MAX_URL_LENGTH, `is longer than ${MAX_URL_LENGTH} characters`);

/** `PUT /v1/firmware-images/{image}`. */
const putImageSchema = z
  .strictObject({
    image: z.string().optional().describe('May repeat the path, which counts'),
    description: text.max(500).nullable().default(null).describe('For people'),
    url: urlSchema
      .nullable()
      .default(null)
      .describe(
        `Where stations download it: http, https, ftp, ftps or sftp; null: from us, once its file is uploaded. A password or a signature in it is stored encrypted and shown as \`${REDACTED}\`; a URL that is sent back as it was shown keeps it`,
      ),
    firmwareVersion: optionalText(50).describe(
      'The version that stations report once they run it: an update counts as done when they do. Null: their statuses alone tell',
    ),
    vendor: optionalText(MAX_TEXT).describe('Vendor of the stations that it is for, without regard to case; null: any'),
    model: optionalText(MAX_TEXT).describe('Model of the stations that it is for, without regard to case; null: any'),
    sha256: z
      .string()
      .regex(SHA256, NO_SHA256)
      .nullable()
      .default(null)
      .describe('SHA-256 of the file, hexadecimal; one that is uploaded must have it. OCPP does not carry it'),
    signature: z
      .string()
      .min(1)
      .max(MAX_SIGNATURE_LENGTH)
      .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'is not base64')
      .nullable()
      .default(null)
      .describe('Signature of the file, base64; null: it is not signed'),
    signingCertificate: z
      .string()
      .max(MAX_CERTIFICATE_LENGTH)
      .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/, 'is no certificate in PEM')
      .nullable()
      .default(null)
      .describe('Certificate by which the signature is checked, PEM; given with `signature`'),
  })
  .refine(({ signature, signingCertificate }) => (signature === null) === (signingCertificate === null), {
    error: 'a signature and its certificate are given together',
    path: ['signingCertificate'],
  })
  .meta({ id: 'FirmwareImagePut', description: 'A firmware image, whole' });

export const imageResource: Resource<typeof putImageSchema, FirmwareImage> = {
  noun: 'firmware image',
  schema: putImageSchema,
  guarded: ['url', 'vendor', 'model', 'firmwareVersion', 'signature', 'signingCertificate'],
  identity: { member: 'image' },
  writtenAs: ({ image: _name, sealedUrl: _sealed, file: _file, ...written }) => written,
  secretOf: ({ sealedUrl }) => sealedUrl ?? '',
};

const fileSchema = z
  .object({
    name: z.string().describe('Its name, which stations see at the end of its address'),
    sizeBytes: z.int().describe('Bytes of its content'),
    sha256: z.string().describe('SHA-256 of its content, hexadecimal, as it was computed here'),
    uploadedAt: z.iso.datetime().describe('When the last of it came'),
  })
  .meta({ id: 'FirmwareFile', description: 'The file of a firmware image' });

/** `PUT /v1/firmware-images/{image}/file`. */
export const putFileQuery = z.object({
  name: text
    .min(1)
    .max(200)
    .optional()
    .describe('Name of the file, of which the last part is kept, in plain characters; the name of the image otherwise'),
  sha256: z
    .string()
    .regex(SHA256, NO_SHA256)
    .optional()
    .describe('SHA-256 that the file must have, hexadecimal; that of the image otherwise, where it has one'),
});

export const imageSchema = z
  .object({
    image: z.string().describe('Its name'),
    description: z.string().nullable().describe('For people'),
    url: z
      .string()
      .nullable()
      .describe(`Where stations download it; \`${REDACTED}\` stands in the place of its secrets. Null: from us, where \`file\` is`),
    firmwareVersion: z.string().nullable().describe('The version that stations report once they run it; null: not known'),
    vendor: z.string().nullable().describe('Vendor of the stations that it is for; null: any'),
    model: z.string().nullable().describe('Model of the stations that it is for; null: any'),
    sha256: z.string().nullable().describe('SHA-256 that the file shall have, hexadecimal; null: whatever it has'),
    file: fileSchema.nullable().describe('The file that was uploaded, below `/file`; null: there is none, or it is at the URL'),
    signature: z.string().nullable().describe('Signature of the file, base64; null: it is not signed'),
    signingCertificate: z.string().nullable().describe('Certificate by which the signature is checked, PEM'),
  })
  .meta({ id: 'FirmwareImage', description: 'Firmware that stations can be updated to' });

export const imageNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'is no name of a firmware image: 1 to 100 letters, digits, and _ . : -');

/** `GET /v1/firmware-images`. */
export const imageList = defineList({
  item: imageSchema,
  keys: ['image'],
  filters: {
    vendor: anyOf(text.max(MAX_TEXT)).optional().describe('Without regard to case'),
    model: anyOf(text.max(MAX_TEXT)).optional().describe('Without regard to case'),
    firmwareVersion: anyOf(text.max(50)).optional().describe('Without regard to case'),
    search: text.min(1).max(MAX_TEXT).optional().describe('The beginning of `image`, without regard to case'),
  },
  sorts: ['image'],
  defaultSort: 'image',
});

export function imageView({ sealedUrl: _sealed, image, file, ...shown }: FirmwareImage): z.output<typeof imageSchema> {
  return { image, ...shown, file: file === null ? null : fileView(file) };
}

function fileView({ name, sizeBytes, sha256, uploadedAt }: FirmwareFile): z.output<typeof fileSchema> {
  return { name, sizeBytes, sha256, uploadedAt };
}
