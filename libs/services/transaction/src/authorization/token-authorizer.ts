import type { StationRef } from '@voltbus/contracts';
import type { ExternalAuthorizerBreaker } from './external-authorizer-breaker';
import type { PresentedToken, AuthorizationDecision } from './domain/authorization';
import { isHeldByAnother } from './domain/held-evse';
import { authorizeByOutcome } from './domain/external-decision';
import type { TypeormTokens } from './store/typeorm-tokens';

/** Judges tokens that are presented outside a transaction. */
export class TokenAuthorizer {
  constructor(
    private readonly store: TypeormTokens,
    private readonly externalAuthorizer: ExternalAuthorizerBreaker,
  ) {}

  async authorize(ref: StationRef, token: PresentedToken, now: Date): Promise<AuthorizationDecision> {
    const outside = await this.externalAuthorizer.decide(ref, token, { evse: null, purpose: 'authorize' }, now);
    return authorizeByOutcome(outside, token, await this.store.knowledge(ref, token.idToken, now), now.getTime(), 'question');
  }

  /**
   * C01.FR.24: NotAtThisTime while a session of another token, no longer valid and of another group, holds the only
   * EVSE. Stations with several EVSEs are excluded: an Authorize does not name its EVSE.
   */
  async authorizeNow(ref: StationRef, token: PresentedToken, now: Date): Promise<AuthorizationDecision> {
    const decision = await this.authorize(ref, token, now);
    if (decision.status !== 'Accepted' || token.type === 'NoAuthorization') return decision;
    const others = await this.store.otherSessions(ref, token.idToken);
    return isHeldByAnother(others, decision.groupId, now.getTime()) ? { ...decision, status: 'NotAtThisTime' } : decision;
  }
}
