import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { entityTagOf } from './entity-tag';
import type { Resource } from './resource';
import { ResourceChange } from './resource-change';

type AnyResource = Resource<z.ZodObject, unknown>;

const changeOf = createParamDecorator((resource: AnyResource, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return new ResourceChange(resource, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
});

const tagOf = createParamDecorator((resource: AnyResource, context: ExecutionContext) => {
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  return (stored: unknown) => {
    void reply.header('etag', entityTagOf(resource, stored));
    return stored;
  };
});

/** Parameter of a PUT, PATCH or DELETE: the `ResourceChange` that it asks for. */
export function ChangeOf<B extends z.ZodObject, T>(resource: Resource<B, T>): ParameterDecorator {
  return changeOf(resource as unknown as AnyResource); // each resource gets back only what its own store keeps
}

/** Parameter of a GET: the function that gives the answer the entity tag of what is stored, and returns that. `If-None-Match` is then answered with 304. */
export function EntityTag<B extends z.ZodObject, T>(resource: Resource<B, T>): ParameterDecorator {
  return tagOf(resource as unknown as AnyResource); // the same
}

/** The value of an `EntityTag` parameter. */
export type Tagged<T> = (stored: T) => T;
