import type { Claims } from '../access-tokens/access-grant';

/** Who has a session: a person by issuer and subject, or the administrator. */
type SessionHolder = { kind: 'person'; issuer: string; subject: string; claims: Claims } | { kind: 'administrator' };

/** A session as it is stored. Its secret is not. */
export interface StoredSession {
  /** Not secret. */
  id: string;
  tenant: string;
  holder: SessionHolder;
  /** `<name of the issuer>:<subject>`, or `administrator`. */
  actor: string;
  /** As the provider calls the person; null: it does not say. */
  name: string | null;
  /** From which it was begun. */
  address: string;
  createdAt: Date;
  /** To about a minute. */
  lastUsedAt: Date;
  /** However much it is used. */
  endsAt: Date;
}

/** Where sessions are kept, for all processes of the API. Everything rejects while they cannot be read. */
export interface SessionStore {
  /** Keeps `most` sessions of an actor: of more, those go that were used least lately. False: there is no such tenant. */
  add(session: StoredSession, hash: Buffer, most: number): Promise<boolean>;
  /** The session whose secret has one of these hashes. */
  findByHash(hashes: readonly Buffer[]): Promise<StoredSession | null>;
  find(id: string): Promise<StoredSession | null>;
  used(id: string, at: Date): Promise<void>;
  /** False: there is no such session in the tenant. */
  remove(tenant: string, id: string): Promise<boolean>;
}
