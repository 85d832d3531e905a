import { asText } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller';
import { MAX_REASON_LENGTH } from '../values/reason';
import type { ChangeAuthor } from './audit-log';

/** The reason for a change, for the audit log. */
const REASON_HEADER = 'voltbus-reason';

export type AuditedRequest = FastifyRequest & Pick<CallerRequest, 'caller'>;

/** The author of what a request asks for, for the audit log. */
export function authorOf(request: AuditedRequest): ChangeAuthor {
  const { caller, ip, id } = request;
  return {
    key: caller === undefined || caller.administrator ? null : caller.actor,
    address: ip,
    requestId: String(id),
    reason: reasonOf(request),
  };
}

/** The header's, else the body's. */
function reasonOf({ headers, body }: AuditedRequest): string | null {
  const header = headers[REASON_HEADER];
  const given = typeof header === 'string' ? header : (body as { reason?: unknown } | null | undefined)?.reason;
  if (typeof given !== 'string') return null;
  const text = asText(given.slice(0, MAX_REASON_LENGTH), ' ').trim();
  return text === '' ? null : redactText(text);
}
