import { SealedSecretUnreadable, SealedSecrets, isSealedSecret } from './sealed-secret';

const PEPPER = 'p'.repeat(32);
const ref = { tenant: 'acme', station: 'CS-1' };
const secrets = new SealedSecrets(PEPPER);

describe('a secret that is sealed for a station', () => {
  const sealed = secrets.seal(ref, 'x'.repeat(40));
  const payload = { setVariableData: [{ attributeValue: sealed, variable: { name: 'BasicAuthPassword' } }], more: [1, null, true] };

  it('is opened where it stands in a payload, and nothing else is changed', () => {
    expect(secrets.opened(ref, payload)).toEqual({
      setVariableData: [{ attributeValue: 'x'.repeat(40), variable: { name: 'BasicAuthPassword' } }],
      more: [1, null, true],
    });
  });

  it('does not show itself, is another one each time, and fits the shortest value of OCPP', () => {
    expect(sealed).not.toContain('xxx');
    expect(secrets.seal(ref, 'x'.repeat(40))).not.toBe(sealed);
    expect(sealed.length).toBeLessThanOrEqual(500); // ChangeConfiguration of 1.6
    expect([isSealedSecret(sealed), isSealedSecret('x'), isSealedSecret(undefined)]).toEqual([true, false, false]);
  });

  it.each<[string, SealedSecrets, { tenant: string; station: string }, string]>([
    ['for another station', secrets, { ...ref, station: 'CS-2' }, sealed],
    ['for a station of that name of another tenant', secrets, { ...ref, tenant: 'other' }, sealed],
    ['under another pepper', new SealedSecrets('q'.repeat(32)), ref, sealed],
    ['after it was cut', secrets, ref, sealed.slice(0, -3)],
    ['when somebody made it up', secrets, ref, 'voltbus-sealed:1:AAAA'],
  ])('cannot be opened %s', (_, by, station, value) => {
    expect(() => by.opened(station, { value })).toThrow(SealedSecretUnreadable);
  });
});
