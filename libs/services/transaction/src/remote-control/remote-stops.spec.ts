import { CsmsError, PROTOCOLS } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import type { ServiceFixture } from '../testing/service-fixture';
import { STOP_WAIT_MS } from './domain/remote-stop';
import { REJECTED, asking, ended, ref, remote, startWithToken } from './testing/remote-control-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startWithToken();
});
afterAll(() => service?.close());

describe('remote stop', () => {
  it.each(PROTOCOLS)('F03, 1.6 section 5.12 names the transaction as the station does, in %s', async (protocol) => {
    const station = `stop-${protocol}`;
    const timestamp = new Date().toISOString();
    if (protocol === 'ocpp1.6')
      await service.receive({ protocol, station }, 'StartTransaction', { connectorId: 1, idTag: 'TAG-1', meterStart: 0, timestamp });
    else
      await service.receive({ protocol, station }, 'TransactionEvent', {
        eventType: 'Started',
        timestamp,
        triggerReason: 'Authorized',
        seqNo: 0,
        transactionInfo: { transactionId: 'T-1' },
      });
    const [transaction] = await service.transactionsOf(station);
    const { control, wished: sentCommands } = remote(service, null);
    await control.stop('default', transaction?.id ?? '', asking());
    const transactionId = protocol === 'ocpp1.6' ? Number(transaction?.ocppTransactionId) : 'T-1';
    expect(sentCommands).toMatchObject([{ ref: ref(station), payload: { transactionId } }]);
    expect(checkRequest(protocol, sentCommands[0]?.action ?? '', sentCommands[0]?.payload, 'strict')).toMatchObject({ ok: true });
  });

  it("refuses what is not there, is another tenant's or has ended", async () => {
    const { control, wished: sentCommands } = remote(service, 'ocpp1.6');
    await service.receive({ protocol: 'ocpp1.6', station: 'over' }, 'StopTransaction', {
      transactionId: 9,
      meterStop: 0,
      timestamp: new Date().toISOString(),
    });
    const [over] = await service.transactionsOf('over');
    await expect(control.stop('default', over?.id ?? '', asking())).rejects.toMatchObject({ code: 'conflict' });
    await expect(control.stop('other', over?.id ?? '', asking())).rejects.toMatchObject({ code: 'not-found' });
    await expect(control.stop('default', '00000000-0000-0000-0000-000000000000', asking())).rejects.toMatchObject({ code: 'not-found' });
    expect(sentCommands).toEqual([]);
  });

  const charging = async (station: string): Promise<string> => {
    await service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      ...{ eventType: 'Started', timestamp: new Date(Date.now() - 60_000).toISOString(), triggerReason: 'Authorized', seqNo: 0 },
      transactionInfo: { transactionId: 'T-1' },
    });
    return (await service.transactionsOf(station))[0]?.id ?? '';
  };
  const end = (station: string) =>
    service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      ...{ eventType: 'Ended', timestamp: new Date().toISOString(), triggerReason: 'RemoteStop', seqNo: 1 },
      transactionInfo: { transactionId: 'T-1', stoppedReason: 'Remote' },
    });

  it('F03.FR.01, 1.6 section 5.12: is followed to the end of the transaction', async () => {
    const transaction = await charging('followed');
    const { control } = remote(service, 'ocpp2.0.1');
    const { id } = await control.stop('default', transaction, asking());
    expect(await control.followStop('default', id)).toMatchObject({ station: 'followed', transaction, state: 'waiting', endedAt: null });
    await end('followed');
    const [{ endedAt } = { endedAt: null }] = await service.transactionsOf('followed');
    expect(await control.followStop('default', id)).toMatchObject({ state: 'stopped', endedAt });
    await expect(control.followStop('other', id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that the station refuses is refused, until the transaction ends all the same', async () => {
    const { control } = remote(service, 'ocpp2.0.1');
    const { id } = await control.stop('default', await charging('refuses'), asking());
    await ended(service, { id, action: 'RequestStopTransaction', ...REJECTED });
    expect(await control.followStop('default', id)).toMatchObject({ state: 'refused', refusal: 'Rejected' });
    await end('refuses');
    expect(await control.followStop('default', id)).toMatchObject({ state: 'stopped' });
  });

  it('that the station refuses at once is refused: the request is stored before its command is sent', async () => {
    const { control } = remote(service, 'ocpp2.0.1', { accepted: (command) => ended(service, { ...command, ...REJECTED }) });
    const { id } = await control.stop('default', await charging('quick'), asking());
    expect(await control.followStop('default', id)).toMatchObject({ station: 'quick', state: 'refused', refusal: 'Rejected' });
  });

  it('is the same one when its id is repeated, also after the transaction has ended', async () => {
    const { control, wished: sentCommands } = remote(service, 'ocpp2.0.1');
    const transaction = await charging('again');
    const [once, other] = [asking(), asking()];
    await control.stop('default', transaction, once);
    await end('again');
    await expect(control.stop('default', transaction, once)).resolves.toMatchObject({ id: once.id });
    await expect(control.stop('default', transaction, other)).rejects.toMatchObject({ code: 'conflict' });
    expect(sentCommands).toHaveLength(2);
    expect(sentCommands[1]).toEqual(sentCommands[0]); // the router knows it by its id
  });

  it('that nobody took is followed by nobody', async () => {
    const { control } = remote(service, 'ocpp2.0.1', { accepted: () => Promise.reject(new CsmsError('unavailable', '')) });
    const asked = asking();
    await expect(control.stop('default', await charging('untaken'), asked)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(control.followStop('default', asked.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that leads to no end within five minutes has led to none so far', async () => {
    const { control: before } = remote(service, 'ocpp2.0.1', { now: () => new Date(Date.now() - STOP_WAIT_MS - 1_000) });
    const { id } = await before.stop('default', await charging('slow'), asking());
    expect(await remote(service, 'ocpp2.0.1').control.followStop('default', id)).toMatchObject({ state: 'no-end' });
  });

  it('is forgotten with the commands', async () => {
    const { control } = remote(service, 'ocpp2.0.1', { now: () => new Date(Date.now() - 31 * 86_400_000) });
    const { id } = await control.stop('default', await charging('old'), asking());
    await service.retention.run();
    await expect(control.followStop('default', id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
