import type { CertificateFinding } from '../../plug-and-charge';
import type { AuthorizationDecision } from './authorization';

type CertificateStatus = 'Accepted' | 'ContractCancelled' | 'CertificateExpired' | 'CertificateRevoked' | 'CertChainError';

/** The answer about a token presented with a contract certificate. */
export interface CertificateDecision {
  decision: AuthorizationDecision;
  certificateStatus: CertificateStatus;
}

/** C07.FR.13: statuses of a contract that is over, or never was. */
const CANCELLED: ReadonlySet<AuthorizationDecision['status']> = new Set(['Blocked', 'Expired', 'Invalid']);

/**
 * C07.FR.13 to C07.FR.17: with a valid certificate the decision about the token stands; with any other the token is
 * refused. Its group is returned in either case (C01.FR.06).
 */
export function decideByCertificate(decision: AuthorizationDecision, finding: CertificateFinding): CertificateDecision {
  if (finding === 'valid') return { decision, certificateStatus: CANCELLED.has(decision.status) ? 'ContractCancelled' : 'Accepted' };
  const { groupId } = decision;
  const refused = (status: 'Expired' | 'Invalid'): AuthorizationDecision => ({ status, groupId, expiresAt: null, flag: null });
  if (finding === 'expired') return { decision: refused('Expired'), certificateStatus: 'CertificateExpired' };
  if (finding === 'revoked') return { decision: refused('Invalid'), certificateStatus: 'CertificateRevoked' };
  return { decision: refused('Invalid'), certificateStatus: 'CertChainError' };
}
