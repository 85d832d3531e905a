import type { StationRef } from '@voltbus/contracts';
import { authorize, type PresentedToken, type Verdict } from './domain/authorization';
import type { TypeormTokens } from './store/typeorm-tokens';

/** Judges tokens that are presented outside a transaction. */
export class Tokens {
  constructor(private readonly store: TypeormTokens) {}

  async authorize(ref: StationRef, token: PresentedToken, now: Date): Promise<Verdict> {
    return authorize(token, await this.store.knowledge(ref, token.idToken, now), now.getTime());
  }
}
