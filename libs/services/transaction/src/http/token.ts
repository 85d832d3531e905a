import { z } from 'zod';
import { TOKEN_STATUSES } from '../domain/authorization';
import { text } from './text';

/** An id token as a path names it. */
export const idTokenSchema = text.trim().min(1).max(255);

export const tokenSchema = z.object({
  idToken: z.string(),
  type: z.string(),
  status: z.enum(TOKEN_STATUSES),
  groupId: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  concurrent: z.boolean(),
});

/** `PUT /v1/tokens/{idToken}`: the identity is the path's; what is left out takes its default. */
export const putTokenSchema = z.strictObject({
  idToken: z.string().optional().describe('May repeat the path, which counts'),
  type: text.min(1).max(20).default('ISO14443').describe('As OCPP 2.x names it; 1.6 knows none'),
  status: z.enum(TOKEN_STATUSES).default('Accepted'),
  groupId: text
    .min(1)
    .max(36)
    .nullable()
    .default(null)
    .describe('Tokens of one group may stop for each other. Stations of 1.6 are not told of one longer than 20 characters'),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
  concurrent: z.boolean().default(false).describe('May charge at several stations at once'),
});
