import type { Cdr, Command, Transaction } from '@voltbus/contracts';
import { eventually } from './api';
import { ForeignStation, PROTOCOL_NAMES, type ProtocolName } from './foreign-station';
import { authorize, boot, read, report, start, stop, type Plan } from './session';
import { prepare, type Shape } from './shape';

interface List<T> {
  items: T[];
}

/** A shape whose CDR topic can be read from outside. */
export interface ProofShape extends Shape {
  /** Every record of `csms.cdrs.v1` of that station, read from the topic's beginning. */
  cdrsOnTopic(station: string): Promise<Cdr[]>;
}

/**
 * The whole way from the plug to the CDR, and a command down, with a client nobody here wrote, in every version.
 * `topic`: how to read the public CDR topic, or `in-process` where nothing outside can (standalone on its own bus).
 */
export function provePlugToCdr(shape: () => Shape, topic: 'in-process' | (() => ProofShape)): void {
  describe.each(PROTOCOL_NAMES)('%s, from the plug to the CDR', (protocol) => {
    const name = `proof-${protocol.replace('ocpp', '')}`;
    let station: ForeignStation;

    beforeAll(async () => {
      const password = await prepare(shape().api, [name], 'PROOF-TAG');
      station = await ForeignStation.connect({ url: `${shape().ocppUrls[0]}/default`, station: name, protocol, password });
    });
    afterAll(() => station?.close());

    it('is accepted at boot and reports its connector', async () => {
      expect(await boot(station)).toMatchObject({
        status: 'Accepted',
        interval: expect.any(Number),
        currentTime: expect.stringMatching(/Z$/),
      });
      await report(station, 'Available');
      const seen = await eventually(
        () => shape().api.get<StationView>(`/v1/stations/${name}`),
        ({ body }) => body.online && body.evses.some((evse) => evse.connectors.some((connector) => connector.status === 'Available')),
      );
      expect(seen.body).toMatchObject({ station: name, protocol, registration: 'accepted', vendor: 'Foreign', model: 'Model S' });
    });

    it('accepts a known token and refuses an unknown one', async () => {
      expect(await authorize(station, 'proof-tag')).toBe('Accepted');
      expect(await authorize(station, 'NOBODY')).toBe('Invalid');
    });

    it('bills a session once, with its energy, though start and stop are sent twice', async () => {
      const id = await chargeSendingTwice(station, planFor(protocol));
      const cdrs = await eventually(
        () => shape().api.get<List<Cdr>>(`/v1/cdrs?station=${name}`),
        ({ body }) => body.items.length > 0,
      );
      expect(cdrs.body.items).toHaveLength(1);
      expect(cdrs.body.items[0]).toMatchObject({
        station: name,
        ocppTransactionId: id,
        energyWh: 7350,
        meterStartWh: 1000,
        meterStopWh: 8350,
        idToken: 'PROOF-TAG',
        kind: 'charge',
      });
      const transactions = await shape().api.get<List<Transaction>>(`/v1/transactions?station=${name}`);
      expect(transactions.body.items).toHaveLength(1);
      const [transaction] = transactions.body.items;
      expect(transaction).toMatchObject({ state: 'ended', energyWh: 7350, stopReason: 'Local' });
      const readings = await shape().api.get<List<unknown>>(`/v1/transactions/${transaction?.id}/meter-values`);
      expect(readings.body.items.length).toBeGreaterThanOrEqual(3);
    });

    if (topic !== 'in-process') {
      it('publishes that CDR once on its topic', async () => {
        const onTopic = await eventually(
          () => topic().cdrsOnTopic(name),
          (cdrs) => cdrs.length > 0,
        );
        expect(onTopic).toHaveLength(1);
        expect(onTopic[0]).toMatchObject({ energyWh: 7350, station: name, tenant: 'default' });
      });
    }

    it('answers a command that the station answered', async () => {
      station.answer('Reset', () => ({ status: 'Accepted' }));
      const { status, body } = await shape().api.post<Command>(`/v1/stations/${name}/commands`, {
        action: 'Reset',
        payload: resetPayload(protocol),
        wait: 60,
      });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { status: 'answered', response: { status: 'Accepted' }, action: 'Reset' },
      });
      expect(station.received.filter(({ action }) => action === 'Reset')).toHaveLength(1);
    });

    it('refuses a command that breaks the schema, naming the path', async () => {
      const { status, body } = await shape().api.post(`/v1/stations/${name}/commands`, { action: 'Reset', payload: { type: 'Sideways' } });
      expect({ status, body }).toMatchObject({ status: 422, body: { code: 'invalid' } });
      expect(JSON.stringify(body)).toContain('type');
    });

    it('answers offline at once for a station that no gateway holds', async () => {
      await prepare(shape().api, [`${name}-away`], 'PROOF-TAG');
      const { status, body } = await shape().api.post<Command>(`/v1/stations/${name}-away/commands`, {
        action: 'Reset',
        payload: resetPayload(protocol),
        wait: 10,
      });
      expect({ status, body }).toMatchObject({ status: 200, body: { status: 'offline' } });
    });

    it('starts and stops a session remotely by the actions of the version', async () => {
      const [startAction, stopAction] =
        protocol === 'ocpp1.6'
          ? ['RemoteStartTransaction', 'RemoteStopTransaction']
          : ['RequestStartTransaction', 'RequestStopTransaction'];
      station.answer(startAction, () => ({ status: 'Accepted' })).answer(stopAction, () => ({ status: 'Accepted' }));
      const started = await shape().api.post<Command>(`/v1/stations/${name}/remote-start`, { idToken: 'PROOF-TAG', evse: 1 });
      await commandAnswered(shape(), started.body.id);
      const plan = { ...planFor(protocol), startedAt: new Date(Date.now() - 1_800_000), transactionId: `remote-${protocol}` };
      const ocppId = await start(station, plan);
      const active = await eventually(
        () => shape().api.get<List<Transaction>>(`/v1/transactions?station=${name}&state=active`),
        ({ body }) => body.items.length === 1,
      );
      const stopped = await shape().api.post<Command>(`/v1/transactions/${active.body.items[0]?.id}/remote-stop`, {});
      await commandAnswered(shape(), stopped.body.id);
      const last = station.received.at(-1);
      expect(last?.action).toBe(stopAction);
      expect(String((last?.payload as { transactionId: unknown }).transactionId)).toBe(ocppId);
      await stop(station, plan, ocppId);
      const cdrs = await eventually(
        () => shape().api.get<List<Cdr>>(`/v1/cdrs?station=${name}`),
        ({ body }) => body.items.some(({ ocppTransactionId }) => ocppTransactionId === ocppId),
      );
      expect(cdrs.body.items).toHaveLength(2); // of a station in order: no second one of its first session can still come
      if (topic === 'in-process') return;
      const onTopic = await eventually(
        () => topic().cdrsOnTopic(name),
        (cdrs) => cdrs.some(({ ocppTransactionId }) => ocppTransactionId === ocppId),
      );
      expect(onTopic).toHaveLength(2);
    });
  });
}

interface StationView {
  online: boolean;
  evses: { evse: number; connectors: { connector: number; status: string }[] }[];
}

/** Two hours ago; 7,350 Wh. */
export function planFor(protocol: ProtocolName): Plan {
  return {
    idToken: 'PROOF-TAG',
    startWh: 1000,
    stopWh: 8350,
    startedAt: new Date(Math.floor(Date.now() / 1000) * 1000 - 7_200_000),
    transactionId: `plug-${protocol}`,
  };
}

async function chargeSendingTwice(station: ForeignStation, plan: Plan): Promise<string> {
  const id = await start(station, plan, 2);
  await report(station, 'Occupied');
  await read(station, plan, id);
  await stop(station, plan, id, 2);
  return id;
}

async function commandAnswered({ api }: Shape, id: string): Promise<void> {
  await eventually(
    () => api.get<Command>(`/v1/commands/${id}`),
    ({ body }) => body.status === 'answered',
  );
}

function resetPayload(protocol: ProtocolName): Record<string, unknown> {
  return { type: protocol === 'ocpp1.6' ? 'Soft' : 'Immediate' };
}
