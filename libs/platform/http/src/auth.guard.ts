import { createHash, timingSafeEqual } from 'node:crypto';
import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import { tenantOf, type CallerRequest } from './tenant';

const PUBLIC = 'voltbus.public';
const ADMIN_ONLY = 'voltbus.admin-only';

/** No key is asked for: the API's own description. */
export const Public = () => SetMetadata(PUBLIC, true);
/** Only the administrator's key. */
export const AdminOnly = () => SetMetadata(ADMIN_ONLY, true);

/** Every route demands `Authorization: Bearer <key>` unless it says `@Public()`. */
export class AuthGuard implements CanActivate {
  private readonly admin: Buffer;

  constructor(
    private readonly reflector: Reflector,
    adminKey: string,
  ) {
    this.admin = digest(adminKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const marked = (mark: string): boolean =>
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [context.getHandler(), context.getClass()]) === true;
    if (marked(PUBLIC)) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const administrator = this.isAdministrator(bearer(request));
    if (!administrator) throw new CsmsError('unauthorized', 'an API key is needed: Authorization: Bearer <key>');
    request.caller = { tenant: tenantOf(request), administrator };
    return !marked(ADMIN_ONLY) || administrator;
  }

  /** Compared as digests: of equal length, in constant time. */
  private isAdministrator(key: string | null): boolean {
    return key !== null && timingSafeEqual(digest(key), this.admin);
  }
}

function bearer({ headers }: CallerRequest): string | null {
  const header = headers['authorization'];
  const [, key] = (typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header) : null) ?? [];
  return key ?? null;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
