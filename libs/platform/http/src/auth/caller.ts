import type { ExecutionContext } from '@nestjs/common';
import type { TokenGrant } from './access-tokens/access-grant';
import type { Rights } from './permissions';
import type { LiveSession } from './sessions/sessions';

/** The name of the administrator as an actor; ids of keys are hexadecimal, and those of tokens' subjects have a colon. */
export const ADMINISTRATOR = 'administrator';

/** The authenticated sender of a request. */
export interface Caller {
  /** The tenant that the request is about. */
  tenant: string;
  administrator: boolean;
  /** The tenant's key; null for the administrator, and for a caller with an access token. */
  key: { id: string } | null;
  /** What the access token, or the session of a person, gives; null for a caller with a key, and for the administrator. */
  token: TokenGrant | null;
  /** Who it is, in logs and in what is kept: the id of the key, `<issuer>:<subject>` of the access token or of the person, or `administrator`. */
  actor: string;
  rights: Rights;
  /** The session of a browser that came with its cookie; absent: the request came with a key, a token or a ticket. A person with one has a `token` too. */
  session?: LiveSession;
  /** The station groups that the caller is limited to; null: none. */
  stationGroups: readonly string[] | null;
  /** What the request's ticket allows, where it came with one instead of a key. */
  ticket?: { id: string; types: readonly string[]; proof: string; reopens: boolean };
  /** Rejects with `unknown-tenant` where the tenant does not exist: an administrator may name any. */
  mustHaveTenant(): Promise<void>;
  /** Checks the key, token or session again, for answers that go on for long: false once it was revoked or has ended. Rejects while that cannot be known. */
  stillAdmitted(): Promise<boolean>;
}

/** A request as `AdmissionHook` leaves it; a public route has no caller. */
export interface CallerRequest {
  method: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was parsed. */
  query?: unknown;
  body?: unknown;
  caller?: Caller;
}

/** The caller of the request in hand. Throws on a public route, which is a defect of the route. */
export function callerOf(context: ExecutionContext): Caller {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a public route needs a caller');
  return caller;
}
