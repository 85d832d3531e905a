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
}
