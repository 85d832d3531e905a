import { anyOf, defineList, idTokenText, instant, text } from '@voltbus/http';
import type { ErasureState } from '@voltbus/service';
import { z } from 'zod';
import type { ExportPlace, ExportedRow } from '../export';
import type { Erasure } from '../typeorm-personal-data';

/** `POST /v1/token-erasures`. */
export const eraseTokenSchema = z
  .strictObject({ idToken: idTokenText.describe('Id of the token; without regard to case') })
  .meta({ id: 'TokenErasureStart', description: 'A token whose holder is to be forgotten' });

const serviceSchema = z
  .object({
    service: z.string().describe('Name of the service'),
    erasedAt: z.iso.datetime().nullable().describe('When a look through all of its tables left nothing of the token; null: not yet'),
    changed: z.int().describe('Rows that were changed or removed, those that came later among them'),
    waiting: z.int().describe('Rows that cannot be changed yet, such as those of a session that has not ended'),
  })
  .meta({ id: 'TokenErasureService', description: 'How far an erasure is in one service' });

export const erasureSchema = z
  .object({
    id: z.guid().describe('Id of the erasure'),
    idToken: z.string().describe('Id of the token in upper case; forgotten when the erasure is'),
    pseudonym: z.string().describe('Stands in its place in bills and sessions'),
    state: z
      .enum(['erasing', 'erased'])
      .describe('`erased`: in every service. Stations are in `GET /v1/customer-information?requestedBy=erasure:{id}`'),
    requestedAt: z.iso.datetime().describe('When it was asked for'),
    watchedUntil: z.iso.datetime().describe('What comes of the token until then is erased as well; then the erasure itself is forgotten'),
    services: z.array(serviceSchema).max(10).describe('How far each service is'),
  })
  .meta({ id: 'TokenErasure', description: 'A token that is erased' });

/** `GET /v1/token-erasures`. */
export const erasureList = defineList({
  item: erasureSchema,
  keys: ['id'],
  filters: {
    idToken: anyOf(idTokenText).optional().describe('Without regard to case'),
    from: instant.optional().describe('Requested then or later'),
    to: instant.optional().describe('Requested before'),
  },
  sorts: ['requestedAt'],
  defaultSort: '-requestedAt',
});

/** `GET /v1/token-data`. */
export const tokenDataQuery = z.strictObject({
  idToken: idTokenText.describe('Id of the token; without regard to case'),
  cursor: text.max(1_000).optional().describe('`nextCursor` of the page before'),
});

const rowSchema = z
  .object({
    service: z.string().describe('Whose table it is'),
    table: z.string().describe('Name of the table, as in the page about limits'),
    row: z.record(z.string(), z.unknown()).describe('Its columns; those of bytes are left out'),
  })
  .meta({ id: 'TokenDataRow', description: 'A row that names the token' });

export const tokenDataSchema = z
  .object({
    items: z.array(rowSchema).max(100_000).describe('May be empty where more follows'),
    nextCursor: z.string().nullable().describe('Of the next page; null: that was all'),
  })
  .meta({ id: 'TokenData', description: 'Some of what is known of a token' });

export function erasureView(
  { id, idToken, pseudonym, requestedAt, endsAt }: Erasure,
  services: readonly (readonly [string, ReadonlyMap<string, ErasureState>])[],
): z.output<typeof erasureSchema> {
  const shown = services.map(([service, states]) => {
    const { erasedAt = null, changed = 0, waiting = 0 } = states.get(id) ?? {};
    return { service, erasedAt: erasedAt?.toISOString() ?? null, changed, waiting };
  });
  return {
    ...{ id, idToken, pseudonym, requestedAt: requestedAt.toISOString(), watchedUntil: endsAt.toISOString(), services: shown },
    state: shown.every(({ erasedAt }) => erasedAt !== null) ? 'erased' : 'erasing',
  };
}

const placeSchema = z.object({
  service: z.int().min(0).max(10),
  place: z
    .object({
      trace: z.int().min(0).max(10_000),
      relation: z.string().max(200),
      page: z
        .int()
        .min(0)
        .max(2 ** 31 - 1),
    })
    .nullable(),
});

/** Null: it is no cursor of ours. */
export function placeIn(cursor: string | undefined): ExportPlace | null {
  if (cursor === undefined) return { service: 0, place: null };
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}

export function dataView({ rows, next }: { rows: readonly ExportedRow[]; next: ExportPlace | null }): z.output<typeof tokenDataSchema> {
  const items = rows.map(({ row, ...rest }) => ({ ...rest, row: { ...row } }));
  return { items, nextCursor: next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url') };
}
