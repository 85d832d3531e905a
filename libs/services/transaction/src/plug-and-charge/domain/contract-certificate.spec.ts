import type { AuthorizationDecision } from '../../authorization/domain/authorization';
import { decideByCertificate, isSameContract } from './contract-certificate';

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
    'C07.FR.14: a good certificate whose token is %s is Accepted, and the token says the rest',
    (status) => {
      expect(decideByCertificate(decision(status), 'valid')).toEqual({ decision: decision(status), certificateStatus: 'Accepted' });
    },
  );

  it.each([
    ['C07.FR.15', 'expired', 'CertificateExpired', 'Expired'],
    ['C07.FR.16', 'revoked', 'CertificateRevoked', 'Invalid'],
    ['C07.FR.17', 'unverified', 'CertChainError', 'Invalid'],
  ] as const)('%s: %s is %s, and the token %s, whatever was said of it', (_id, finding, certificateStatus, status) => {
    for (const said of ['Accepted', 'Blocked'] as const) {
      const answer = decideByCertificate(decision(said), finding);
      expect(answer).toEqual({ certificateStatus, decision: { status, groupId: 'FLEET', expiresAt: null, flag: null } });
    }
  });

  it.each([
    ['DE-8AA-C1234567-X', 'de8aac1234567x', true],
    ['DE8AAC1234567X', 'DE*8AA*C1234567', false],
    ['DE8AAC1234567X', 'DE8AAC1234568X', false],
  ])('takes %s and the certificate of %s for the same contract: %s', (emaid, name, same) => {
    expect(isSameContract(emaid, name)).toBe(same);
  });
});
