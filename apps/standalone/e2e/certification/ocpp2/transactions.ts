import type { Transaction } from '@voltbus/contracts';
import type { ProtocolName } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { Session, authorized, status, type Event } from './session';

type Step = [kind: 'Started' | 'Updated' | 'Ended', trigger: string, event?: Event];
interface Course {
  steps: Step[];
  shown: Partial<Transaction>;
}

const token: string = TOKENS.VALID;
const evse = true;
const CHARGING: Step = ['Updated', 'ChargingStateChanged', { charging: 'Charging', drawnWh: 10 }];
/** Plugged in, authorized, charging. */
const UNDER_WAY: Step[] = [
  ['Started', 'CablePluggedIn', { charging: 'EVConnected', evse, drawnWh: 0 }],
  ['Updated', 'Authorized', { token }],
  CHARGING,
];
const ACTIVE: Partial<Transaction> = { state: 'active', evse: 1, connector: 1, idToken: token };
const ended = (stopReason: string): Partial<Transaction> => ({ ...ACTIVE, state: 'ended', stopReason, meterStartWh: 1000, energyWh: 500 });

/** Where a transaction begins. */
const STARTS: Record<string, Course> = {
  'TC_E_01_CSMS begins where the power path closes': {
    steps: [['Started', 'ChargingStateChanged', { charging: 'EVConnected', token, evse, drawnWh: 0 }], CHARGING],
    shown: ACTIVE,
  },
  'TC_E_02_CSMS begins where energy flows': {
    steps: [['Started', 'ChargingStateChanged', { charging: 'Charging', token, evse, drawnWh: 0 }]],
    shown: ACTIVE,
  },
  'TC_E_03_CSMS begins with the cable, and is authorized later': { steps: UNDER_WAY, shown: ACTIVE },
  'TC_E_04_CSMS begins with the token, and the cable comes later': {
    steps: [['Started', 'Authorized', { token }], ['Updated', 'CablePluggedIn', { charging: 'EVConnected', evse, drawnWh: 0 }], CHARGING],
    shown: ACTIVE,
  },
  'TC_E_09_CSMS begins where the car is connected, by whom is not known yet': {
    steps: [['Started', 'CablePluggedIn', { charging: 'EVConnected', evse, drawnWh: 0 }]],
    shown: { ...ACTIVE, idToken: null },
  },
  'TC_E_10_CSMS begins where somebody is authorized, at which connector is not known yet': {
    steps: [['Started', 'Authorized', { token, charging: 'Idle' }]],
    shown: { state: 'active', evse: null, connector: null, idToken: token },
  },
  'TC_E_11_CSMS begins with the signed start value': {
    steps: [['Started', 'SignedDataReceived', { token, evse, charging: 'EVConnected', drawnWh: 0 }]],
    shown: ACTIVE,
  },
  'TC_E_12_CSMS begins where the bay is taken, before cable and token': {
    steps: [
      ['Started', 'EVDetected', { charging: 'Idle', evse }],
      ['Updated', 'CablePluggedIn', { charging: 'EVConnected', drawnWh: 0 }],
      ['Updated', 'Authorized', { token }],
      CHARGING,
    ],
    shown: ACTIVE,
  },
  'TC_E_38_CSMS waits for a car that is not ready': {
    steps: [
      ['Started', 'Authorized', { token }],
      ['Updated', 'CablePluggedIn', { charging: 'EVConnected', evse, drawnWh: 0 }],
      ['Updated', 'ChargingStateChanged', { charging: 'SuspendedEV', drawnWh: 0 }],
    ],
    shown: { ...ACTIVE, energyWh: 0 },
  },
};

