import { askForLog, logShown } from '../logs';
import { reportStatuses } from '../station-requests';
import type { World } from '../world';

const STATUS = 'LogStatusNotification';
const ACCEPTED = { status: 'Accepted', filename: 'log.zip' };

/** Logs that only 2.1 has, and those to a server that asks who uploads. */
export function logs(world: () => World): void {
  it('TC_N_100_CSMS asks for the log of a data collector', async () => {
    const station = await world().booted('ocpp2.1');
    const { id, requestId, payload } = await askForLog(world(), station, { type: 'DataCollectorLog', response: ACCEPTED });
    expect(payload).toMatchObject({ logType: 'DataCollectorLog', requestId });
    await logShown(world(), id, 'accepted');
  });

  it.each([
    ['TC_N_102_CSMS', 'http'],
    ['TC_N_102_2_CSMS', 'https'],
  ])('%s sends a station to an %s server that asks who it is', async (_case, scheme) => {
    const station = await world().booted('ocpp2.1');
    const uploadTo = `${scheme}://logs:S3cret@files.example/logs`;
    const { id, requestId, location } = await askForLog(world(), station, { uploadTo, response: ACCEPTED });
    expect(location).toBe(uploadTo);
    await reportStatuses(station, STATUS, ['Uploading', 'Uploaded'], { requestId });
    expect(JSON.stringify(await logShown(world(), id, 'succeeded'))).not.toContain('S3cret');
  });
}
