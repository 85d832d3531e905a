import type { ProtocolName } from '@voltbus/testing';
import { CHECKSUM, SIGNED, publicationShown, publish, unpublish, update, updateShown } from '../firmware';
import { reportStatuses } from '../station-requests';
import { TOKENS, type World } from '../world';
import { Session } from './session';

const DOWNLOADED = ['Downloading', 'Downloaded', 'SignatureVerified'];
const INSTALLED = ['Installing', 'Installed'];
const STATUS = 'FirmwareStatusNotification';
const ACCEPTED = { status: 'Accepted' };
const PUBLISH_STATUS = 'PublishFirmwareStatusNotification';
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

  const published = async (statuses: readonly string[]) => {
    const station = await world().booted(protocol);
    const { id, requestId, payload } = await publish(world(), station, ACCEPTED);
    expect(payload).toEqual({ requestId, location: 'https://files.example/cert.bin', checksum: CHECKSUM });
    await reportStatuses(station, PUBLISH_STATUS, statuses.slice(0, -1), { requestId });
    const last = statuses.at(-1) ?? '';
    await reportStatuses(station, PUBLISH_STATUS, [last], { requestId, ...(last === 'Published' ? { location: PLACES } : {}) });
    return { station, id };
  };
  const PUBLISHED = ['Downloading', 'Downloaded', 'ChecksumVerified', 'Published'];

  it('TC_L_17_CSMS shows that a local controller has published a firmware, and where', async () => {
    const { id } = await published(PUBLISHED);
    const { statuses, locations } = await publicationShown(world(), id, 'succeeded');
    expect([statuses.map(({ status }) => status), locations]).toEqual([PUBLISHED, PLACES]);
  });

  it.each([
    ['TC_L_19_CSMS', 'not what its checksum says', 'InvalidChecksum', 'invalid-checksum'],
    ['TC_L_20_CSMS', 'not published', 'PublishFailed', 'publish-failed'],
    ['TC_L_24_CSMS', 'not downloaded', 'DownloadFailed', 'download-failed'],
  ])('%s shows that the firmware at a local controller is %s', async (_case, _title, status, reason) => {
    const { id } = await published(['Downloading', status]);
    await publicationShown(world(), id, 'failed', reason);
  });

  it.each([
    ['TC_L_21_CSMS', 'Unpublished', 'succeeded', null],
    ['TC_L_22_CSMS', 'NoFirmware', 'succeeded', null],
    ['TC_L_23_CSMS', 'DownloadOngoing', 'failed', 'download-ongoing'],
  ])('%s has a local controller unpublish a firmware, and shows %s', async (_case, status, state, reason) => {
    const { station, id } = await published(PUBLISHED);
    const { payload, unpublication } = await unpublish(world(), station, id, { status });
    expect([payload, unpublication]).toEqual([{ checksum: CHECKSUM }, expect.objectContaining({ state, reason })]);
  });
}
