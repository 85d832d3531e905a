import { applyDecorators } from '@nestjs/common';
import { z } from 'zod';
import { ApiZodContent, ApiZodQuery } from '../openapi/zod-decorators';
import { pageSchemaOf } from './page';

/** The media type of a page whose items have chosen members only: every other page has each required member of its items. */
export const PARTIAL_ITEMS = 'application/vnd.voltbus.fields+json';

const totals = {
  total: z.int().optional().describe('With `total=true`: how many items pass the filters'),
  totalIsLowerBound: z.boolean().optional().describe('With `total=true`: whether there may be more than `total`'),
};

/** Documents a list of `defineList`: its query, and a page of its items, whole or with chosen members. */
export function ApiList(
  { item, keys, query }: { item: z.ZodObject; keys: readonly string[]; query: z.ZodObject },
  more: z.ZodRawShape = {},
) {
  const page = (items: z.ZodType) => pageSchemaOf(items, { ...totals, ...more });
  return applyDecorators(ApiZodQuery(query), ApiZodContent({ 'application/json': page(item), [PARTIAL_ITEMS]: page(partOf(item, keys)) }));
}

/** An item of which only the keys must be there; `Station` makes a `StationFields`. */
function partOf(item: z.ZodObject, keys: readonly string[]): z.ZodObject {
  const members = Object.entries(item.shape as Record<string, z.ZodType>);
  const part = z.object(Object.fromEntries(members.map(([name, member]) => [name, keys.includes(name) ? member : optional(member)])));
  const id = z.globalRegistry.get(item)?.id;
  return id === undefined ? part : part.meta({ id: `${id}Fields`, description: 'Chosen members of an item' });
}

function optional(member: z.ZodType): z.ZodType {
  const { description } = member;
  return description === undefined ? member.optional() : member.optional().describe(description);
}
