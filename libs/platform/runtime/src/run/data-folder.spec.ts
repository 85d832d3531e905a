import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder';
import { ConfigError } from '../settings/read-settings';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'voltbus-data-'))));
afterEach(() => rmSync(parent, { recursive: true }));

describe('the data folder', () => {
  it("makes a secret once, for its user's eyes, and keeps it", () => {
    const secret = new DataFolder(join(parent, 'data')).secret('admin-key');
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(parent, 'data', 'admin-key')).mode & 0o777).toBe(0o600);
    expect(new DataFolder(join(parent, 'data')).secret('admin-key')).toBe(secret);
  });

  it('makes the folders above it', () => {
    expect(new DataFolder(join(parent, 'a', 'b', 'c')).secret('admin-key')).not.toBe('');
  });

  it.each(['/proc/voltbus', '/proc/self/voltbus/data', '/dev/null/voltbus'])('fails at once where it cannot be in %s', (place) => {
    expect(() => new DataFolder(place)).toThrow(ConfigError);
    expect(() => new DataFolder(place)).toThrow('VOLTBUS_DATA_DIR');
  });

  it('lets a demo in where nothing is, and again, but never where something real is', () => {
    const demo = new DataFolder(join(parent, 'demo'));
    demo.admit(true);
    demo.secret('admin-key');
    expect(() => demo.admit(true)).not.toThrow();
    const real = new DataFolder(join(parent, 'real'));
    writeFileSync(real.file('something'), '');
    expect(() => real.admit(true)).toThrow('not made by a demo');
    expect(() => real.admit(false)).not.toThrow();
  });
});
