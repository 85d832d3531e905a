import { askForLog, logShown, upload } from '../logs';
import { reportStatuses } from '../station-requests';
import type { World } from '../world';

const STATUS = 'DiagnosticsStatusNotification';

export function logs(world: () => World): void {
  it('TC_045_1_CSMS receives diagnostics', async () => {
    const station = await world().booted('ocpp1.6');
    const { id, action, address } = await askForLog(world(), station, { response: { fileName: 'log.zip' } });
    expect(action).toBe('GetDiagnostics');
    await reportStatuses(station, STATUS, ['Uploading']);
    await logShown(world(), id, 'running');
    expect(await upload(address)).toBe(201);
    await reportStatuses(station, STATUS, ['Uploaded']);
    expect(await logShown(world(), id, 'succeeded')).toMatchObject({ file: { name: 'log.zip', sizeBytes: 9 } });
  });

  it('TC_045_2_CSMS shows that diagnostics cannot be uploaded', async () => {
    const station = await world().booted('ocpp1.6');
    const { id } = await askForLog(world(), station, { response: { fileName: 'log.zip' } });
    await reportStatuses(station, STATUS, ['Uploading', 'UploadFailed']);
    expect(await logShown(world(), id, 'failed', 'upload-failed')).toMatchObject({ file: null });
  });

  it('TC_079_CSMS receives a security log', async () => {
    const station = await world().booted('ocpp1.6');
    const { id, requestId, payload, address } = await askForLog(world(), station, {
      ...{ type: 'SecurityLog', response: { status: 'Accepted', filename: 'log.zip' } },
    });
    expect(payload).toMatchObject({ logType: 'SecurityLog', requestId });
    await reportStatuses(station, 'LogStatusNotification', ['Uploading'], { requestId });
    expect(await upload(address)).toBe(201);
    await reportStatuses(station, 'LogStatusNotification', ['Uploaded'], { requestId });
    await logShown(world(), id, 'succeeded');
  });
}
