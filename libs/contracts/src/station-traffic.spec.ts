import { actionsOf, findAction } from '@voltbus/ocpp';
import { PROTOCOLS } from './station-state';
import { ackClass, laneOf, needsPayload, stationActions, type AckPolicy } from './station-traffic';

const silent: AckPolicy = { answersUpdates: false };
const talkative: AckPolicy = { answersUpdates: true };

/** Which lane answers for which functional block (architecture section 1); 1.6 names its profiles differently and is listed by action. */
const LANE_OF_BLOCK: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'ABGLMNO'].map((block) => [block, 'device'])),
  ...Object.fromEntries([...'CDEFHJK'].map((block) => [block, 'transaction'])),
  ...Object.fromEntries([...'PRS'].map((block) => [block, 'router'])),
};
/** M06 goes to whom asks OCSP responders (ADR 29). */
const LANE_OF_ACTION: Readonly<Record<string, string>> = {
  GetCertificateStatus: 'transaction',
  Get15118EVCertificate: 'transaction',
};

function sentByStations(protocol: (typeof PROTOCOLS)[number]): string[] {
  return actionsOf(protocol)
    .filter(({ initiator }) => initiator !== 'csms')
    .map(({ action }) => action);
}

describe.each(PROTOCOLS)('station traffic of %s', (protocol) => {
  it('has every action that stations send, and no other', () => {
    expect(stationActions(protocol).sort()).toEqual(sentByStations(protocol).sort());
  });

  it('acknowledges by itself only what no answer could decide', () => {
    const durable = sentByStations(protocol).filter((action) => ackClass(protocol, action, {}, silent) === 'durable');
    expect(durable).toContain('MeterValues');
    expect(durable.filter((action) => !findAction(protocol, action)?.emptyResponse)).toEqual([]);
  });

  it('answers nothing to a SEND and everything else', () => {
    const unanswered = sentByStations(protocol).filter((action) => ackClass(protocol, action, {}, silent) === 'none');
    expect(unanswered).toEqual(sentByStations(protocol).filter((action) => findAction(protocol, action)?.kind === 'send'));
  });

  it('answers Heartbeat at the edge, alone', () => {
    expect(sentByStations(protocol).filter((action) => ackClass(protocol, action, {}, talkative) === 'edge')).toEqual(['Heartbeat']);
  });

  it('asks the service about boot, authorization and whatever it does not know', () => {
    for (const action of ['BootNotification', 'Authorize', 'DataTransfer', 'SignCertificate', 'Nonsense', 'toString', '__proto__', '']) {
      expect([action, ackClass(protocol, action, {}, silent)]).toEqual([action, 'service']);
    }
  });

  it('gives what nobody claims to the router', () => {
    for (const action of ['Nonsense', 'constructor', 'Reset']) expect(laneOf(protocol, action)).toBe('router');
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('lanes of %s', (protocol) => {
  it.each(sentByStations(protocol))('%s goes to the owner of its block', (action) => {
    expect(laneOf(protocol, action)).toBe(LANE_OF_ACTION[action] ?? LANE_OF_BLOCK[findAction(protocol, action)?.block ?? '']);
  });

  const updated = { eventType: 'Updated', seqNo: 3 };
  it.each([
    ['an update', updated, silent, 'durable'],
    ['an update whose token is null', { ...updated, idToken: null }, silent, 'durable'],
    ['an update with a token', { ...updated, idToken: { idToken: 'A', type: 'Local' } }, silent, 'service'],
    ['an update that the tenant may answer', updated, talkative, 'service'],
    ['a start', { ...updated, eventType: 'Started' }, silent, 'service'],
    ['an end', { ...updated, eventType: 'Ended' }, silent, 'service'],
    ['an event of no type', {}, silent, 'service'],
    ['an event that was not read', undefined, silent, 'service'],
  ] as const)('%s of a transaction', (_what, payload, policy, expected) => {
    expect(needsPayload(protocol, 'TransactionEvent')).toBe(true);
    expect(ackClass(protocol, 'TransactionEvent', payload, policy)).toBe(expected);
  });
});

describe('lanes of ocpp1.6', () => {
  it.each([
    ['transaction', ['Authorize', 'MeterValues', 'StartTransaction', 'StopTransaction']],
    ['router', ['DataTransfer']],
    [
      'device',
      [
        'BootNotification',
        'DiagnosticsStatusNotification',
        'FirmwareStatusNotification',
        'Heartbeat',
        'LogStatusNotification',
        'SecurityEventNotification',
        'SignCertificate',
        'SignedFirmwareStatusNotification',
        'StatusNotification',
      ],
    ],
  ])('%s owns %j', (lane, actions) => {
    expect(sentByStations('ocpp1.6').filter((action) => laneOf('ocpp1.6', action) === lane)).toEqual(actions);
  });

  it("does not know another version's actions", () => {
    expect(laneOf('ocpp1.6', 'TransactionEvent')).toBe('router');
    expect(laneOf('ocpp2.0.1', 'StartTransaction')).toBe('router');
    expect(ackClass('ocpp2.0.1', 'BatterySwap', {}, silent)).toBe('service');
  });

  it.each([
    ['the Plug & Charge profile', { vendorId: 'org.openchargealliance.iso15118pnc', messageId: 'Authorize' }, 'transaction'],
    ['the profile, in another case', { vendorId: 'ORG.OpenChargeAlliance.iso15118pnc' }, 'transaction'],
    ['another vendor', { vendorId: 'org.openchargealliance' }, 'router'],
    ['no vendor', { vendorId: 7 }, 'router'],
    ['nobody, for it is no object', null, 'router'],
    ['nobody knows whom, for it was not read', undefined, 'router'],
  ])('a DataTransfer of %s', (_whose, payload, lane) => {
    expect(needsPayload('ocpp1.6', 'DataTransfer')).toBe(true);
    expect(laneOf('ocpp1.6', 'DataTransfer', payload)).toBe(lane);
    expect(ackClass('ocpp1.6', 'DataTransfer', payload, silent)).toBe('service');
  });

  it('alone knows the Plug & Charge profile: 2.x has the messages themselves', () => {
    const payload = { vendorId: 'org.openchargealliance.iso15118pnc' };
    expect(laneOf('ocpp2.0.1', 'DataTransfer', payload)).toBe('router');
    expect(laneOf('ocpp1.6', 'Authorize', payload)).toBe('transaction');
    expect(laneOf('ocpp1.6', 'BootNotification', payload)).toBe('device');
    expect(needsPayload('ocpp2.1', 'DataTransfer')).toBe(false);
  });
});
