import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVerifyArgs } from './verify-args';

describe('the arguments of verify', () => {
  let folder: string;
  let truth: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'voltbus-verify-'));
    truth = join(folder, 'truth.json');
    writeFileSync(truth, '{"stations": []}');
    writeFileSync(join(folder, 'half.json'), '{"stations": [');
    writeFileSync(join(folder, 'other.json'), '[]');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('have the defaults that --help shows', () => {
    expect(readVerifyArgs([truth])).toEqual({
      truth: { stations: [] },
      api: 'http://127.0.0.1:8080',
      keyFile: '.voltbus/admin-key',
      tenant: 'default',
      kafka: undefined,
      waitSeconds: 30,
    });
  });

  it.each(['soon', '-1', '0.5', '1e9', ''])('refuse to wait %p seconds, which would have no end', (seconds) => {
    expect(() => readVerifyArgs([truth, `--wait-seconds=${seconds}`])).toThrow(/--wait-seconds .*a whole number from 0 to 86400/);
  });

  it('say where the truth file comes from, and what is wrong with another', () => {
    const at = (name: string) => () => readVerifyArgs([join(folder, name)]);
    expect(at('gone.json')).toThrow(/there is no .*gone\.json: `npm run simulator -- --truth .*gone\.json` writes it/);
    expect(at('half.json')).toThrow(/half\.json cannot be read/);
    expect(at('other.json')).toThrow(/other\.json is no truth file/);
    expect(() => readVerifyArgs([])).toThrow(/truth file is missing/);
    expect(() => readVerifyArgs([truth, truth])).toThrow(/one truth file at a time/);
  });
});
