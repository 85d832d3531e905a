import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_IMAGES } from '../limits';

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
];
