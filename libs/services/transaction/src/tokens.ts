import type { StationRef } from '@voltbus/contracts';
import type { Consultation } from './authority/consultation';
import type { PresentedToken, Verdict } from './domain/authorization';
import { authorizeWith } from './domain/outside-answer';
import type { TypeormTokens } from './store/typeorm-tokens';

/** Judges tokens that are presented outside a transaction. */
export class Tokens {
  constructor(
    private readonly store: TypeormTokens,
    private readonly consultation: Consultation,
  ) {}

  async authorize(ref: StationRef, token: PresentedToken, now: Date): Promise<Verdict> {
    const outside = await this.consultation.about(ref, token, { evse: null, purpose: 'authorize' }, now);
    return authorizeWith(outside, token, await this.store.knowledge(ref, token.idToken, now), now.getTime(), 'question');
  }

  /**
   * C01.FR.24: NotAtThisTime while the station's only EVSE is held by a session whose own token, another one, is no longer good. Who shares its group may end it. A station that
   * was seen with a second EVSE is not meant: an Authorize does not say for which it is.
   */
  async authorizeNow(ref: StationRef, token: PresentedToken, now: Date): Promise<Verdict> {
    const verdict = await this.authorize(ref, token, now);
    if (verdict.status !== 'Accepted' || token.type === 'NoAuthorization') return verdict;
    const held = await this.store.heldByAnother(ref, { idToken: token.idToken, groupId: verdict.groupId }, now);
    return held ? { ...verdict, status: 'NotAtThisTime' } : verdict;
  }
}
