import { CsmsError, invalidAt } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { pointer } from '../requests/json-pointer';
import { pathOf } from '../requests/path-of';
import { faultyRequest, type RequestFault } from '../requests/request-faults';
import { checkedBody } from '../requests/zod.pipes';
import { displayable } from '../values/values';
import { conditionOf, entityTagOf, matches, matchesWeakly, type Condition } from './entity-tag';
import { isObject, mergePatch } from './merge-patch';
import type { Resource } from './resource';

type Members = Readonly<Record<string, unknown>>;

/** What a change needs of its request. */
type ChangeRequest = Pick<FastifyRequest, 'headers' | 'method' | 'params' | 'body' | 'url'>;

/** The answer's status and headers. */
interface ChangeReply {
  header(name: string, value: string): unknown;
  status(code: number): { header(name: string, value: string): unknown };
}

/**
 * A PUT, PATCH or DELETE of a resource. `decide` and `mayRemove` are called with what is stored, inside the database transaction that holds its lock and
 * writes, so no other change comes between the precondition, the merge and the write.
 */
export class ResourceChange<Body extends z.ZodObject, Stored> {
  private readonly ifMatch: Condition | undefined;
  private readonly ifNoneMatch: Condition | undefined;
  /** The body of a PUT as its schema reads it; null: the request is no PUT. */
  private readonly replacement: z.output<Body> | null;
  private created = false;

  /** Throws `bad-request` and `invalid` for what is wrong whatever is stored. */
  constructor(
    protected readonly resource: Resource<Body, Stored>,
    private readonly request: ChangeRequest,
    private readonly reply: ChangeReply,
  ) {
    const { headers, method } = request;
    this.ifMatch = conditionOf('If-Match', headers['if-match']);
    this.ifNoneMatch = conditionOf('If-None-Match', headers['if-none-match']);
    this.replacement = method === 'PUT' ? this.checked(request.body) : null;
    if (method === 'PATCH') this.checkPatch(request.body);
  }

  /**
   * The members to store in place of `before`. Throws `not-found` where there is nothing to patch, `precondition-failed`, and `invalid` with every path that
   * is wrong.
   */
  decide(before: Stored | null): z.output<Body> {
    if (this.replacement === null) {
      this.mayRemove(before);
      return this.patched(before);
    }
    this.checkPreconditions(before);
    this.created = before === null;
    if (before !== null) this.refuseLosses(this.resource.writtenAs(before), this.replacement);
    return this.replacement;
  }

  /** To be called in the database transaction with what is about to be stored, when everything has been checked. A dry run of an import ends there. */
  writes(_after: Stored): void {}

  /** Whether the body gives the member, be it as null. */
  gives(member: keyof z.input<Body> & string): boolean {
    return isObject(this.request.body) && this.request.body[member] !== undefined;
  }

  /** Throws `not-found` where there is nothing, and `precondition-failed`. */
  mayRemove(before: Stored | null): asserts before is Stored {
    if (before === null) throw new CsmsError('not-found', `no such ${this.resource.noun}`);
    this.checkPreconditions(before);
  }

  /** Gives the answer the entity tag of what was stored, and 201 with the `Location` where it is new. To be called after the commit. */
  stored(after: Stored): Stored {
    void this.reply.header('etag', entityTagOf(this.resource, after));
    if (this.created) void this.reply.status(201).header('location', pathOf(this.request.url));
    return after;
  }

  private checkPreconditions(before: Stored | null): void {
    if (this.ifMatch === undefined && this.ifNoneMatch === undefined) return;
    const tag = before === null ? null : entityTagOf(this.resource, before);
    if (this.ifMatch !== undefined && !matches(this.ifMatch, tag)) throw this.preconditionFailed('If-Match', tag);
    if (this.ifNoneMatch !== undefined && matchesWeakly(this.ifNoneMatch, tag)) throw this.preconditionFailed('If-None-Match', tag);
  }

  private preconditionFailed(header: string, tag: string | null): CsmsError {
    const state = tag === null ? `there is no such ${this.resource.noun}` : `the ${this.resource.noun} is at ${tag}`;
    const errors: RequestFault[] = [{ in: 'header', path: `/${header}`, message: state }];
    return new CsmsError('precondition-failed', `${header}: ${state}`, { etag: tag, errors });
  }

  /** Null gives a member its default, or null where that is one of its values. */
  private patched(before: Stored): z.output<Body> {
    const patch = this.request.body as Members; // the constructor has checked it
    const merged = mergePatch(this.resource.writtenAs(before), patch) as Members; // of two objects
    const nulls = Object.keys(patch).filter((name) => patch[name] === null && this.memberOf(name)?.safeParse(null).success);
    return this.checked({ ...merged, ...Object.fromEntries(nulls.map((name) => [name, null])) });
  }

  private refuseLosses(before: Members, after: Members): void {
    const given = this.request.body as Members; // the schema has accepted it
    const lost = (this.resource.guarded ?? []).filter((name) => given[name] === undefined && differs(before[name], after[name]));
    if (lost.length === 0) return;
    const errors = lost.map((name) => ({
      path: `/${name}`,
      message: `must be given: it is ${JSON.stringify(before[name])}, and leaving it out would make it ${JSON.stringify(after[name] ?? null)}`,
    }));
    throw faultyRequest('invalid', errors);
  }

  private checkPatch(patch: unknown): void {
    if (!isObject(patch)) throw invalidAt('', 'is no object: a merge patch has the members that change');
    const unknown = Object.keys(patch).find((name) => this.memberOf(name) === undefined);
    if (unknown !== undefined) throw invalidAt(`/${displayable(pointer(unknown))}`, 'is no member of it');
    this.checkIdentity(patch);
  }

  private checked(body: unknown): z.output<Body> {
    const members = checkedBody(this.resource.schema, body);
    this.checkIdentity(members);
    return members;
  }

  private checkIdentity(body: Members): void {
    const { noun, identity } = this.resource;
    if (identity === undefined) return;
    const { member, same = (one: string, other: string) => one === other } = identity;
    const [given, named] = [body[member], (this.request.params as Record<string, string>)[member] ?? ''];
    if (given === undefined || (typeof given === 'string' && same(given, named))) return;
    throw invalidAt(`/${member}`, `the body names another ${noun} than the path`);
  }

  private memberOf(name: string): z.ZodType | undefined {
    const { shape } = this.resource.schema;
    return Object.hasOwn(shape, name) ? (shape[name] as z.ZodType) : undefined; // every member of a shape is a schema
  }
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before ?? null) !== JSON.stringify(after ?? null);
}
