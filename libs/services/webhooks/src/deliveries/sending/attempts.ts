import { asText } from '@voltbus/contracts';
import { unlessAborted } from '@voltbus/flow';
import { redactText } from '@voltbus/ocpp';
import { TargetRefused, resolveTarget, type ResolveName } from '../../target/target-resolver';
import type { TargetRules } from '../../target/target-rules';
import { urlFault } from '../../target/target-rules';
import type { SigningSecrets } from '../../webhooks';
import type { AttemptError, AttemptOutcome } from '../domain/delivery';
import { MAX_EXCERPT_LENGTH } from '../domain/delivery-limits';
import { retryAfterSeconds } from '../domain/retries';
import type { DueWebhook } from '../store/typeorm-queues';
import { post, type PostAnswer } from './post';

interface AttemptsParts {
  rules: TargetRules;
  resolve: ResolveName;
  secrets: SigningSecrets;
  attemptMs: number;
  now(): Date;
}

interface Message {
  id: string;
  body: string;
}

/** The parts of an outcome that do not depend on the clock. */
interface Result {
  status: number | null;
  error: AttemptError | null;
  detail: string | null;
  retryAfter?: string | undefined;
}

const USER_AGENT = 'Voltbus-Webhooks/1';
/** Statuses whose `Retry-After` is honoured. */
const PAUSING = [429, 503];
/** Codes of errors of sockets that are about the certificate or the protocol of TLS. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH|EPROTO)/;

/** Makes one attempt at a time to post a message to a webhook: the target is judged, and its name looked up, anew for each. */
export class Attempts {
  constructor(private readonly parts: AttemptsParts) {}

  /** Never rejects, but where `signal` aborts it: then it is not known whether the receiver has the message. */
  async attempt(webhook: DueWebhook, message: Message, signal: AbortSignal): Promise<AttemptOutcome> {
    const { now, attemptMs } = this.parts;
    const at = now();
    const began = performance.now();
    const deadline = AbortSignal.timeout(attemptMs);
    const result = await this.send(webhook, message, at, AbortSignal.any([deadline, signal])).catch((error: unknown) =>
      deadline.aborted ? { status: null, error: 'timeout' as const, detail: `no answer within ${attemptMs} ms` } : failureOf(error),
    );
    signal.throwIfAborted();
    const { retryAfter, ...shown } = result;
    return {
      attempt: { at: at.toISOString(), durationMs: Math.round(performance.now() - began), ...shown, detail: shortened(shown.detail) },
      retryAfterSeconds: retryAfterSeconds(retryAfter, now()),
    };
  }

  private async send({ url: text, secrets }: DueWebhook, { id, body }: Message, at: Date, signal: AbortSignal): Promise<Result> {
    const { rules, resolve } = this.parts;
    const fault = urlFault(text, rules);
    if (fault !== null) throw new TargetRefused(fault);
    const timestamp = Math.floor(at.getTime() / 1_000);
    const signature = this.parts.secrets.sign(secrets, { id, timestamp, body });
    if (signature === null)
      return {
        status: null,
        error: 'secret',
        detail:
          'the secret is encrypted under a key that is not set: set that key as VOLTBUS_ENCRYPTION_KEY_PREVIOUS, or rotate the secret',
      };
    const url = new URL(text);
    // name servers are not asked to stop; their answer is not waited for
    const addresses = await unlessAborted(resolveTarget(url, rules, resolve), signal);
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': USER_AGENT,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    return resultOf(await post({ url, addresses, headers, body, signal }));
  }
}

function resultOf({ status, excerpt, retryAfter }: PostAnswer): Result {
  const detail = excerpt === '' ? null : excerpt;
  if (status >= 200 && status < 300) return { status, error: null, detail };
  if (status >= 300 && status < 400) return { status, error: 'redirect', detail };
  return { status, error: 'status', detail, retryAfter: PAUSING.includes(status) ? retryAfter : undefined };
}

function failureOf(error: unknown): Result {
  const { code, syscall, message } = error as NodeJS.ErrnoException; // of a socket or the resolver; other errors lack the code
  const kind =
    error instanceof TargetRefused
      ? 'refused'
      : syscall?.startsWith('query') === true
        ? 'name'
        : TLS_CODES.test(code ?? '')
          ? 'tls'
          : 'connection';
  return { status: null, error: kind, detail: message };
}

/** Without control characters and without secrets that it repeats. */
function shortened(detail: string | null): string | null {
  return detail === null ? null : redactText(asText(detail)).slice(0, MAX_EXCERPT_LENGTH);
}
