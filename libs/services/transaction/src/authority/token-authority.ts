import type { StationRef } from '@voltbus/contracts';
import type { OutsideAnswer } from '../domain/outside-answer';

/** What a station wants to know of a token, or what it begins or ends with it. */
export interface TokenQuestion extends StationRef {
  idToken: string;
  /** 2.x: the type of the token; null on 1.6, which knows none. */
  type: string | null;
  evse: number | null;
  purpose: 'authorize' | 'begin' | 'end';
  /** ISO 8601 UTC. */
  at: string;
}

/** Whoever keeps the tokens. Rejects when there is no answer that can be used, for whatever reason. */
export interface TokenAuthority {
  ask(question: TokenQuestion): Promise<OutsideAnswer | 'unknown'>;
}
