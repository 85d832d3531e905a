import type { AuthorizationDecision } from './authorization';
import { decideByCertificate } from './certificate-decision';

const decision = (status: AuthorizationDecision['status']): AuthorizationDecision => ({
  status,
  groupId: 'FLEET',
  expiresAt: null,
  flag: null,
});

describe('a token that comes with a contract certificate', () => {
  it.each(['Blocked', 'Expired', 'Invalid'] as const)(
    'C07.FR.13: of a good certificate whose token is %s the contract is cancelled',
    (status) => {
      expect(decideByCertificate(decision(status), 'valid')).toEqual({
        decision: decision(status),
        certificateStatus: 'ContractCancelled',
      });
    },
  );

  it.each(['Accepted', 'ConcurrentTx', 'NotAtThisLocation', 'NotAtThisTime'] as const)(
    'C07.FR.14: a good certificate whose token is %s is Accepted, and the token decides the rest',
    (status) => {
      expect(decideByCertificate(decision(status), 'valid')).toEqual({ decision: decision(status), certificateStatus: 'Accepted' });
    },
  );

  it.each([
    ['C07.FR.15', 'expired', 'CertificateExpired', 'Expired'],
    ['C07.FR.16', 'revoked', 'CertificateRevoked', 'Invalid'],
    ['C07.FR.17', 'unverified', 'CertChainError', 'Invalid'],
  ] as const)('%s: %s is %s, and the token %s, whatever the decision about it', (_id, finding, certificateStatus, status) => {
    for (const tokenStatus of ['Accepted', 'Blocked'] as const) {
      const answer = decideByCertificate(decision(tokenStatus), finding);
      expect(answer).toEqual({ certificateStatus, decision: { status, groupId: 'FLEET', expiresAt: null, flag: null } });
    }
  });
});
