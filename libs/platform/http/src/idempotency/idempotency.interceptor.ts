import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import type { Logger } from '@voltbus/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, of, type Observable } from 'rxjs';
import type { CallerRequest } from '../auth/caller';
import type { AnswerSeal, GivenAnswer } from './answer-seal';
import { FINDS_COMMAND, REPLAYED_HEADER, idempotencyKeyOf } from './idempotency-key';
import {
  KEPT_HOURS,
  MAX_ANSWER_BYTES,
  MAX_KEYS_OF_TENANT,
  MAX_WORKING_SECONDS,
  type IdempotencyStore,
  type KeyClaim,
  type KeyUse,
} from './idempotency-store';

/** Headers that belong to an answer and are given again with it. */
const KEPT_HEADERS = ['location', 'etag', 'set-cookie'];
/** When to ask again for the answer of a request that is being worked on. */
const RETRY_WORKING_SECONDS = 1;
/** When to ask again after the bound of keys; by then the oldest may have gone. */
const RETRY_FULL_SECONDS = 600;

interface Parts {
  store: IdempotencyStore;
  seal: AnswerSeal;
  reflector: Reflector;
  logger: Logger;
}

/**
 * Carries out a POST with an `Idempotency-Key` at most once: claims the key, lets the route work, and keeps the answer of what was carried out. A repeat is
 * given that answer. A request that was refused or that failed frees its key (ADR 63). Stands outside of the audit, since a repeat changes nothing.
 */
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly parts: Parts) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { store, seal, reflector } = this.parts;
    const request = context.switchToHttp().getRequest<FastifyRequest & CallerRequest>();
    const { caller } = request;
    const key = request.method === 'POST' ? idempotencyKeyOf(request) : undefined;
    if (key === undefined || caller === undefined || reflector.get(FINDS_COMMAND, context.getHandler()) === true) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const [use, ...others] = seal.usesOf(request, caller, key);
    for (const other of others) {
      const before = await store.find(other);
      if (before !== null) return of(giveAgain(reply, this.keptAnswer(before, key, other)));
    }
    const found = await store.claim(use);
    if (found.kind !== 'claimed') return of(giveAgain(reply, this.keptAnswer(found, key, use)));
    const { claim } = found;
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        await this.keep({ use, claim, key }, answerOf(reply, body));
        return body;
      }),
      catchError((error: unknown) => from(this.failed({ use, claim }, error))),
    );
  }

  /** Throws where there is none that may be given. */
  private keptAnswer(found: Exclude<KeyClaim, { kind: 'claimed' }>, key: string, use: KeyUse): GivenAnswer {
    if (found.kind === 'full') {
      const detail = `the tenant has ${MAX_KEYS_OF_TENANT} Idempotency-Keys of the last ${KEPT_HOURS} hours`;
      throw new CsmsError('too-many-requests', detail, { retryAfterSeconds: RETRY_FULL_SECONDS });
    }
    if (found.fingerprint !== use.fingerprint)
      throw new CsmsError('idempotency-key-reused', 'that Idempotency-Key was used for another request');
    if (found.answer === null && found.ageSeconds < MAX_WORKING_SECONDS)
      throw new CsmsError('idempotency-key-in-use', 'the first request with that Idempotency-Key is being worked on', {
        retryAfterSeconds: RETRY_WORKING_SECONDS,
      });
    const answer = found.answer === null ? null : this.parts.seal.open(found.answer, key, use);
    if (answer === null)
      throw new CsmsError('answer-not-kept', 'the request was begun, and its answer is not known: it may have been carried out');
    if ('tooLarge' in answer)
      throw new CsmsError('answer-not-kept', `the request was carried out with ${answer.status}; its answer was too large to be kept`);
    return answer;
  }

  private keep({ use, claim, key }: { use: KeyUse; claim: string; key: string }, answer: GivenAnswer): Promise<void> {
    return this.record(async () => {
      const fits = Buffer.byteLength(JSON.stringify(answer)) <= MAX_ANSWER_BYTES;
      const kept = fits ? answer : { status: answer.status, tooLarge: true as const };
      await this.parts.store.complete(use, claim, this.parts.seal.close(kept, key, use));
    });
  }

  private async failed({ use, claim }: { use: KeyUse; claim: string }, error: unknown): Promise<never> {
    await this.record(() => this.parts.store.release(use, claim));
    throw error;
  }

  /** The request has its outcome whether or not that can be recorded: a repeat is then answered `answer-not-kept`. */
  private async record(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.logger.error({ err: error }, 'the outcome of a request is missing under its Idempotency-Key');
    }
  }
}

function answerOf(reply: FastifyReply, body: unknown): GivenAnswer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, Array.isArray(value) ? value : String(value)] as const];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body };
}

function giveAgain(reply: FastifyReply, { status, headers, body }: GivenAnswer): unknown {
  void reply.status(status).headers({ ...headers, [REPLAYED_HEADER]: 'true' });
  return body;
}
