import type { AccessRule } from '@voltbus/runtime';
import { claimsOfRules, grantsOf } from './access-grant';

const OPERATOR: AccessRule = { claims: { roles: 'operator' }, tenant: 'acme', role: 'operator' };

it('keeps the claims that rules read, by their whole names or by the beginnings of their paths, and no others', () => {
  const rules: AccessRule[] = [
    { claims: { 'realm.roles': 'x', 'https://cpo.example/r': 'y' }, tenantClaim: 'cpo', role: 'viewer' },
    { claims: { gone: 'x' }, tenant: 'acme', role: 'viewer', stationGroupsClaim: 'sites' },
  ];
  const read = { realm: { roles: ['x'] }, 'https://cpo.example/r': 'y', cpo: 'acme', sites: ['a'] };
  expect(claimsOfRules({ ...read, email: 'a@example.com', sub: '1', 'realm.roles.x': 'x' }, rules)).toEqual(read);
  expect(claimsOfRules({}, [{ claims: { constructor: 'x' }, tenant: 'acme', role: 'viewer' }])).toEqual({});
});

describe('what the claims of a token give', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['the value itself', { roles: 'operator' }, true],
    ['a list with the value', { roles: ['viewer', 'operator'] }, true],
    ['another value', { roles: 'operators' }, false],
    ['another case', { roles: 'Operator' }, false],
    ['a list in a list', { roles: [['operator']] }, false],
    ['a list that is not all text', { roles: ['operator', 1] }, false],
    ['an object', { roles: { operator: true } }, false],
    ['true', { roles: true }, false],
    ['values in one text', { roles: 'viewer operator' }, false],
    ['no such claim', {}, false],
  ])('is the role of a rule where its claim is %s: %#', (_what, claims, given) => {
    expect(grantsOf(claims, [OPERATOR])).toEqual(given ? [{ tenant: 'acme', role: 'operator', stationGroups: null }] : []);
  });

  it('reads `scope` as several values, and never a part of one', () => {
    const rule = { ...OPERATOR, claims: { scope: 'voltbus:operate' } };
    const given = ['openid voltbus:operate', 'voltbus:operate.all', 'xvoltbus:operate', ''].map(
      (scope) => grantsOf({ scope }, [rule]).length,
    );
    expect(given).toEqual([1, 0, 0, 0]);
  });

  it('finds a claim by its whole name first, then by the path in it, and nothing that every object has', () => {
    const rule = (name: string) => [{ ...OPERATOR, claims: { [name]: 'operator' } }];
    expect(grantsOf({ realm_access: { roles: ['operator'] } }, rule('realm_access.roles'))).toHaveLength(1);
    expect(grantsOf({ 'https://cpo.example/roles': ['operator'] }, rule('https://cpo.example/roles'))).toHaveLength(1);
    expect(grantsOf({ 'a.b': 'viewer', a: { b: 'operator' } }, rule('a.b'))).toEqual([]);
    expect(grantsOf({}, rule('constructor.name'))).toEqual([]);
    expect(grantsOf({ a: null }, rule('a.b'))).toEqual([]);
  });

  it('needs every claim of a rule, each with one of its values', () => {
    const rule = { ...OPERATOR, claims: { roles: ['operator', 'lead'], env: 'prod' } };
    const given = [{ roles: ['lead'], env: 'prod' }, { roles: ['lead'] }, { env: 'prod' }].map((claims) => grantsOf(claims, [rule]).length);
    expect(given).toEqual([1, 0, 0]);
  });

  it('takes the tenant from a claim that names exactly one', () => {
    const { tenant: _tenant, ...rest } = OPERATOR;
    const rule = { ...rest, tenantClaim: 'cpo' };
    const tenants = ['acme', ['acme'], ['acme', 'other'], '', 'ACME', 'a/b', '../acme', 7, undefined].map(
      (cpo) => grantsOf({ roles: 'operator', cpo }, [rule])[0]?.tenant ?? null,
    );
    expect(tenants).toEqual(['acme', 'acme', null, null, null, null, null, null, null]);
  });

  it('takes station groups from a claim, and gives nothing where it names none, too many, or none that a group can have', () => {
    const rule = { ...OPERATOR, stationGroupsClaim: 'sites' };
    const groups = [['depot', 'airport'], 'depot', [], undefined, [''], ['x'.repeat(1_000)], Array(51).fill('a'), { depot: true }].map(
      (sites) => grantsOf({ roles: 'operator', sites }, [rule])[0]?.stationGroups ?? null,
    );
    expect(groups).toEqual([['depot', 'airport'], ['depot'], null, null, null, null, null, null]);
    expect(grantsOf({ roles: 'operator', sites: [] }, [rule])).toEqual([]);
  });

  it('is what each rule gives, in their order', () => {
    const rules: AccessRule[] = [OPERATOR, { ...OPERATOR, tenant: 'beta', role: 'viewer', stationGroups: ['depot'] }];
    expect(grantsOf({ roles: 'operator' }, rules)).toEqual([
      { tenant: 'acme', role: 'operator', stationGroups: null },
      { tenant: 'beta', role: 'viewer', stationGroups: ['depot'] },
    ]);
  });
});
