import type { Cdr, Transaction } from '@voltbus/contracts';
import {
  Api,
  ForeignStation,
  PROTOCOL_NAMES,
  boot,
  eventually,
  planFor,
  prepare,
  read,
  start,
  startStandalone,
  stop,
  type Standalone,
} from '@voltbus/testing';

interface List<T> {
  items: T[];
}

describe('kill -9 of standalone in mid session', () => {
  let standalone: Standalone;
  afterAll(() => standalone?.stop());

  it('keeps everything it acknowledged and bills each session once, the embedded Postgres recovering without help', async () => {
    standalone = await startStandalone();
    const stations = PROTOCOL_NAMES.map((protocol) => ({ protocol, name: `kill-${protocol.replace('ocpp', '')}` }));
    const password = await prepare(
      api(),
      stations.map(({ name }) => name),
      'PROOF-TAG',
    );
    const connect = ({ protocol, name }: (typeof stations)[number]) =>
      ForeignStation.connect({ url: standalone.ocppUrl, station: name, protocol, password, reconnect: true });

    const begun = await Promise.all(
      stations.map(async (which) => {
        const station = await connect(which);
        await boot(station);
        const plan = planFor(which.protocol);
        const id = await start(station, plan);
        await read(station, plan, id, [1, 2]);
        return { station, which, plan, id };
      }),
    );

    standalone = await standalone.killAndRestart();
    await Promise.all(begun.map(({ station }) => station.close())); // they would look for the old port for ever

    await Promise.all(
      begun.map(async ({ which, plan, id }) => {
        const kept = await api().get<List<Transaction>>(`/v1/transactions?station=${which.name}&state=active`);
        expect(kept.body.items).toMatchObject([{ ocppTransactionId: id, state: 'active', meterStartWh: plan.startWh }]);
        const readings = await api().get<List<unknown>>(`/v1/transactions/${kept.body.items[0]?.id}/meter-values`);
        expect(readings.body.items.length).toBeGreaterThanOrEqual(2);

        const station = await connect(which); // reconnects without a BootNotification: its registration was kept
        await start(station, plan); // its answer was lost, for all the station knows
        await read(station, plan, id, [3]);
        await stop(station, plan, id);
        await station.close();
        const cdrs = await eventually(
          () => api().get<List<Cdr>>(`/v1/cdrs?station=${which.name}`),
          ({ body }) => body.items.length > 0,
        );
        expect(cdrs.body.items).toMatchObject([{ energyWh: 7350, ocppTransactionId: id }]);
      }),
    );
  });

  it('bills a session whose end was acknowledged the instant before the kill', async () => {
    const password = await prepare(api(), ['kill-at-end'], 'PROOF-TAG');
    const station = await ForeignStation.connect({ url: standalone.ocppUrl, station: 'kill-at-end', protocol: 'ocpp1.6', password });
    await boot(station);
    const plan = planFor('ocpp1.6');
    const id = await start(station, plan);
    await stop(station, plan, id);
    standalone = await standalone.killAndRestart();
    const cdrs = await eventually(
      () => api().get<List<Cdr>>('/v1/cdrs?station=kill-at-end'),
      ({ body }) => body.items.length > 0,
    );
    expect(cdrs.body.items).toMatchObject([{ energyWh: 7350, ocppTransactionId: id }]);
  });

  function api(): Api {
    return new Api(standalone.apiUrl, standalone.adminKey);
  }
});
