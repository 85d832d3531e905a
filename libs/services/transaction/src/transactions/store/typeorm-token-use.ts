import { prepared, takeTurn, type Statement } from '@voltbus/database';
import { tokenIdentity } from '../../authorization';
import { wasRefused } from './typeorm-last-activity';
import type { StationUnit } from './typeorm-station-unit';

const LOCK_TOKEN: Statement = {
  name: 'token-lock',
  merge: ['text', 'text'],
  text: 'SELECT 1 FROM transactions.tokens WHERE tenant = $1 AND token = $2 FOR UPDATE',
};
const ELSEWHERE: Statement = {
  name: 'token-elsewhere',
  merge: ['text', 'text', 'uuid', 'text', 'integer'],
  text: `
SELECT EXISTS (SELECT 1 FROM transactions.transactions t WHERE tenant = $1 AND token = $2 AND ended_at IS NULL AND id <> $3
  AND (station <> $4 OR evse IS DISTINCT FROM $5) AND NOT ${wasRefused('t')}) AS elsewhere`,
};

/**
 * Whether the token has an open session at another station or EVSE, other than one that was refused: a session that was
 * never stopped must not lock its driver out of the same connector (quirk 30). The token stays locked until the
 * transaction ends, so that of two sessions that begin at once one finds the other.
 */
export async function chargesElsewhere(
  { manager, ref: { tenant, station } }: StationUnit,
  { idToken, evse, transaction }: { idToken: string; evse: number | null; transaction: string },
): Promise<boolean> {
  const token = tokenIdentity(idToken);
  await takeTurn(manager, `token ${tenant}/${token}`);
  await prepared(manager, LOCK_TOKEN, [tenant, token]);
  const [row] = await prepared<{ elsewhere: boolean }>(manager, ELSEWHERE, [tenant, token, transaction, station, evse]);
  return row?.elsewhere ?? false;
}
