import type { BilledTransaction, Cdr, Command } from '@voltbus/contracts';
import { EventStreamClient } from './event-stream-client';
import { ForeignStation } from './foreign-station';
import { planFor } from './plug-to-cdr';
import { boot, report, start, stop } from './session';
import { prepare, type Shape } from './shape';

const STATION = 'proof-streamed';
const PROTOCOL = 'ocpp2.0.1';

interface MadeKey {
  id: string;
  key: string;
}

/** A client of the event stream receives a session as it happens, as the API shows it, until its key is revoked. */
export function proveEventStream(shape: () => Shape): void {
  describe('the event stream, for a key that may read', () => {
    let made: MadeKey;
    let station: ForeignStation | undefined;
    let listener: EventStreamClient;

    beforeAll(async () => {
      const { api } = shape();
      const password = await prepare(api, [STATION], 'PROOF-TAG');
      made = (await api.post<MadeKey>('/v1/api-keys', { name: 'listener', scopes: ['read'] })).body;
      listener = await EventStreamClient.connect(api.url, made.key);
      station = await ForeignStation.connect({ url: `${shape().ocppUrls[0]}/default`, station: STATION, protocol: PROTOCOL, password });
      await boot(station);
    });
    afterAll(async () => {
      listener?.close();
      await station?.close();
    });

    it('carries a station that connects, a session from its start to its CDR and the end of a command, each as the API shows it', async () => {
      if (station === undefined) throw new Error('not connected');
      const api = shape().api.withKey(made.key);
      await listener.first('station', ({ station: name, online }) => name === STATION && online);
      await report(station, 'Occupied');
      await listener.first('station', ({ evses }) => JSON.stringify(evses).includes('Occupied'));
      const plan = { ...planFor(PROTOCOL), transactionId: 'streamed' };
      await stop(station, plan, await start(station, plan));
      const started = await listener.first('transaction', ({ ocppTransactionId }) => ocppTransactionId === 'streamed');
      expect(started.data).toMatchObject({ state: 'active', station: STATION });
      const ended = await listener.first('transaction', ({ state, id }) => state === 'ended' && id === started.data.id);
      const { body: shown } = await api.get<BilledTransaction>(`/v1/transactions/${started.data.id}`);
      const { cdrs: _cdrs, cost: _cost, ...transaction } = shown; // what came of it is told by its CDRs' events
      expect(ended.data).toEqual({ ...transaction, flags: expect.any(Array) }); // its CDR may have added one
      const billed = await listener.first('cdr', ({ ocppTransactionId }) => ocppTransactionId === 'streamed');
      expect(billed.data).toEqual((await api.get<Cdr>(`/v1/cdrs/${billed.data.id}`)).body);

      station.answer('Reset', () => ({ status: 'Accepted' }));
      const requested = await shape().api.post<Command>(`/v1/stations/${STATION}/commands`, {
        action: 'Reset',
        payload: { type: 'Immediate' },
        wait: 60,
      });
      const answered = await listener.first('command', ({ id }) => id === requested.body.id);
      expect(answered.data).toEqual((await api.get<Command>(`/v1/commands/${requested.body.id}`)).body);
    });

    it('carries the missed events when a client comes back to the process that it left', async () => {
      const billed = await listener.first('cdr');
      const back = await EventStreamClient.connect(shape().api.url, made.key, { types: ['command'], lastEventId: billed.id });
      expect(await back.first('command')).toBe(back.events[0]);
      back.close();
    });

    it('ends, and the API refuses the key, when the key is revoked', async () => {
      const { status } = await shape().api.delete(`/v1/api-keys/${made.id}`);
      expect(status).toBe(204);
      expect(await listener.ended).toMatchObject({ name: 'ApiProblem', code: 'unauthorized' });
      expect((await shape().api.withKey(made.key).get('/v1/stations')).status).toBe(401);
    });
  });
}
