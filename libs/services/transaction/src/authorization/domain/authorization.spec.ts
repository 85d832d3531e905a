import { authorize, tokenIdentity, type Token, type TokenKnowledge } from './authorization';

const now = Date.parse('2026-03-01T12:00:00Z');
const token: Token = { idToken: 'Tag-1', type: 'ISO14443', status: 'Accepted', groupId: 'FLEET', expiresAt: null, concurrent: false };
const known = (change: Partial<Token> = {}): TokenKnowledge => ({
  token: { ...token, ...change },
  unknownTokens: 'refuse',
  masterPassGroup: 'MASTER',
  remotelyStarted: false,
});
const unknown: TokenKnowledge = { token: null, unknownTokens: 'refuse', masterPassGroup: 'MASTER', remotelyStarted: false };
const presented = { idToken: 'tag-1', type: 'ISO14443' };

describe('authorizing a token', () => {
  it('C01.FR.06 accepts a known token and names its group', () => {
    expect(authorize(presented, known(), now)).toEqual({ status: 'Accepted', groupId: 'FLEET', expiresAt: null, flag: null });
  });

  it.each([
    ['Blocked', 'token-blocked'],
    ['Expired', 'token-expired'],
    ['Invalid', 'token-invalid'],
  ] as const)('1.6 section 4.1 answers %s when the operator has set it', (status, flag) => {
    expect(authorize(presented, known({ status }), now)).toMatchObject({ status, flag });
  });

  it('answers Expired from the very instant of expiry, but Blocked remains Blocked', () => {
    expect(authorize(presented, known({ expiresAt: '2026-03-01T12:00:00.000Z' }), now).status).toBe('Expired');
    expect(authorize(presented, known({ expiresAt: '2026-03-01T12:00:00.001Z' }), now).status).toBe('Accepted');
    expect(authorize(presented, known({ status: 'Blocked', expiresAt: '2020-01-01T00:00:00Z' }), now).status).toBe('Blocked');
  });

  it("leaves an unknown token to the tenant's policy", () => {
    expect(authorize(presented, unknown, now)).toMatchObject({ status: 'Invalid', flag: 'unknown-token' });
    expect(authorize(presented, { ...unknown, unknownTokens: 'accept' }, now)).toMatchObject({ status: 'Accepted', flag: null });
  });

  it('C05 accepts an unknown token that was just started remotely, 1.6 section 5.11 likewise; never a blocked one', () => {
    expect(authorize({ idToken: 'tag-1', type: 'Central' }, { ...unknown, remotelyStarted: true }, now).status).toBe('Accepted');
    expect(authorize(presented, { ...known({ status: 'Blocked' }), remotelyStarted: true }, now).status).toBe('Blocked');
  });

  it('1.6 section 4.8 answers ConcurrentTx where a session begins while the token charges elsewhere, unless it may', () => {
    const busy = { ...known(), chargesElsewhere: true };
    expect(authorize(presented, busy, now, 'begin')).toEqual({
      status: 'ConcurrentTx',
      groupId: 'FLEET',
      expiresAt: null,
      flag: 'concurrent',
    });
    expect(authorize(presented, busy, now).status).toBe('Accepted');
    expect(authorize(presented, { ...known({ concurrent: true }), chargesElsewhere: true }, now, 'begin').status).toBe('Accepted');
    expect(authorize(presented, { ...known({ status: 'Blocked' }), chargesElsewhere: true }, now, 'begin').status).toBe('Blocked');
  });

  it('C16 starts nothing with a master pass, and answers its group, which is how a station knows that it may stop', () => {
    const master = known({ groupId: 'master' });
    expect(authorize(presented, master, now)).toMatchObject({ status: 'Accepted', groupId: 'master' });
    expect(authorize(presented, master, now, 'begin')).toMatchObject({ status: 'Invalid', groupId: 'master', flag: 'master-pass' });
    expect(authorize(presented, { ...master, masterPassGroup: null }, now, 'begin').status).toBe('Accepted');
  });

  it('C01.FR.19, 20: names the EVSEs it may use, and none where it may use all', () => {
    expect(authorize(presented, { ...known(), evses: [2, 3] }, now)).toMatchObject({ status: 'Accepted', evses: [2, 3] });
    expect(authorize(presented, { ...known(), evses: null }, now)).not.toHaveProperty('evses');
  });

  it('C01.FR.22: NotAtThisLocation where it may use none of the station, and no list of EVSEs', () => {
    const decision = authorize(presented, { ...known(), evses: [] }, now);
    expect(decision).toEqual({ status: 'NotAtThisLocation', groupId: 'FLEET', expiresAt: null, flag: 'wrong-place' });
  });

  it('C01.FR.21: a session that begins at an EVSE not allowed to its token is NotAllowedTypeEVSE; without a known EVSE it is not judged', () => {
    const limited = { ...known(), evses: [2] };
    const refused = { status: 'NotAllowedTypeEVSE', flag: 'wrong-evse', evses: [2] };
    expect(authorize(presented, { ...limited, evse: 1 }, now, 'begin')).toMatchObject(refused);
    expect(authorize(presented, { ...limited, evse: 2 }, now, 'begin').status).toBe('Accepted');
    expect(authorize(presented, { ...limited, evse: null }, now, 'begin').status).toBe('Accepted');
    expect(authorize(presented, { ...limited, evse: 1 }, now).status).toBe('Accepted');
  });

  it('judges in the order known, status, place, master pass, other sessions: the first that fails is answered', () => {
    const failing: [string, Partial<TokenKnowledge> | null][] = [
      ['Invalid', null],
      ['Blocked', { token: { ...token, status: 'Blocked', groupId: 'MASTER' } }],
      ['NotAtThisLocation', { evses: [] }],
      ['Invalid', { token: { ...token, groupId: 'MASTER' } }],
      ['ConcurrentTx', { chargesElsewhere: true }],
    ];
    // each knowledge fails at its step and at all that come after it
    const statuses = failing.map((_, from) => {
      const all = failing
        .slice(from)
        .reverse()
        .reduce((sum, [, fails]) => ({ ...sum, ...(fails ?? { token: null }) }), known());
      return authorize(presented, all, now, 'begin').status;
    });
    expect(statuses).toEqual(failing.map(([status]) => status));
  });

  it('C02.FR.02 accepts who needs no authorization', () => {
    expect(authorize({ idToken: '', type: 'NoAuthorization' }, unknown, now).status).toBe('Accepted');
  });

  it.each([
    ['abc', 'ABC'],
    ['\u0010ABC\u000e', 'ABC'],
    [' ab c ', 'AB C'],
  ])('1.6 section 4.1 takes %j for %j', (idToken, identity) => {
    expect(tokenIdentity(idToken)).toBe(identity);
  });
});

it('quirk 31, quirk 33: a token is what can be printed of it, whatever a terminal writes into it', () => {
  expect(tokenIdentity('04a2b3c4\u0010\u000e')).toBe('04A2B3C4');
  expect(tokenIdentity('visa;4111;12/27')).toBe('VISA;4111;12/27');
});
