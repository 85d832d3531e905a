import { type AuthorizationDecision, authorizeByOutcome, chargesOnce, groupAt, tokenIdentity, type TypeormTokens } from '../authorization';
import type { TransactionState } from './domain/transaction';
import type { StationUnit } from './store/typeorm-station-unit';
import { chargesElsewhere } from './store/typeorm-token-use';
import type { TransactionMessage } from './transaction-message';

/** Authorizes the tokens that messages about transactions name. */
export class TransactionAuthorization {
  constructor(private readonly tokens: Pick<TypeormTokens, 'knowledge'>) {}

  /**
   * C12.FR.03, E01.FR.11: a token is authorized again whatever the station decided; where it begins a session, its use
   * elsewhere counts as well. The token that began a session is authorized by the same rules whenever it is presented
   * in it: a refused one is not accepted a message later.
   */
  async authorize(
    unit: StationUnit,
    { token, receivedAt, report, externalOutcome = null }: TransactionMessage,
    { id, before }: { id: string; before: TransactionState | null },
  ): Promise<AuthorizationDecision | null> {
    if (token === null) return null;
    const { idToken } = token;
    const known = await this.tokens.knowledge(unit.ref, idToken, receivedAt, unit.manager);
    const own = before !== null && before.token !== null && tokenIdentity(before.token.idToken) === tokenIdentity(idToken);
    if (report.kind === 'ended' || (before !== null && ((before.token !== null && !own) || before.end !== null)))
      return authorizeByOutcome(externalOutcome, token, known, receivedAt.getTime(), 'question');
    const evse = report.evse ?? before?.place?.evse ?? null;
    const mayBeElsewhere = !own || before.flags.includes('concurrent');
    const asked = mayBeElsewhere && externalOutcome?.kind !== 'answered' && token.type !== 'NoAuthorization' && chargesOnce(known);
    const elsewhere = asked && (await chargesElsewhere(unit, { idToken, evse, transaction: id }));
    const decision = authorizeByOutcome(
      externalOutcome,
      token,
      { ...known, chargesElsewhere: elsewhere, evse },
      receivedAt.getTime(),
      'begin',
    );
    // a prepaid token that has run empty in its own session does not flag it (C17.FR.02)
    return own && decision.status === 'NoCredit' ? { ...decision, flag: null } : decision;
  }

  /**
   * The session is priced by the group in which its token was when it was presented, though the token may have left it
   * since.
   */
  async groupWhenPresented(
    unit: StationUnit,
    { token, report, externalOutcome = null }: TransactionMessage,
    decision: AuthorizationDecision | null,
  ): Promise<string | null> {
    if (token === null || decision === null || token.type === 'NoAuthorization') return null;
    const theirs =
      externalOutcome !== null &&
      (externalOutcome.kind === 'answered' || (externalOutcome.kind === 'no-answer' && externalOutcome.remembered !== null));
    if (theirs) return decision.groupId; // the external authorizer knows the present group only
    const then = await groupAt(unit.manager, unit.ref.tenant, token.idToken, new Date(report.time.at));
    return then === null ? decision.groupId : then.group;
  }

  /** The group that the token is in now; null: none, or no token is named. */
  async presentGroup(unit: StationUnit, { token, externalOutcome = null, receivedAt }: TransactionMessage): Promise<string | null> {
    if (token === null) return null;
    if (externalOutcome?.kind === 'answered') return externalOutcome.answer.groupId;
    const { token: known } = await this.tokens.knowledge(unit.ref, token.idToken, receivedAt, unit.manager);
    return known?.groupId ?? null;
  }
}
