import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatchedFiles } from './watched-files';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voltbus-watched-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('watched files', () => {
  it('are read again when a secret of Kubernetes is swapped: a link to a folder is replaced, and no file changes', () => {
    const release = (name: string, text: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'tls.crt'), text);
      symlinkSync(name, join(folder, '..data.half'));
      renameSync(join(folder, '..data.half'), join(folder, '..data'));
    };
    release('first', 'one');
    symlinkSync('..data/tls.crt', join(folder, 'tls.crt'));
    const events: string[] = [];
    const watch = { reloaded: () => events.push('reloaded'), failed: () => events.push('failed') };
    const files = new WatchedFiles([join(folder, 'tls.crt')], (contents) => contents.join());
    files.look(watch);
    expect([files.current, events]).toEqual(['one', []]);
    release('second', 'two');
    files.look(watch);
    files.look(watch);
    expect([files.current, events]).toEqual(['two', ['reloaded']]);
  });

  it('are used as they were while they cannot be used, which is told once', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'good');
    const problems: unknown[] = [];
    let reloads = 0;
    const watch = { reloaded: () => (reloads += 1), failed: (error: unknown) => problems.push(error) };
    const files = new WatchedFiles([path], ([content]) => {
      if (content?.toString() === 'half') throw new Error('half written');
      return content?.toString();
    });
    writeFileSync(path, 'half');
    files.look(watch);
    files.look(watch);
    expect([files.current, problems, reloads]).toEqual(['good', [new Error('half written')], 0]);
    rmSync(path);
    files.look(watch);
    expect([files.current, problems.length]).toEqual(['good', 2]);
    writeFileSync(path, 'better');
    files.look(watch);
    expect([files.current, reloads]).toEqual(['better', 1]);
  });

  it('that cannot be used are tried once, and not at each look; taken back, they are used again', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'good');
    const events: string[] = [];
    const watch = { reloaded: () => events.push('reloaded'), failed: () => events.push('failed') };
    let tries = 0;
    const files = new WatchedFiles([path], ([content]) => {
      tries += 1;
      if (content?.toString() === 'half') throw new Error('half written');
      return content?.toString();
    });
    for (const content of ['half', 'half', 'good', 'good', 'half']) {
      writeFileSync(path, content);
      files.look(watch);
    }
    expect([files.current, tries, events]).toEqual(['good', 4, ['failed', 'reloaded', 'failed']]);
  });

  it('must be usable at the start', () => {
    expect(() => new WatchedFiles([join(folder, 'none')], () => null)).toThrow('ENOENT');
  });
});
