import fc from 'fast-check';
import { findAction } from '../actions';
import { checkRequest, checkResponse } from '../check';
import type { Protocol } from '../protocols';
import { REDACTED, mayContainSecret, redact } from '.';

const SECRET = 'S3cr3t-of-16-chars';
const keyCode = { idToken: SECRET, type: 'KeyCode', additionalInfo: [{ additionalIdToken: SECRET, type: 'PIN' }] };
const certificateHashData = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: 'c' };
const now = '2026-06-01T12:00:00Z';
const variable = (name: string, component = 'SecurityCtrlr') => ({ component: { name: component }, variable: { name } });
const connectionData = {
  ocppTransport: 'JSON',
  ocppCsmsUrl: `wss://cs:${SECRET}@csms.example/ocpp`,
  messageTimeout: 30,
  securityProfile: 1,
  ocppInterface: 'Wired0',
  vpn: { server: 'vpn.example', user: 'cs', password: SECRET, key: SECRET, type: 'IKEv2' },
  apn: { apn: 'internet', apnUserName: 'cs', apnPassword: SECRET, simPin: 4711, apnAuthentication: 'PAP' },
};
const location = `ftp://cs:${SECRET}@files.example/log`;
const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----`;

type Case = [versions: string, action: string, of: 'request' | 'response', payload: object];

/** Every action of OCPP that can carry a secret, as its schema has it. */
const CASES: Case[] = [
  ['16', 'ChangeConfiguration', 'request', { key: 'AuthorizationKey', value: SECRET }],
  ['16', 'ChangeConfiguration', 'request', { key: 'Vendor_WifiPassword', value: SECRET }],
  ['16', 'GetConfiguration', 'response', { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: SECRET }] }],
  ['16', 'GetDiagnostics', 'request', { location }],
  ['16', 'UpdateFirmware', 'request', { location, retrieveDate: now }],
  ['16', 'GetLog', 'request', { logType: 'DiagnosticsLog', requestId: 1, log: { remoteLocation: location } }],
  [
    '16',
    'SignedUpdateFirmware',
    'request',
    { requestId: 1, firmware: { location, retrieveDateTime: now, signingCertificate: 'c', signature: 's' } },
  ],
  ['16', 'DataTransfer', 'request', { vendorId: 'v', data: JSON.stringify({ nested: { password: SECRET } }) }],
  ['16', 'DataTransfer', 'response', { status: 'Accepted', data: `wifi_pwd=${SECRET}` }],
  ['16', 'DataTransfer', 'request', { vendorId: 'v', data: pem }],
  ['201 21', 'DataTransfer', 'request', { vendorId: 'v', data: { clientSecret: SECRET, list: [{ apiKey: SECRET }] } }],
  ['201 21', 'SetVariables', 'request', { setVariableData: [{ ...variable('BasicAuthPassword'), attributeValue: SECRET }] }],
  ['21', 'SetVariables', 'request', { setVariableData: [{ ...variable('SharedSecret', 'WebPaymentsCtrlr'), attributeValue: SECRET }] }],
  ['21', 'SetVariables', 'request', { setVariableData: [{ ...variable('VpnKey', 'NetworkConfiguration'), attributeValue: SECRET }] }],
  [
    '201 21',
    'GetVariables',
    'response',
    { getVariableResult: [{ ...variable('BasicAuthPassword'), attributeStatus: 'Accepted', attributeValue: SECRET }] },
  ],
  [
    '201 21',
    'NotifyReport',
    'request',
    {
      requestId: 1,
      generatedAt: now,
      seqNo: 0,
      reportData: [{ ...variable('BasicAuthPassword'), variableAttribute: [{ type: 'Actual', value: SECRET }] }],
    },
  ],
  [
    '201 21',
    'NotifyEvent',
    'request',
    {
      generatedAt: now,
      seqNo: 0,
      eventData: [
        {
          ...variable('BasicAuthPassword'),
          eventId: 1,
          timestamp: now,
          trigger: 'Delta',
          actualValue: SECRET,
          eventNotificationType: 'HardWiredNotification',
        },
      ],
    },
  ],
  ['201', 'SetNetworkProfile', 'request', { configurationSlot: 1, connectionData: { ...connectionData, ocppVersion: 'OCPP20' } }],
  [
    '21',
    'SetNetworkProfile',
    'request',
    { configurationSlot: 1, connectionData: { ...connectionData, identity: 'cs', basicAuthPassword: SECRET } },
  ],
  ['201 21', 'UpdateFirmware', 'request', { requestId: 1, firmware: { location, retrieveDateTime: now } }],
  ['201 21', 'PublishFirmware', 'request', { location, checksum: 'c', requestId: 1 }],
  ['201 21', 'GetLog', 'request', { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: location } }],
  ['201 21', 'Get15118EVCertificate', 'response', { status: 'Accepted', exiResponse: SECRET }],
  ['201 21', 'Authorize', 'request', { idToken: keyCode }],
  ['201 21', 'Authorize', 'response', { idTokenInfo: { status: 'Accepted', groupIdToken: keyCode } }],
  ['201 21', 'RequestStartTransaction', 'request', { idToken: keyCode, groupIdToken: keyCode, remoteStartId: 1 }],
  ['201 21', 'ReserveNow', 'request', { id: 1, expiryDateTime: now, idToken: keyCode }],
  [
    '201 21',
    'SendLocalList',
    'request',
    {
      versionNumber: 1,
      updateType: 'Full',
      localAuthorizationList: [{ idToken: keyCode, idTokenInfo: { status: 'Accepted', groupIdToken: keyCode } }],
    },
  ],
  ['201 21', 'CustomerInformation', 'request', { requestId: 1, report: true, clear: false, idToken: keyCode }],
  [
    '201 21',
    'TransactionEvent',
    'request',
    {
      eventType: 'Started',
      timestamp: now,
      triggerReason: 'Authorized',
      seqNo: 0,
      transactionInfo: { transactionId: 't' },
      idToken: keyCode,
    },
  ],
  ['201 21', 'TransactionEvent', 'response', { idTokenInfo: { status: 'Accepted', groupIdToken: keyCode } }],
  ['201 21', 'CertificateSigned', 'request', { certificateChain: pem }],
  ['201 21', 'InstallCertificate', 'request', { certificateType: 'CSMSRootCertificate', certificate: pem }],
  ['16', 'CertificateSigned', 'request', { certificateChain: pem }],
];

const PROTOCOLS: Record<string, Protocol> = { '16': 'ocpp1.6', '201': 'ocpp2.0.1', '21': 'ocpp2.1' };
const each = CASES.flatMap(([versions, ...rest]) =>
  versions.split(' ').map((version) => [PROTOCOLS[version] ?? 'ocpp1.6', ...rest] as const),
);

describe('redaction of a message', () => {
  it.each(each)('in %s %s (%s) replaces the secret and keeps the shape', (protocol, action, of, payload) => {
    const check = of === 'request' ? checkRequest : checkResponse;
    expect(findAction(protocol, action)).toBeDefined();
    expect(check(protocol, action, structuredClone(payload), 'strict')).toMatchObject({ ok: true }); // the case is valid OCPP
    const text = JSON.stringify(payload);
    expect(mayContainSecret(text)).toBe(true);
    const { payload: shown } = redact(payload);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(JSON.stringify(shown)).not.toContain('4711');
    expect(JSON.stringify(shown)).toContain(REDACTED);
    expect(pathsOf(shown).filter((path) => !pathsOf(payload).includes(path))).toEqual([]);
  });

  it('keeps names, statuses and other values, which operators look for', () => {
    const data = [
      { ...variable('BasicAuthPassword'), attributeValue: SECRET, attributeType: 'Actual' },
      { ...variable('HeartbeatInterval', 'OCPPCommCtrlr'), attributeValue: '300' },
    ];
    expect(redact({ setVariableData: data }).payload).toEqual({ setVariableData: [{ ...data[0], attributeValue: REDACTED }, data[1]] });
    const token = { idToken: { idToken: 'CARD-1', type: 'ISO14443' }, certificateHashData };
    expect(redact(token).payload).toEqual(token);
    expect(redact({ configurationKey: [{ key: 'AuthorizationKey', readonly: true }], unknownKey: ['AuthorizationKey'] }).payload).toEqual({
      configurationKey: [{ key: 'AuthorizationKey', readonly: true }],
      unknownKey: ['AuthorizationKey'],
    });
  });

  it('keeps an empty secret, which may be the mistake', () => {
    expect(redact({ key: 'AuthorizationKey', value: '' }).payload).toEqual({ key: 'AuthorizationKey', value: '' });
  });

  it('keeps the rest of a URL', () => {
    expect(redact({ location }).payload).toEqual({ location: `ftp://${REDACTED}@files.example/log` });
  });

  it('removes the secrets of a call from its answer', () => {
    const { hidden } = redact({ key: 'AuthorizationKey', value: SECRET });
    expect(redact({ status: 'Rejected', additionalInfo: `${SECRET} is too long` }, { known: hidden }).payload).toEqual({
      status: 'Rejected',
      additionalInfo: REDACTED,
    });
  });

  it.each([
    [String.raw`{"p\u0061ssword":"x"}`],
    [String.raw`{"location":"ftp:\/\/cs:pw@files.example\/log"}`],
    ['{"PassWord":"x"}'],
    ['{"idToken":"1234","type":"keycode"}'],
  ])('reads %s, however the secret is written', (text) => {
    expect(mayContainSecret(text)).toBe(true);
    expect(JSON.stringify(redact(JSON.parse(text)).payload)).toContain(REDACTED);
  });

  it.each([
    ['{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2026-06-01T12:00:00Z","sampledValue":[{"value":"1"}]}]}'],
    ['{"idToken":{"idToken":"CARD-1","type":"ISO14443"}}'],
    ['{"chargePointVendor":"V","chargePointModel":"M","firmwareVersion":"1.2@3"}'],
  ])('does not read %s, as most frames are like that', (text) => {
    expect(mayContainSecret(text)).toBe(false);
  });

  it('never changes a text that was not suspicious', () => {
    const word = fc.constantFrom(
      'password',
      'key',
      'vpn',
      'AuthorizationKey',
      'value',
      'variable',
      'name',
      'idToken',
      'type',
      'KeyCode',
      'a b',
    );
    const text = fc.oneof(
      word,
      fc.constantFrom('ftp://a:b@c/d', 'pwd = x', '-----BEGIN PRIVATE KEY-----', 'x://y@'),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(word, tie('json'), { maxKeys: 4 }),
      ),
    })).json;
    fc.assert(
      fc.property(value, (payload) => {
        const before = JSON.stringify(payload);
        if (JSON.stringify(redact(payload).payload) !== before) expect(mayContainSecret(before)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('changes nothing of what was redacted already', () => {
    for (const [, , , payload] of CASES) {
      const once = redact(payload).payload;
      expect(redact(once)).toEqual({ payload: once, hidden: [] });
    }
  });
});

/** Where something is, in whatever it is. */
function pathsOf(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => pathsOf(member, `${at}/${name}`))];
}
