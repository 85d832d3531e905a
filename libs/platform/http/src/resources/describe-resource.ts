import { applyDecorators } from '@nestjs/common';
import { ApiConsumes, ApiHeader, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiZodBody, ApiZodResponse } from '../openapi/zod-decorators';
import type { Resource } from './resource';

export const MERGE_PATCH = 'application/merge-patch+json';

/** `*`, or entity tags: `conditionOf` reads it. */
const CONDITION = { type: 'string', examples: ['*'], pattern: '^(\\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$' } as const;

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  schema: CONDITION,
  description: 'Entity tags, or `*`: changes nothing unless the resource is at one of them (412)',
});
const IF_NONE_MATCH = ApiHeader({
  name: 'If-None-Match',
  required: false,
  schema: CONDITION,
  description: '`*`: changes nothing where there is such a resource (412)',
});

/** Operation: PUT of a resource, answered as `view`; 201 where it is new, which a resource that is always there never is. */
export function ApiPut<B extends z.ZodObject, T>({ schema }: Resource<B, T>, view: z.ZodType, { always = false } = {}): MethodDecorator {
  const created = always ? [] : [ApiZodResponse(201, view, 'It is new: `Location` is its path')];
  return applyDecorators(ApiZodBody(schema), ApiZodResponse(200, view), ...created, IF_MATCH, IF_NONE_MATCH);
}

/** Operation: PATCH of a resource by a JSON merge patch (RFC 7396). */
export function ApiPatch<B extends z.ZodObject, T>({ schema }: Resource<B, T>, view: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiConsumes(MERGE_PATCH, 'application/json'),
    ApiZodBody(patchSchemaOf(schema)),
    ApiZodResponse(200, view),
    IF_MATCH,
    IF_NONE_MATCH,
  );
}

/** Operation: DELETE of a resource. */
export const ApiDelete = (): MethodDecorator => applyDecorators(IF_MATCH, IF_NONE_MATCH);

/** Operation: GET of a resource that has an entity tag. */
export const ApiGet = (view: z.ZodType): MethodDecorator =>
  applyDecorators(
    ApiZodResponse(200, view),
    ApiResponse({
      status: 304,
      description: 'Nothing that can be written has changed since the tag of `If-None-Match`',
    }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'Entity tags: answered with 304 where the resource is at one of them',
    }),
  );

/** Every member may be left out; null gives one that a PUT may leave out its default. Inner objects are merged in the same way. */
function patchSchemaOf(schema: z.ZodObject): z.ZodObject {
  const id = z.globalRegistry.get(schema)?.id;
  const members = Object.entries(schema.shape).map(([name, member]) => [name, patchMember(member as z.ZodType)]); // every member of a shape is a schema
  const patch = z.strictObject(Object.fromEntries(members) as z.ZodRawShape);
  return id === undefined ? patch : patch.meta({ id: `${id.replace(/Put$/, '')}Patch`, description: 'The members that change' });
}

function patchMember(member: z.ZodType): z.ZodType {
  const { description } = member;
  const mayBeNull = member._zod.optin === 'optional' || member.safeParse(null).success;
  const patch = (mayBeNull ? unwrapped(member).nullable() : unwrapped(member)).optional();
  return description === undefined ? patch : patch.describe(description);
}

/** The schema without its default, which a PATCH does not give to what it leaves out. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodObject ? patchSchemaOf(schema) : schema;
}
