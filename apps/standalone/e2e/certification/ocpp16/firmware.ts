import { boot } from '@voltbus/testing';
import { SIGNED, update, updateShown } from '../firmware';
import { reportStatuses } from '../station-requests';
import type { World } from '../world';

const DOWNLOADED = ['Downloading', 'Downloaded'];

export function firmware(world: () => World): void {
  it.each([
    ['TC_044_1_CSMS', 'is installed', [...DOWNLOADED, 'Installing', 'Installed'], 'succeeded', null],
    ['TC_044_2_CSMS', 'cannot be downloaded', ['Downloading', 'DownloadFailed'], 'failed', 'download-failed'],
    ['TC_044_3_CSMS', 'cannot be installed', [...DOWNLOADED, 'Installing', 'InstallationFailed'], 'failed', 'installation-failed'],
  ] as const)('%s shows that a firmware %s', async (_case, _title, statuses, state, reason) => {
    const station = await world().booted('ocpp1.6');
    const { id, action, payload } = await update(world(), station, { image: 'plain', response: {} });
    expect([action, payload]).toEqual(['UpdateFirmware', { location: 'https://files.example/cert.bin', retrieveDate: expect.any(String) }]);
    await updateShown(world(), id, 'accepted');
    await reportStatuses(station, 'FirmwareStatusNotification', statuses);
    const shown = await updateShown(world(), id, state, reason);
    expect(shown.statuses.map(({ status }) => status)).toEqual(statuses);
  });

  it('TC_080_CSMS updates a firmware with its signature', async () => {
    const station = await world().booted('ocpp1.6');
    const { id, requestId, action, payload } = await update(world(), station, { image: 'versioned', response: { status: 'Accepted' } });
    expect([action, payload]).toMatchObject(['SignedUpdateFirmware', { requestId, firmware: SIGNED }]);
    const signed = 'SignedFirmwareStatusNotification';
    await reportStatuses(station, signed, [...DOWNLOADED, 'SignatureVerified', 'Installing', 'InstallRebooting'], { requestId });
    await updateShown(world(), id, 'running');
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion: 'cert-2.0' });
    await reportStatuses(station, signed, ['Installed'], { requestId });
    await updateShown(world(), id, 'succeeded');
    await station.call('SecurityEventNotification', { type: 'FirmwareUpdated', timestamp: new Date().toISOString() });
    expect(await boot(station)).toMatchObject({ status: 'Accepted' });
  });

  it('TC_081_CSMS shows that the signature of a firmware is wrong', async () => {
    const station = await world().booted('ocpp1.6');
    const { id, requestId } = await update(world(), station, { image: 'signed', response: { status: 'Accepted' } });
    await reportStatuses(station, 'SignedFirmwareStatusNotification', [...DOWNLOADED, 'InvalidSignature'], { requestId });
    await updateShown(world(), id, 'failed', 'invalid-signature');
  });
}
