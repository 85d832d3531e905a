import { createHmac } from 'node:crypto';
import { SecretBox, canonicalJson } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller';
import type { KeyUse } from './idempotency-store';

/** An answer, as it is given again. */
export interface GivenAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Absent: it had none. */
  body?: unknown;
}

/** What is kept of an answer: all of it, or only its status where the rest was too large. */
type KeptAnswer = GivenAnswer | { status: number; tooLarge: true };

/**
 * Encrypts answers, which may hold secrets that are shown once. The encryption key is made of the pepper and of the caller's `Idempotency-Key`, which is
 * stored only as a digest: whoever has the database and the pepper still cannot read an answer.
 */
export class AnswerSeal {
  constructor(private readonly pepper: string) {}

  useOf({ method, routeOptions, params, query, body }: FastifyRequest, caller: Caller, key: string): KeyUse {
    const sent = [method, routeOptions.url, canonicalJson(params), canonicalJson(query), textOf(body)];
    return {
      tenant: caller.tenant,
      caller: caller.actor,
      key: this.digest('idempotency key', key),
      fingerprint: this.digest(`request of ${key}`, JSON.stringify(sent)),
    };
  }

  close(answer: KeptAnswer, key: string, use: KeyUse): Buffer {
    return this.box(key).close(JSON.stringify(answer), ownerOf(use));
  }

  /** Null: it was encrypted with another pepper. */
  open(sealed: Buffer, key: string, use: KeyUse): KeptAnswer | null {
    const json = this.box(key).open(sealed, ownerOf(use));
    return json === null ? null : (JSON.parse(json) as KeptAnswer); // as `close` wrote it
  }

  private box(key: string): SecretBox {
    return new SecretBox(`${this.pepper}\0${key}`, 'idempotent-answer');
  }

  private digest(purpose: string, text: string): string {
    return createHmac('sha256', `${this.pepper}\0${purpose}`).update(text).digest('hex');
  }
}

/** Null: nothing was sent. */
function textOf(body: unknown): string | null {
  if (Buffer.isBuffer(body)) return body.toString('base64');
  return body === undefined ? null : canonicalJson(body);
}

function ownerOf({ tenant, caller, key }: KeyUse): string {
  return `${tenant}/${caller}/${key}`;
}
