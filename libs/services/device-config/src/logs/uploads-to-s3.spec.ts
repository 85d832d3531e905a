import { S3Server } from '@voltbus/testing';
import { UploadingStations } from './testing/uploading-stations';
import { logs } from './block';

const TEXT = 'entry 1\nentry 2\n';
const PREFIX = 'logs/';

let s3: S3Server;
let stations: UploadingStations;
beforeAll(async () => {
  s3 = await S3Server.start();
  stations = await UploadingStations.start({
    ...{ VOLTBUS_FILES_DIR: '', VOLTBUS_FILES_S3_BUCKET: s3.bucket, VOLTBUS_FILES_S3_REGION: s3.region, VOLTBUS_FILES_S3_ENDPOINT: s3.url },
    VOLTBUS_FILES_S3_PREFIX: PREFIX,
    VOLTBUS_FILES_S3_ACCESS_KEY: s3.credentials.accessKeyId,
    VOLTBUS_FILES_S3_SECRET_KEY: s3.credentials.secretAccessKey,
  });
});
afterAll(async () => {
  await stations?.close();
  await s3?.close();
});
afterEach(() => {
  s3.fault = () => null;
});

const rows = () => stations.database<{ id: string }>('SELECT id FROM device_config.log_files');
async function download(id: string): Promise<[number, string]> {
  const headers = { authorization: `Bearer ${'k'.repeat(40)}`, 'voltbus-tenant': 'default' };
  const { statusCode, payload } = await stations.app.app.inject({ method: 'GET', url: `/v1/logs/${id}/file`, headers });
  return [statusCode, payload];
}
const sweep = () => stations.service.use(logs).sweep.run();

describe('logs that are kept in S3', () => {
  it('are uploaded, downloaded and removed there', async () => {
    const { id, address } = await stations.accepted(await stations.connected());
    expect(await stations.put(address, TEXT)).toBe(201);
    expect([...s3.objects.keys()]).toEqual((await rows()).map((row) => `${PREFIX}${row.id.slice(0, 2)}/${row.id}`));
    expect(await stations.files()).toEqual([]);
    expect(await download(id)).toEqual([200, TEXT]);
    expect((await stations.app.request('DELETE', `/v1/logs/${id}/file`)).status).toBe(204);
    expect([await rows(), s3.objects.size]).toEqual([[], 0]);
  });

  it('are not said to be there where S3 refused them, and may come again', async () => {
    const { id, address } = await stations.accepted(await stations.connected());
    s3.fault = ({ method }) => (method === 'PUT' ? { code: 'AccessDenied' } : null);
    expect(await stations.put(address, TEXT)).toBe(503);
    expect(await stations.shown(id)).toMatchObject({ state: 'accepted', uploadFault: 'no-room', file: null });
    expect([await rows(), s3.objects.size]).toEqual([[], 0]);
    s3.fault = () => null;
    expect(await stations.put(address, TEXT)).toBe(201);
    expect(await stations.shown(id)).toMatchObject({ state: 'succeeded', uploadFault: null });
    s3.fault = () => ({ code: 'AccessDenied' });
    expect(await download(id)).toEqual([503, expect.stringContaining('unavailable')]);
  });

  it('are removed later where S3 is away when they are to go', async () => {
    const ref = await stations.connected();
    const { address } = await stations.accepted(ref);
    expect(await stations.put(address, TEXT)).toBe(201);
    const [kept, objects] = [await rows(), s3.objects.size];
    await stations.database('DELETE FROM device_config.stations WHERE station = $1', [ref.station]);
    s3.fault = () => ({ code: 'AccessDenied' });
    await expect(sweep()).rejects.toMatchObject({ code: 'unavailable' });
    expect([await rows(), s3.objects.size]).toEqual([kept, objects]);
    s3.fault = () => null;
    await sweep();
    expect([(await rows()).length, s3.objects.size]).toEqual([kept.length - 1, objects - 1]);
  });
});