/** What it ends with. */
const ENDS: Record<string, Course> = {
  'TC_E_07_CSMS ends where the power path opens, stopped by the driver': {
    steps: [
      ...UNDER_WAY,
      ['Updated', 'StopAuthorized', { token, charging: 'EVConnected' }],
      ['Ended', 'ChargingStateChanged', { stopped: 'Local', drawnWh: 500, charging: 'EVConnected' }],
    ],
    shown: ended('Local'),
  },
  'TC_E_08_CSMS ends where energy no longer flows, stopped by the driver': {
    steps: [...UNDER_WAY, ['Ended', 'StopAuthorized', { token, stopped: 'Local', drawnWh: 500, charging: 'EVConnected' }]],
    shown: ended('Local'),
  },
  'TC_E_14_CSMS ends where the cable leaves the station': {
    steps: [
      ...UNDER_WAY,
      ['Updated', 'StopAuthorized', { token, charging: 'EVConnected', drawnWh: 500 }],
      ['Ended', 'EVCommunicationLost', { stopped: 'EVDisconnected', charging: 'Idle', drawnWh: 500 }],
    ],
    shown: ended('EVDisconnected'),
  },
  'TC_E_15_CSMS ends where the driver takes back his consent': {
    steps: [...UNDER_WAY, ['Ended', 'StopAuthorized', { token, stopped: 'Local', drawnWh: 500 }]],
    shown: ended('Local'),
  },
  'TC_E_17_CSMS ends where the car was unplugged and is no longer authorized': {
    steps: [...UNDER_WAY, ['Ended', 'EVCommunicationLost', { stopped: 'EVDisconnected', charging: 'Idle', drawnWh: 500 }]],
    shown: ended('EVDisconnected'),
  },
  'TC_E_19_CSMS ends where the bay is left': {
    steps: [
      ...UNDER_WAY,
      ['Updated', 'StopAuthorized', { token, charging: 'EVConnected', drawnWh: 500 }],
      ['Updated', 'EVCommunicationLost', { charging: 'Idle' }],
      ['Ended', 'EVDeparted', { stopped: 'Local', drawnWh: 500 }],
    ],
    shown: ended('Local'),
  },
  'TC_E_20_CSMS ends where the cable leaves the car': {
    steps: [
      ...UNDER_WAY,
      ['Updated', 'ChargingStateChanged', { charging: 'SuspendedEV', drawnWh: 500 }],
      ['Ended', 'EVCommunicationLost', { stopped: 'EVDisconnected', charging: 'Idle', drawnWh: 500 }],
    ],
    shown: ended('EVDisconnected'),
  },
  'TC_E_22_CSMS ends where the car takes no more': {
    steps: [...UNDER_WAY, ['Ended', 'ChargingStateChanged', { stopped: 'StoppedByEV', charging: 'SuspendedEV', drawnWh: 500 }]],
    shown: ended('StoppedByEV'),
  },
  'TC_E_26_CSMS goes on where the cable comes back to the car': {
    steps: [
      ...UNDER_WAY,
      ['Updated', 'EVCommunicationLost', { charging: 'Idle', drawnWh: 200 }],
      ['Updated', 'CablePluggedIn', { charging: 'EVConnected' }],
      ['Updated', 'ChargingStateChanged', { charging: 'Charging', drawnWh: 300 }],
    ],
    shown: { ...ACTIVE, energyWh: 300 },
  },
  'TC_E_39_CSMS ends where no cable was plugged in in time': {
    steps: [
      ['Started', 'Authorized', { token }],
      ['Ended', 'EVConnectTimeout', { stopped: 'Timeout' }],
    ],
    shown: { state: 'ended', stopReason: 'Timeout', idToken: token, evse: null },
  },
};

export function transactions(world: () => World, protocol: ProtocolName): void {
  it.each(Object.entries({ ...STARTS, ...ENDS }))('%s', async (_title, { steps, shown }) => {
    const station = await world().booted(protocol);
    await status(station, 'Occupied');
    const session = new Session(station);
    for (const [kind, trigger, event = {}] of steps) {
      const info = await session.sendEvent(kind, trigger, event);
      if (event.token !== undefined) expect(info).toMatchObject({ status: 'Accepted' });
    }
    await world().transaction(station, { ...shown, ocppTransactionId: session.transactionId });
    if (shown.state === 'ended') expect((await world().cdr(station)).energyWh).toBe(shown.energyWh ?? 0);
  });

  it('TC_E_16_CSMS answers that the token is not valid, and keeps the session that ends for it', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    await session.sendEvent('Started', 'CablePluggedIn', { charging: 'EVConnected', evse, drawnWh: 0 });
    expect(await session.sendEvent('Updated', 'Authorized', { token: TOKENS.INVALID })).toMatchObject({ status: 'Invalid' });
    await session.sendEvent('Ended', 'Deauthorized', { stopped: 'DeAuthorized', drawnWh: 0 });
    await world().transaction(station, { state: 'ended', stopReason: 'DeAuthorized', energyWh: 0 });
  });

  it('TC_E_21_CSMS stops from afar', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    for (const [kind, trigger, event] of UNDER_WAY) await session.sendEvent(kind, trigger, event);
    const { id } = await world().transaction(station, { state: 'active' });
    const call = await world().remoteStop(station, id, { status: 'Accepted' });
    expect(call).toEqual({ transactionId: session.transactionId });
    await session.sendEvent('Ended', 'RemoteStop', { stopped: 'Remote', drawnWh: 500, charging: 'EVConnected' });
    await world().transaction(station, ended('Remote'));
  });

  it('TC_E_53_CSMS takes the numbers of every new transaction from zero', async () => {
    const station = await world().booted(protocol);
    for (const first of [true, false]) {
      const session = new Session(station);
      expect(await authorized(station, token)).toMatchObject({ status: 'Accepted' });
      for (const [kind, trigger, event] of UNDER_WAY) await session.sendEvent(kind, trigger, event);
      await session.sendEvent('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: first ? 500 : 600 });
    }
    const known = await world().transactions(station.options.station);
    expect(known.map(({ state, energyWh }) => [state, energyWh]).sort()).toEqual([
      ['ended', 500],
      ['ended', 600],
    ]);
  });
}
