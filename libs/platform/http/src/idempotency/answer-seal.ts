import { createHmac } from 'node:crypto';
import { Keyring, SecretBox, canonicalJson } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller';
import type { KeyUse } from './idempotency-store';

/** An answer, as it is given again. */
export interface GivenAnswer {
  status: number;
  /** Several where one is given more than once, such as that of cookies. */
  headers: Readonly<Record<string, string | string[]>>;
  /** Absent: it had none. */
  body?: unknown;
}

/** What is kept of an answer: all of it, or only its status where the rest was too large. */
type KeptAnswer = GivenAnswer | { status: number; tooLarge: true };

/**
 * Encrypts answers, which may hold secrets that are shown once. The encryption key is made of that of the settings and of the caller's `Idempotency-Key`, which is
 * stored only as a digest: whoever has the database and the settings still cannot read an answer. A digest is made with the pepper, so there is one for each.
 */
export class AnswerSeal {
  private readonly peppers: Keyring;

  constructor(
    peppers: Keyring | string,
    private readonly keys: Keyring | string = peppers,
  ) {
    this.peppers = Keyring.from(peppers);
  }

  /** The use under which an answer is kept. */
  useOf(request: FastifyRequest, caller: Caller, key: string): KeyUse {
    return this.usesOf(request, caller, key)[0];
  }

  /** That use, and those under which another pepper had it kept. */
  usesOf({ method, routeOptions, params, query, body }: FastifyRequest, caller: Caller, key: string): [KeyUse, ...KeyUse[]] {
    const sent = JSON.stringify([method, routeOptions.url, canonicalJson(params), canonicalJson(query), textOf(body)]);
    const uses = this.peppers.all.map(({ secret }) => ({
      tenant: caller.tenant,
      caller: caller.actor,
      key: digest(secret, 'idempotency key', key),
      fingerprint: digest(secret, `request of ${key}`, sent),
    }));
    return uses as [KeyUse, ...KeyUse[]]; // a keyring has a current key
  }

  close(answer: KeptAnswer, key: string, use: KeyUse): Buffer {
    return this.box(key).close(JSON.stringify(answer), ownerOf(use));
  }

  /** Null: it is encrypted under a key that is not set. */
  open(sealed: Buffer, key: string, use: KeyUse): KeptAnswer | null {
    const json = this.box(key).open(sealed, ownerOf(use));
    return json === null ? null : (JSON.parse(json) as KeptAnswer); // as `close` wrote it
  }

  private box(key: string): SecretBox {
    return new SecretBox(this.keys, 'idempotent-answer', key);
  }
}

function digest(pepper: string, purpose: string, text: string): string {
  return createHmac('sha256', `${pepper}\0${purpose}`).update(text).digest('hex');
}

/** Null: nothing was sent. */
function textOf(body: unknown): string | null {
  if (Buffer.isBuffer(body)) return body.toString('base64');
  return body === undefined ? null : canonicalJson(body);
}

function ownerOf({ tenant, caller, key }: KeyUse): string {
  return `${tenant}/${caller}/${key}`;
}
