import { unready, type FirmwareFile } from './firmware-image';

const FILE: FirmwareFile = { id: 'f', name: 'two.bin', sizeBytes: 1, sha256: 'aa', uploadedAt: '2026-06-01T12:00:00.000Z' };

it.each([
  ['is at a URL', { url: 'https://files.example/two.bin', file: null }, false, null],
  ['is here, where stations reach us', { url: null, file: FILE }, true, null],
  ['is here, where they do not', { url: null, file: FILE }, false, 'VOLTBUS_UPLOAD_URL'],
  ['is nowhere', { url: null, file: null }, true, 'no file yet'],
])('an image whose file %s', (_title, image, hasAddress, why) => {
  const fault = unready(image, hasAddress);
  if (why === null) expect(fault).toBeNull();
  else expect(fault).toContain(why);
});
