import { until } from '../testing/foreign-csms';
import { FirmwareUpdate, type FirmwareHabit } from './firmware-update';

const NEW = 'https://files.example/ac22-1.4.2.bin?token=1';

async function updated(habit: FirmwareHabit, { signed = true, location = NEW, ends = 1 } = {}): Promise<(string | null)[]> {
  const seen: (string | null)[] = [];
  const update = new FirmwareUpdate({ habit, stepMs: 1, boot: (version) => void seen.push(version) });
  expect(update.start({ location, signed, report: (status) => void seen.push(status) })).toBe(true);
  await until(() => seen.length >= ends);
  return seen;
}

it.each([
  ['installs', ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed', '1.4.2']],
  ['download-fails', ['Downloading', 'DownloadFailed']],
  ['install-fails', ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallationFailed']],
  ['wrong-signature', ['Downloading', 'Downloaded', 'InvalidSignature']],
  ['lies', ['Downloading', 'Downloaded', 'Installing', 'Installed', null]],
  ['silent', ['1.4.2']],
  ['stuck', ['Downloading']],
] as const)('an update that %s shows %j', async (habit, expected) => {
  expect(await updated(habit, { ends: expected.length })).toEqual(expected);
});

it('has no status of a signature where there is none, and a version of its own where the name of the file has none', async () => {
  const seen = await updated('installs', { signed: false, location: 'ftp://files.example/latest', ends: 5 });
  expect(seen).toEqual(['Downloading', 'Downloaded', 'Installing', 'Installed', 'updated']);
});

it('is ended by a boot and by another update, and is not known by a station without the habit', async () => {
  const seen: string[] = [];
  const update = new FirmwareUpdate({ habit: 'silent', stepMs: 20, boot: (version) => void seen.push(String(version)) });
  const request = { location: 'https://f/1.0', signed: false, report: () => undefined };
  update.start(request);
  update.start({ ...request, location: 'https://f/2.0' });
  await until(() => seen.length > 0);
  expect(seen).toEqual(['2.0']);
  update.start(request);
  update.forget();
  expect(new FirmwareUpdate({ habit: undefined, stepMs: 1, boot: () => undefined }).start(request)).toBe(false);
  expect(seen).toEqual(['2.0']);
});
