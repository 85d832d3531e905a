import type { StationRef } from '@voltbus/contracts';
import type { ExternalDecision } from './domain/external-decision';

/** A token that a station presents, and for what. */
export interface AuthorizationRequest extends StationRef {
  idToken: string;
  /** 2.x: the type of the token; null on 1.6, which knows none. */
  type: string | null;
  evse: number | null;
  purpose: 'authorize' | 'begin' | 'end';
  /** ISO 8601 UTC. */
  at: string;
}

/** A CPO's own token database. Rejects when there is no usable answer, for whatever reason. */
export interface ExternalAuthorizer {
  decide(question: AuthorizationRequest): Promise<ExternalDecision | 'unknown'>;
}
