import type { ImportResult, ImportTarget } from '@voltbus/http';
import { z } from 'zod';

const schema = z.strictObject({
  id: z.string(),
  note: z.string().nullable().default(null),
  count: z.int().optional(),
  open: z.boolean().default(false),
  level: z
    .union([z.literal(0), z.literal(1)])
    .nullable()
    .default(null),
  place: z.strictObject({ city: z.string(), zip: z.string().optional() }).nullable().default(null),
  labels: z.record(z.string(), z.string()).default({}),
  numbers: z.array(z.int()).default([]),
});

/** Stands for a kind of resource; its key is `id`, without regard to case. */
export function fakeTarget(put: ImportTarget['put'] = () => Promise.resolve<ImportResult>({ outcome: 'created' })): ImportTarget {
  const keySchema = z.object({ id: z.string().min(1) });
  return {
    ...{ kind: 'tokens', keyMember: 'id', schema, put },
    identityOf: (body) => keySchema.safeParse(body).data?.id.toLowerCase() ?? null,
  };
}
