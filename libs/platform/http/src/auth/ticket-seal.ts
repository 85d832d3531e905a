import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { isSameSecret } from '@voltbus/contracts';
import { peppers, type KeySettings, type Settings } from '@voltbus/runtime';
import type { TokenGrant } from './access-tokens/access-grant';

/** How long a ticket opens its stream for the first time. */
export const TICKET_SECONDS = 60;
/** How long the client of that stream may come back with the ticket: a working day, and a little more. */
export const TICKET_RECONNECT_SECONDS = 12 * 3_600;
/** Changes with the layout of tickets, so that older ones are refused. */
const VERSION = 2;
const ID_BYTES = 12;
const PROOF_BYTES = 12;
/** Between the parts of a ticket, and between an event's id and the proof. */
const DOT = '.';

/** What a ticket stands for: one stream, of one tenant, by the right of one key or access token. */
interface Ticket {
  id: string;
  tenant: string;
  /** Who made it: the id of a key, what an access token gave, or `administrator`. */
  maker: string | TokenGrant;
  /** Of the events that its stream may have. */
  types: readonly string[];
  /** Epoch milliseconds. */
  madeAt: number;
}

/** A ticket that a request shows. */
interface ShownTicket extends Ticket {
  /** Its client has read its stream already and comes back; else it opens the stream, which it may do once. */
  reopens: boolean;
}

/**
 * Makes and reads tickets: for clients that can send no headers, which is what a browser's `EventSource` is (ADR 72). A ticket is signed and stored nowhere, but that it was used:
 * every process of the API derives the same key from the pepper and the administrator's key. It stands in a URL, so it is worth little: it opens a stream
 * within `TICKET_SECONDS`; later it reopens it, for a client that shows an id of an event of that stream, which no URL has.
 */
export class TicketSeal {
  /** The current one first. */
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(settings: KeySettings & Pick<Settings, 'ADMIN_KEY'> & Partial<Pick<Settings, 'ADMIN_KEY_PREVIOUS'>>) {
    // with the administrator's key in it, tickets that were made with one that is not accepted any more end
    const { ADMIN_KEY: admin, ADMIN_KEY_PREVIOUS: before } = settings;
    const pairs = peppers(settings).all.flatMap(({ secret }) =>
      [admin, ...(before === undefined ? [] : [before])].map((one) => `${secret}\0${one}`),
    );
    const derived = pairs.map((pair) => Buffer.from(hkdfSync('sha256', pair, '', 'voltbus tickets', 32)));
    this.keys = derived as [Buffer, ...Buffer[]]; // there is a current pepper
  }

  make({ tenant, maker, types }: Pick<Ticket, 'tenant' | 'maker' | 'types'>, now: Date): { ticket: string; expiresAt: Date } {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const content = Buffer.from(JSON.stringify([VERSION, id, tenant, maker, types, now.getTime()])).toString('base64url');
    return {
      ticket: `${content}${DOT}${this.signatures('ticket', content)[0]}`,
      expiresAt: new Date(now.getTime() + TICKET_SECONDS * 1_000),
    };
  }

  /** The ticket of a request, with the last event's id that its client shows. Null where it is none, or opens nothing any more. */
  open(text: string, lastEventId: string | undefined, now: Date): ShownTicket | null {
    const [content = '', seal = '', ...more] = text.split(DOT);
    if (more.length > 0 || !this.signatures('ticket', content).some((one) => isSameSecret(seal, one))) return null;
    // only `make` signs
    const [version, id, tenant, maker, types, madeAt] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [
      ...[number, string, string],
      ...[string | TokenGrant, string[], number],
    ];
    const ageSeconds = (now.getTime() - madeAt) / 1_000;
    const proof = lastEventId?.split(DOT)[1] ?? '';
    const comesBack = lastEventId !== undefined && this.signatures('proof', id).some((one) => isSameSecret(proof, cut(one)));
    if (version !== VERSION || ageSeconds >= (comesBack ? TICKET_RECONNECT_SECONDS : TICKET_SECONDS)) return null;
    return { id, tenant, maker, types, madeAt, reopens: comesBack };
  }

  /** What the ids of a stream's events end with: who shows it has read the stream. */
  proofOf(ticketId: string): string {
    return cut(this.signatures('proof', ticketId)[0]);
  }

  private signatures(purpose: 'ticket' | 'proof', content: string): [string, ...string[]] {
    const sign = (key: Buffer): string => createHmac('sha256', key).update(`${purpose}\0${content}`).digest('base64url');
    const [current, ...others] = this.keys;
    return [sign(current), ...others.map(sign)];
  }
}

function cut(signature: string): string {
  return signature.slice(0, (PROOF_BYTES * 4) / 3);
}

/** An id of an event as the stream gives it to a client with a ticket. */
export function withProof(eventId: string, proof: string): string {
  return `${eventId}${DOT}${proof}`;
}

/** The id without the proof, if it has one. */
export function withoutProof(eventId: string): string {
  return eventId.split(DOT, 1)[0] ?? '';
}
