import { reasonOf, type AuditedRequest } from '../audit/audit.interceptor';
import type { ImportAuthor } from './import-target';

/** The author of what a request asks for, for the audit log. */
export function authorOf(request: AuditedRequest): ImportAuthor {
  const { caller, ip, id } = request;
  return { key: caller?.key?.id ?? null, address: ip, requestId: String(id), reason: reasonOf(request) };
}
