import type { ForeignStation } from '@voltbus/testing';
import { qrCodeAddress } from '@voltbus/virtual-station';
import { Session } from '../ocpp2/session';
import type { World } from '../world';

const PAGE = 'https://pay.example';
const TEMPLATE = `${PAGE}/{chargingstationid}/{evse}/{totp}/{version}`;
const STICKER = `${PAGE}/s/{chargingstationid}/{evse}`;
const TERMS = { validitySeconds: 30, length: 8 };
const HOUR_MS = 3_600_000;

/** C25: the driver pays on a web page of the operator that a QR code leads to. The page uses the HTTP API. */
export function qrCodes(world: () => World): void {
  /** The code that the station shows, calculated from its variables. */
  const shows = (
    { options }: ForeignStation,
    variables: ReadonlyMap<string, string>,
    more: { at?: Date; limits?: Record<string, string> } = {},
  ) => qrCodeAddress(variables, { identity: options.station, evse: 1, at: new Date(), ...more }) ?? 'nothing';

  /** The operator tells the station and us the same; the secret is in the station from where it was commissioned. */
  const withCodes = async (station: ForeignStation): Promise<Map<string, string>> => {
    const sharedSecret = `secret of ${station.options.station}`;
    const values = { Enabled: 'true', URLTemplate: TEMPLATE, TOTPVersion: 'v1', ValidityTime: '30', Length: '8' };
    const setVariableData = Object.entries(values).map(([name, attributeValue]) => ({
      ...{ component: { name: 'WebPaymentsCtrlr' }, variable: { name }, attributeValue },
    }));
    const taken = setVariableData.map(({ component, variable }) => ({ attributeStatus: 'Accepted', component, variable }));
    await world().expectAnswered(station, 'SetVariables', { setVariableData }, { setVariableResult: taken });
    const path = `/v1/stations/${station.options.station}/qr-codes/0`;
    const kept = await world().api.put(path, { urlTemplate: TEMPLATE, totp: { sharedSecret, ...TERMS } });
    expect(kept).toMatchObject({ status: 201, body: { totp: { version: 'v1', ...TERMS } } });
    return new Map([...Object.entries(values), ['SharedSecret', sharedSecret]]);
  };

  const scan = (url: string, more: object = {}) => world().api.post<{ limit: object }>('/v1/web-payments', { url, ...more });

  /** Expects that the station got neither a payment nor a start. */
  const nothingFollowed = async (station: ForeignStation): Promise<void> => {
    const { body } = await world().api.get<{ items: { action: string }[] }>(`/v1/commands?station=${station.options.station}`);
    expect(body.items.map(({ action }) => action)).toEqual(['SetVariables']);
    expect(station.received.map(({ action }) => action)).toEqual(['SetVariables']);
  };

  /** The page has the driver's money: C24's start, with what was asked for at the station, and no more than was paid. */
  const charges = async (station: ForeignStation, limit: object, expected: object): Promise<void> => {
    const idToken = `psp-${station.options.station}`;
    const more = { paid: true, limit: { ...limit, maxCost: '25.00' } };
    const call = await world().remoteStart(station, idToken, { status: 'Accepted' }, more);
    expect(call).toMatchObject({ idToken: { idToken, type: 'DirectPayment' }, evseId: 1 });
    const session = new Session(station);
    const remoteStartId = Number(call['remoteStartId']);
    const begun = await session.isTold('Started', 'RemoteStart', {
      evse: true,
      drawnWh: 0,
      remoteStartId,
      idToken: { idToken, type: 'DirectPayment' },
    });
    expect(begun).toMatchObject({ idTokenInfo: { status: 'Accepted' }, transactionLimit: { ...expected, maxCost: 25 } });
    const { totalCost } = await session.isTold('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: 500 });
    await world().transaction(station, { state: 'ended', idToken });
    expect(totalCost).toBe(Number((await world().cdr(station)).cost.totalInclTax));
  };

  it('TC_C_131_CSMS believes the code that the station shows, has it wait for the driver, and starts what was paid for', async () => {
    const station = await world().booted('ocpp2.1');
    const variables = await withCodes(station);
    station.answer('NotifyWebPaymentStarted', () => ({}));
    const { status, body } = await scan(shows(station, variables, { limits: { maxenergy: '20000' } }), { holdSeconds: 120 });
    const limit = { maxEnergyWh: 20_000 };
    expect({ status, body }).toMatchObject({ status: 200, body: { station: station.options.station, evse: 1, dynamic: true, limit } });
    await world().expectCalledOnce(station, 'NotifyWebPaymentStarted', { evseId: 1, timeout: 120 });
    await charges(station, body.limit, { maxEnergy: 20_000 });
  });

  it('TC_C_131_CSMS takes a sticker for what it is, and starts what was paid for', async () => {
    const station = await world().booted('ocpp2.1');
    await world().api.put(`/v1/stations/${station.options.station}/qr-codes/0`, { urlTemplate: STICKER });
    const scanned = await scan(`${PAGE}/s/${station.options.station}/1`);
    expect(scanned).toMatchObject({ status: 200, body: { station: station.options.station, evse: 1, dynamic: false, limit: null } });
    await charges(station, {}, {});
  });

  it('TC_C_132_CSMS refuses an address that contains too little, or what cannot be', async () => {
    const station = await world().booted('ocpp2.1');
    const variables = await withCodes(station);
    const without = (name: string) => shows(station, new Map([...variables, ['URLTemplate', TEMPLATE.replace(name, '')]]));
    const wrong = [
      without('/{chargingstationid}'),
      without('/{totp}'),
      without('/{version}'),
      shows(station, new Map([...variables, ['TOTPVersion', 'v9']])),
      shows(station, variables, { limits: { maxenergy: 'much' } }),
      `${PAGE}/s/${station.options.station}/1`,
    ];
    for (const url of wrong)
      expect(await scan(url, { holdSeconds: 120 })).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path: '/url' }] } });
    await nothingFollowed(station);
  });

  it('TC_C_133_CSMS refuses a one-time code that is not of now, or of another station', async () => {
    const station = await world().booted('ocpp2.1');
    const variables = await withCodes(station);
    const wrong = [
      shows(station, variables, { at: new Date(Date.now() - HOUR_MS) }),
      shows(station, variables, { at: new Date(Date.now() + HOUR_MS) }),
      shows(station, new Map([...variables, ['SharedSecret', 'secret of another station']])),
    ];
    for (const url of wrong)
      expect(await scan(url, { holdSeconds: 120 })).toMatchObject({ status: 422, body: { code: 'wrong-one-time-code' } });
    await nothingFollowed(station);
  });
}
