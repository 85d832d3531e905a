import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { IMAGE_UPLOADS_AT_ONCE, MAX_IMAGES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'firmware_images',
    holds: 'Firmware that stations can be updated to: where it is, its signature, and what it is for',
    madeBy: 'operators',
    bound: `${MAX_IMAGES} of a tenant, then 409`,
    keeping: WITH_TENANT,
    sealed: [
      {
        column: 'body',
        path: ['sealedUrl'],
        form: 'base64',
        purpose: 'firmware-image-url',
        key: ['tenant', 'image'],
        owner: { select: 'tenant, image', of: ({ tenant, image }) => `${String(tenant)}/${String(image)}` },
      },
    ],
  },
  {
    ...OF_A_TENANT,
    name: 'firmware_files',
    holds: 'Files of firmware images: their sizes. The files are in VOLTBUS_FILES_DIR, or in S3',
    madeBy: 'operators',
    bound: `one of an image, those that updates and campaigns still have, and ${IMAGE_UPLOADS_AT_ONCE} uploads at once of a process; VOLTBUS_FIRMWARE_MB_PER_TENANT, then 409`,
    keeping: {
      kind: 'own',
      how: 'after its file, which goes within minutes after nothing has it any more: no image, no update, no campaign',
    },
  },
];
