import type { ProtocolName } from '@voltbus/testing';
import { askForLog, logShown, upload } from '../logs';
import { reportStatuses } from '../station-requests';
import type { World } from '../world';

const STATUS = 'LogStatusNotification';
const ACCEPTED = { status: 'Accepted', filename: 'log.zip' };
const DAY = { from: '2026-05-01T00:00:00.000Z', to: '2026-05-02T00:00:00.000Z' };

export function logs(world: () => World, protocol: ProtocolName): void {
  it.each([
    ['TC_N_25_CSMS', 'a diagnostics log', 'DiagnosticsLog', 'PUT'],
    ['TC_N_35_CSMS', 'a security log', 'SecurityLog', 'POST'],
  ] as const)('%s receives %s', async (_case, _title, type, method) => {
    const station = await world().booted(protocol);
    const { id, requestId, payload, address } = await askForLog(world(), station, { type, ...DAY, response: ACCEPTED });
    expect(payload).toMatchObject({ logType: type, requestId, log: { oldestTimestamp: DAY.from, latestTimestamp: DAY.to } });
    await reportStatuses(station, STATUS, ['Uploading'], { requestId });
    await logShown(world(), id, 'running');
    expect(await upload(address, method)).toBe(201);
    await reportStatuses(station, STATUS, ['Uploaded'], { requestId });
    expect(await logShown(world(), id, 'succeeded')).toMatchObject({ file: { name: 'log.zip', sizeBytes: 9 } });
  });

  it('TC_N_34_CSMS shows that a station refuses a log', async () => {
    const station = await world().booted(protocol);
    const { id, address } = await askForLog(world(), station, { response: { status: 'Rejected' } });
    await logShown(world(), id, 'failed', 'rejected');
    expect(address).toContain('/uploads/');
  });

  it('TC_N_36_CSMS lets a second log take the place of the first', async () => {
    const station = await world().booted(protocol);
    const first = await askForLog(world(), station, { response: ACCEPTED });
    await reportStatuses(station, STATUS, ['Uploading'], { requestId: first.requestId });
    await logShown(world(), first.id, 'running');
    const second = await askForLog(world(), station, { replace: true, response: { ...ACCEPTED, status: 'AcceptedCanceled' } });
    await reportStatuses(station, STATUS, ['AcceptedCanceled'], { requestId: first.requestId });
    await logShown(world(), first.id, 'cancelled', 'superseded');
    expect(await upload(second.address)).toBe(201);
    await reportStatuses(station, STATUS, ['Uploading', 'Uploaded'], { requestId: second.requestId });
    await logShown(world(), second.id, 'succeeded');
  });
}
