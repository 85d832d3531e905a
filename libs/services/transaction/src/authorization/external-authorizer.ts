import type { StationRef } from '@voltbus/contracts';
import type { ExternalDecision } from './domain/external-decision';

/** What a station wants to know of a token, or what it begins or ends with it. */
export interface AuthorizationRequest extends StationRef {
  idToken: string;
  /** 2.x: the type of the token; null on 1.6, which knows none. */
  type: string | null;
  evse: number | null;
  purpose: 'authorize' | 'begin' | 'end';
  /** ISO 8601 UTC. */
  at: string;
}

/** Whoever keeps the tokens. Rejects when there is no answer that can be used, for whatever reason. */
export interface ExternalAuthorizer {
  decide(question: AuthorizationRequest): Promise<ExternalDecision | 'unknown'>;
}
