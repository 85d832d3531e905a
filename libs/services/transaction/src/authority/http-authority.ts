import { MAX_TOKEN_GROUP_LENGTH, text } from '@voltbus/contracts';
import { z } from 'zod';
import { boundedBody } from '../bounded-body';
import { RESTRICTIONS, TOKEN_STATUSES } from '../domain/authorization';
import { AMOUNT } from '../domain/limit';
import type { OutsideAnswer } from '../domain/outside-answer';
import { MAX_EVSES } from '../domain/places';
import type { TokenAuthority, TokenQuestion } from './token-authority';

/** A station waits ten seconds for an Authorize, four with a contract certificate; the lane and the database want their share. */
export const TIMEOUT_MS = 2_500;
const MAX_ANSWER_BYTES = 16_384;

/** docs/reference/authorization-port.md. What it does not name is ignored. */
const answerSchema = z.object({
  status: z.enum([...TOKEN_STATUSES, ...RESTRICTIONS, 'ConcurrentTx', 'NoCredit']),
  credit: z.string().regex(AMOUNT).nullish(),
  groupId: text.min(1).max(MAX_TOKEN_GROUP_LENGTH).nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  evses: z.array(z.int().min(1)).max(MAX_EVSES).nullish(),
});

export interface HttpAuthorityOptions {
  url: string;
  /** Sent as a bearer token; empty: none. */
  secret: string;
  timeoutMs?: number;
}

/** Asks by `POST`: one request per question, no redirects, nothing taken on trust. */
export class HttpAuthority implements TokenAuthority {
  constructor(private readonly options: HttpAuthorityOptions) {}

  async ask(question: TokenQuestion): Promise<OutsideAnswer | 'unknown'> {
    const { url, secret, timeoutMs = TIMEOUT_MS } = this.options;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }) },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs), // for all of it, the body too
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
