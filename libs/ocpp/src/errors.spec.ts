import { MAX_DESCRIPTION_LENGTH, OcppError, readCode, spellCode } from './errors';

describe('OCPP error codes', () => {
  it.each([
    ['formation-violation', 'FormationViolation', 'FormatViolation'],
    ['occurrence-constraint-violation', 'OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['property-constraint-violation', 'PropertyConstraintViolation', 'PropertyConstraintViolation'],
    ['type-constraint-violation', 'TypeConstraintViolation', 'TypeConstraintViolation'],
    ['not-implemented', 'NotImplemented', 'NotImplemented'],
    ['not-supported', 'NotSupported', 'NotSupported'],
    ['internal-error', 'InternalError', 'InternalError'],
    ['protocol-error', 'ProtocolError', 'ProtocolError'],
    ['security-error', 'SecurityError', 'SecurityError'],
    ['generic-error', 'GenericError', 'GenericError'],
    ['message-type-not-supported', 'GenericError', 'MessageTypeNotSupported'],
    ['rpc-framework-error', 'GenericError', 'RpcFrameworkError'],
  ] as const)('%s is %s in 1.6 and %s in 2.x', (code, in16, in2) => {
    expect([spellCode('ocpp1.6', code), spellCode('ocpp2.0.1', code), spellCode('ocpp2.1', code)]).toEqual([in16, in2, in2]);
    expect(readCode(in2)).toBe(code);
    if (in16 !== 'GenericError') expect(readCode(in16)).toBe(code);
  });

  it('are read in the spelling of any version', () => {
    expect(['occurrenceconstraintviolation', ' FormatViolation ', 'OccurenceConstraintViolation'].map(readCode)).toEqual([
      'occurrence-constraint-violation',
      'formation-violation',
      'occurrence-constraint-violation',
    ]);
    expect(['SomethingElse', '', 'toString', 'GenericError'].map(readCode)).toEqual(Array(4).fill('generic-error'));
  });
});

describe('OcppError', () => {
  it('cuts its description to the length of 2.x, between whole characters', () => {
    expect(new OcppError('generic-error', 'x'.repeat(300)).description).toHaveLength(MAX_DESCRIPTION_LENGTH);
    expect(new OcppError('generic-error', `${'x'.repeat(254)}\u{1f600}`).description).toBe('x'.repeat(254));
    expect(new OcppError('generic-error')).toMatchObject({ description: '', details: {}, message: 'generic-error' });
  });
});
