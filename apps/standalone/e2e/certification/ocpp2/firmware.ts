import type { ProtocolName } from '@voltbus/testing';
import { SIGNED, update, updateShown } from '../firmware';
import { reportStatuses } from '../station-requests';
import { TOKENS, type World } from '../world';
import { Session } from './session';

type Payload = Record<string, unknown>;

const DOWNLOADED = ['Downloading', 'Downloaded', 'SignatureVerified'];
const INSTALLED = ['Installing', 'Installed'];
const STATUS = 'FirmwareStatusNotification';
const ACCEPTED = { status: 'Accepted' };
const CHECKSUM = '0123456789abcdef0123456789abcdef';
const PUBLISH = { requestId: 9, location: 'https://files.example/cert.bin', checksum: CHECKSUM };
const PLACES = ['http://192.0.2.1/cert.bin'];

export function firmware(world: () => World, protocol: ProtocolName): void {
  it('TC_L_01_CSMS updates a firmware with its signature', async () => {
    const station = await world().booted(protocol);
    const { id, requestId, payload } = await update(world(), station, { image: 'versioned', response: ACCEPTED });
    expect(payload).toMatchObject({ requestId, firmware: SIGNED });
    await reportStatuses(station, STATUS, [...DOWNLOADED, 'Installing', 'InstallRebooting'], { requestId });
    await updateShown(world(), id, 'running');
    const chargingStation = { vendorName: 'V', model: 'M', firmwareVersion: 'cert-2.0' };
    expect(await station.call('BootNotification', { reason: 'FirmwareUpdate', chargingStation })).toMatchObject(ACCEPTED);
    await reportStatuses(station, STATUS, ['Installed'], { requestId });
    await updateShown(world(), id, 'succeeded');
    const updated = { type: 'FirmwareUpdated', timestamp: new Date().toISOString() };
    expect(await station.call('SecurityEventNotification', updated)).toEqual({});
  });

  it.each([
    ['TC_L_02_CSMS', 'is installed later', [...DOWNLOADED, 'InstallScheduled', ...INSTALLED], 'succeeded', null],
    ['TC_L_03_CSMS', 'is downloaded later', ['DownloadScheduled', ...DOWNLOADED, ...INSTALLED], 'succeeded', null],
    ['TC_L_06_CSMS', 'has a wrong signature', ['Downloading', 'Downloaded', 'InvalidSignature'], 'failed', 'invalid-signature'],
    ['TC_L_07_CSMS', 'cannot be downloaded', ['Downloading', 'DownloadFailed'], 'failed', 'download-failed'],
    [
      ...(['TC_L_08_CSMS', 'is not what was verified'] as const),
      ...([[...DOWNLOADED, 'Installing', 'InstallVerificationFailed'], 'failed', 'install-verification-failed'] as const),
    ],
    ['TC_L_09_CSMS', 'cannot be installed', [...DOWNLOADED, 'Installing', 'InstallationFailed'], 'failed', 'installation-failed'],
  ] as const)('%s shows that a firmware %s', async (_case, _title, statuses, state, reason) => {
    const station = await world().booted(protocol);
    const { id, requestId } = await update(world(), station, { image: 'signed', response: ACCEPTED });
    await reportStatuses(station, STATUS, statuses, { requestId });
    const shown = await updateShown(world(), id, state, reason);
    expect(shown.statuses.map(({ status }) => status)).toEqual(statuses);
  });

  it.each([
    ['TC_L_04_CSMS', 'revoked', 'RevokedCertificate', 'revoked-certificate'],
    ['TC_L_05_CSMS', 'invalid', 'InvalidCertificate', 'invalid-certificate'],
  ])('%s shows that the signing certificate is %s', async (_case, _title, status, reason) => {
    const station = await world().booted(protocol);
    const { id } = await update(world(), station, { image: 'signed', response: { status } });
    await updateShown(world(), id, 'failed', reason);
  });

  it.each([
    ['TC_L_10_CSMS', 'takes the place of the one under way', 'AcceptedCanceled', ['cancelled', 'superseded'], ['accepted', null]],
    ['TC_L_11_CSMS', 'cannot take the place of the one under way', 'Rejected', ['running', null], ['failed', 'rejected']],
  ] as const)('%s shows that an update %s', async (_case, _title, status, first, second) => {
    const station = await world().booted(protocol);
    const before = await update(world(), station, { image: 'signed', response: ACCEPTED });
    await reportStatuses(station, STATUS, DOWNLOADED, { requestId: before.requestId });
    await updateShown(world(), before.id, 'running');
    const after = await update(world(), station, { image: 'signed', response: { status }, replace: true });
    await updateShown(world(), after.id, second[0], second[1]);
    await updateShown(world(), before.id, first[0], first[1]);
  });

  it('TC_L_13_CSMS shows that a firmware waits for a session', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    await session.sendEvent('Started', 'Authorized', { charging: 'Charging', token: TOKENS.VALID, evse: true, drawnWh: 0 });
    const { id, requestId } = await update(world(), station, { image: 'signed', response: ACCEPTED });
    await reportStatuses(station, STATUS, [...DOWNLOADED, 'InstallScheduled'], { requestId });
    await updateShown(world(), id, 'running');
    await session.sendEvent('Ended', 'EVDeparted', { charging: 'Idle', drawnWh: 10, stopped: 'EVDisconnected' });
    await world().transaction(station, { state: 'ended', energyWh: 10 });
    await reportStatuses(station, STATUS, INSTALLED, { requestId });
    await updateShown(world(), id, 'succeeded');
  });

  it.each<[string, string, Payload[]]>([
    ['TC_L_17_CSMS', 'published', [{ status: 'Downloading' }, { status: 'ChecksumVerified' }, { status: 'Published', location: PLACES }]],
    ['TC_L_19_CSMS', 'not what its checksum says', [{ status: 'Downloading' }, { status: 'InvalidChecksum' }]],
    ['TC_L_20_CSMS', 'not published', [{ status: 'Downloading' }, { status: 'PublishFailed' }]],
    ['TC_L_24_CSMS', 'not downloaded', [{ status: 'Downloading' }, { status: 'DownloadFailed' }]],
  ])('%s hears from a local controller that a firmware is %s', async (_case, _title, statuses) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'PublishFirmware', PUBLISH, ACCEPTED);
    for (const status of statuses) {
      expect(await station.call('PublishFirmwareStatusNotification', { ...status, requestId: PUBLISH.requestId })).toEqual({});
    }
  });

  it.each([
    ['TC_L_21_CSMS', 'Unpublished'],
    ['TC_L_22_CSMS', 'NoFirmware'],
    ['TC_L_23_CSMS', 'DownloadOngoing'],
  ])('%s asks a local controller to unpublish a firmware, and shows %s', async (_case, status) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'UnpublishFirmware', { checksum: CHECKSUM }, { status });
  });
}
