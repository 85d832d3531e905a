import { MAX_TOKEN_GROUP_LENGTH, text } from '@voltbus/contracts';
import { z } from 'zod';
import { boundedBody } from '@voltbus/flow';
import { RESTRICTIONS, TOKEN_STATUSES } from './domain/authorization';
import { AMOUNT } from '../limits';
import type { ExternalDecision } from './domain/external-decision';
import { MAX_EVSES } from './domain/places';
import type { ExternalAuthorizer, AuthorizationRequest } from './external-authorizer';

/**
 * A station waits ten seconds for an Authorize, four with a contract certificate; the lane and the database want their
 * share.
 */
const TIMEOUT_MS = 2_500;
const MAX_ANSWER_BYTES = 16_384;

/** docs/reference/authorization-port.md. What it does not name is ignored. */
const answerSchema = z.object({
  status: z.enum([...TOKEN_STATUSES, ...RESTRICTIONS, 'ConcurrentTx', 'NoCredit']),
  credit: z.string().regex(AMOUNT).nullish(),
  groupId: text.min(1).max(MAX_TOKEN_GROUP_LENGTH).nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  evses: z.array(z.int().min(1)).max(MAX_EVSES).nullish(),
});

interface HttpExternalAuthorizerOptions {
  url: string;
  /** Sent as a bearer token; empty: none. */
  secret: string;
  timeoutMs?: number;
}

/** Asks by `POST`: one request per question, no redirects, nothing taken on trust. */
export class HttpExternalAuthorizer implements ExternalAuthorizer {
  /** Not for good, so that specs on a slow machine can wait longer. */
  timeoutMs: number;

  constructor(private readonly options: HttpExternalAuthorizerOptions) {
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  async decide(question: AuthorizationRequest): Promise<ExternalDecision | 'unknown'> {
    const { url, secret } = this.options;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }) },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(this.timeoutMs), // for all of it, the body too
    });
    const body = (await boundedBody(answer, MAX_ANSWER_BYTES)).toString('utf8');
    if (answer.status === 404) return 'unknown';
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    const { status, groupId, expiresAt, evses, credit } = answerSchema.parse(JSON.parse(body));
    return {
      status,
      groupId: groupId ?? null,
      expiresAt: expiresAt ? new Date(expiresAt).toISOString() : null,
      ...(typeof credit === 'string' ? { credit } : {}),
      ...(evses && evses.length > 0 ? { evses } : {}), // as in OCPP an empty list is none
    };
  }
}
