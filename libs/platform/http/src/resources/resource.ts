import type { z } from 'zod';

/**
 * What the rules for PUT, PATCH, DELETE and entity tags need to know of a kind of resource (ADR 64). `Body` checks its writable members, `Stored` is what
 * its store keeps.
 */
export interface Resource<Body extends z.ZodObject, Stored> {
  /** Its name in a problem, such as `tariff`. */
  noun: string;
  /** Checks the body of a PUT, and what a PATCH has made of the stored members. A member that may be left out has its default here. */
  schema: Body;
  /** Money and safety that may be left out: a PUT has to repeat such a member where its value differs from the default. */
  guarded?: readonly (keyof z.input<Body> & string)[];
  /** The member that may repeat the parameter of the path that has the same name. */
  identity?: { member: keyof z.input<Body> & string; same?(given: string, named: string): boolean };
  /** The body of a PUT that would change nothing, without what cannot be read. */
  writtenAs(stored: Stored): z.input<Body>;
  /** Changes with the secrets that can be written and not read. Only a hash of it is shown. */
  secretOf?(stored: Stored): string;
}
